"""From a bare Python to a running command: makes .venv with the pinned requirements and goes on inside it.

Only the standard library may be imported at the top: on a new machine there is nothing else.
"""

import hashlib
import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from contextlib import nullcontext
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"

# Commands that need no database, or see to their own.
WITHOUT_SERVERS = {
    "--version",
    "version",
    "up",
    "test",
    "help",
    "check",
    "collectstatic",
    "compilemessages",
    "makemessages",
    "spectacular",
}


def main(arguments: list[str]) -> int:
    """Run a manage.py command, with everything it needs in place."""
    if sys.platform == "win32":
        sys.exit("Calcis runs on Linux and macOS; on Windows use WSL or docker compose.")
    command = arguments[1] if len(arguments) > 1 else "help"
    requirements = ROOT / ("tests/requirements.txt" if command == "test" else "requirements.txt")
    if not is_satisfied(requirements):
        if _is_inside_venv():
            _fill_venv(requirements)
        else:
            _go_on_in_venv(arguments)
    return _run(command, arguments)


def pins(requirements: Path) -> dict[str, str]:
    """The exact versions a requirements file asks for, those of the files it includes too."""
    found: dict[str, str] = {}
    for line in requirements.read_text().splitlines():
        if line.startswith("-r "):
            found |= pins(requirements.parent / line[3:].strip())
        elif "==" in line:
            name, version = line.split("==")
            found[name.strip()] = version.strip()
    return found


def is_satisfied(requirements: Path) -> bool:
    """Whether the running interpreter has every pinned package in its pinned version."""
    stamp = _stamp(requirements)
    if _is_inside_venv() and stamp.exists():
        return True
    for name, version in pins(requirements).items():
        try:
            if importlib.metadata.version(name) != version:
                return False
        except importlib.metadata.PackageNotFoundError:
            return False
    if _is_inside_venv():
        stamp.touch()
    return True


def _stamp(requirements: Path) -> Path:
    """A file in the environment that says: these very pins are installed."""
    asked = "\n".join(f"{name}=={version}" for name, version in sorted(pins(requirements).items()))
    return VENV / f"satisfied-{hashlib.sha256(asked.encode()).hexdigest()[:16]}"


def _is_inside_venv() -> bool:
    return Path(sys.prefix).resolve() == VENV.resolve()


def _go_on_in_venv(arguments: list[str]) -> NoReturn:
    """Replace this process by the environment's Python, which installs what it lacks."""
    python = VENV / "bin" / "python"
    if not _works(python):
        missing = [module for module in ("venv", "ensurepip") if importlib.util.find_spec(module) is None]
        if missing:
            version = f"{sys.version_info.major}.{sys.version_info.minor}"
            sys.exit(
                f"This Python lacks {' and '.join(missing)}, which set-up needs. On Debian or Ubuntu:\n"
                f"  sudo apt-get install python{version}-venv"
            )
        print(f"Making the Python environment {VENV} …", flush=True)
        shutil.rmtree(VENV, ignore_errors=True)
        made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True)
        if made.returncode:
            shutil.rmtree(VENV, ignore_errors=True)
            sys.exit(f"The Python environment cannot be made:\n{made.stdout}{made.stderr}")
    sys.stdout.flush()
    os.execv(python, [str(python), str(ROOT / "manage.py"), *arguments[1:]])  # noqa: S606 - no shell is wanted


def _works(python: Path) -> bool:
    """An environment whose Python was removed or upgraded away is made anew."""
    try:
        tried = subprocess.run([python, "-c", "import pip, sys; sys.exit(sys.version_info < (3, 11))"])
    except OSError:
        return False
    return tried.returncode == 0


def _fill_venv(requirements: Path) -> None:
    """Install the pinned packages, saying how far it is."""
    wanted, started = len(pins(requirements)), time.monotonic()
    print(f"Installing the {wanted} packages of {requirements.relative_to(ROOT)}: a few minutes.", flush=True)
    for old in VENV.glob("satisfied-*"):
        old.unlink()
    pip = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--no-deps"]
    child = subprocess.Popen(
        [*pip, "-r", str(requirements)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT
    )
    said: list[str] = []
    fetched = 0
    for line in child.stdout or ():
        said.append(line)
        if line.startswith("Collecting "):
            fetched += 1
            if sys.stdout.isatty() or fetched % 10 == 0:
                _show(f"  {fetched} of {wanted} fetched")
        elif line.startswith("Installing collected"):
            _show("  unpacking them")
    if child.wait():
        sys.exit("pip could not install the requirements:\n" + "".join(said[-15:]))
    _show(f"  installed in {time.monotonic() - started:.0f} seconds\n")
    _stamp(requirements).touch()
    importlib.invalidate_caches()


def _show(line: str) -> None:
    """Progress: rewritten in place on a terminal, line by line in a log."""
    if sys.stdout.isatty():
        print(f"\r\033[K{line}", end="", flush=True)
    else:
        print(line.rstrip(), flush=True)


def _run(command: str, arguments: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registry.config.settings")
    from registry.config import embedded

    state = embedded.State.of_environment()
    needs_servers = embedded.is_needed() and command not in WITHOUT_SERVERS and "--help" not in arguments
    try:
        if needs_servers or command == "up":
            embedded.prepare(state)
        with embedded.running(state) if needs_servers else nullcontext():
            from django.core.management import execute_from_command_line

            execute_from_command_line(arguments)
    except embedded.Refusal as refusal:
        sys.exit(str(refusal))
    return 0
