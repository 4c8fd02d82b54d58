"""Child processes that end with their parent, and what is known of a process from its id."""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PRCTL = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


class Refusal(Exception):
    """Something a person must know or do before this can go on; shown without a traceback."""


def start(
    command: Sequence[str | Path],
    *,
    log: Path,
    dies_by: signal.Signals,
    user: str | None = None,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start a child that dies with this process; a session of its own keeps the terminal's Ctrl-C away."""
    with log.open("ab") as output:
        return subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env={**os.environ, **(environment or {})},
            start_new_session=True,
            preexec_fn=_in_child(user, dies_by, os.getpid()),
        )


def run_as(user: str, command: Sequence[str | Path], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        cwd=folder,
        preexec_fn=_in_child(user, signal.SIGKILL, os.getpid()),
    )


def _in_child(user: str | None, dies_by: signal.Signals, parent: int) -> Callable[[], None]:
    """What runs between fork and exec; the death signal comes last, since a change of user clears it."""
    entry = pwd.getpwnam(user) if user and os.getuid() == 0 else None

    def prepare() -> None:
        os.umask(0o077)
        if entry is not None:
            os.setgroups([])
            os.setgid(entry.pw_gid)
            os.setuid(entry.pw_uid)
        die_with_parent(dies_by)
        if os.getppid() != parent:
            os._exit(1)

    return prepare


def die_with_parent(by: signal.Signals) -> None:
    """Ask the kernel to send this process a signal when its parent ends; only Linux can."""
    if _PRCTL is not None:
        _PRCTL(_PR_SET_PDEATHSIG, by)


def stop(child: subprocess.Popen[bytes], by: signal.Signals, seconds: float) -> bool:
    """Ask a child to end; kill it when it has not within the time. True when it ended by itself."""
    if child.poll() is None:
        child.send_signal(by)
    try:
        child.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        return False
    return True


def command_line(pid: int) -> str:
    """The words a running process was started with; empty for a zombie, a stranger's or no process at all."""
    try:
        if sys.platform == "linux":
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        shown = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True)
    except OSError:
        return ""
    return shown.stdout


def end_leftover(pid: int, mark: str, by: signal.Signals, seconds: float = 30) -> None:
    """End a server whose supervisor was killed; a mark in its command line tells it from a stranger."""
    if mark not in command_line(pid):
        return
    os.kill(pid, by)
    if not wait_until(lambda: mark not in command_line(pid), seconds):
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: mark not in command_line(pid), seconds)


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
