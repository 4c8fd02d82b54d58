"""The processes of one running registry: started in order, watched, stopped in reverse."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Protocol

from registry.config.embedded import process
from registry.config.embedded.process import Refusal

_CRASHES_BORNE = 5
_CRASH_WINDOW_SECONDS = 60
_LAST_PORT = 65535
# The addresses that mean every one of this machine's, and where it finds itself then.
_HERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - asked for by the person


class Server(Protocol):
    """What can be watched: the embedded servers and the processes below."""

    name: str
    log: Path
    child: subprocess.Popen[bytes] | None

    def start(self) -> None: ...
    def stop(self) -> None: ...


class Process:
    """One of Calcis' own processes; it dies with `up`, however that ends."""

    def __init__(
        self, name: str, module: Sequence[str], log: Path, seconds_to_stop: float, **environment: str
    ) -> None:
        self.name, self.log, self.seconds_to_stop = name, log, seconds_to_stop
        self.command = [sys.executable, "-m", *module]
        self.environment = environment
        self.child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.log.parent.mkdir(mode=0o700, exist_ok=True)
        self.child = process.start(
            self.command,
            log=self.log,
            dies_by=signal.SIGKILL,
            environment=self.environment,
            folder=Path(__file__).resolve().parents[2],
        )

    def stop(self) -> None:
        if self.child is not None:
            process.stop(self.child, signal.SIGTERM, self.seconds_to_stop)


def web(host: str, port: int, allowed_hosts: Sequence[str], logs: Path) -> Process:
    return Process(
        "web server",
        [
            *("gunicorn", "registry.config.wsgi", "--bind", f"{_bracketed(host)}:{port}"),
            *("--worker-class", "gthread", "--workers", "2", "--threads", "4"),
            *("--graceful-timeout", "5", "--no-control-socket", "--preload"),
        ],
        logs / "web.log",
        seconds_to_stop=10,
        ALLOWED_HOSTS=",".join(allowed_hosts),
    )


def worker(logs: Path) -> Process:
    # One thread a task: sums come out the same, and tasks do not fight over the cores.
    return Process(
        "worker",
        [
            *("celery", "--app", "registry.config.celery", "worker", "--loglevel", "WARNING"),
            *("--concurrency", str(min(2, os.cpu_count() or 1))),
            *("--without-gossip", "--without-mingle", "--without-heartbeat"),
        ],
        logs / "worker.log",
        seconds_to_stop=10,
        OMP_NUM_THREADS="1",
        OPENBLAS_NUM_THREADS="1",
    )


def beat(logs: Path) -> Process:
    return Process(
        "beat",
        ["celery", "--app", "registry.config.celery", "beat", "--loglevel", "WARNING", "--pidfile="],
        logs / "beat.log",
        seconds_to_stop=5,
    )


def names(host: str) -> list[str]:
    """What a browser may write for the address asked for: all of this machine's, where that is everywhere."""
    if host not in _HERE:
        return [_bracketed(host)]
    named = [socket.gethostname(), socket.getfqdn(), *_addresses(with_ipv6=":" in host)]
    return list(dict.fromkeys(_bracketed(name) for name in named))


def _addresses(*, with_ipv6: bool) -> list[str]:
    """The machine's own, and the one it would reach another network from; nothing is sent to find it."""
    found: list[str] = []
    with suppress(OSError):
        found += [str(entry[4][0]) for entry in socket.getaddrinfo(socket.gethostname(), None)]
    elsewhere_in = {socket.AF_INET: "192.0.2.1", socket.AF_INET6: "2001:db8::1"}
    for family, elsewhere in elsewhere_in.items():
        with suppress(OSError), closing(socket.socket(family, socket.SOCK_DGRAM)) as door:
            door.connect((elsewhere, 9))
            found.append(door.getsockname()[0])
    return [address for address in found if "%" not in address and (with_ipv6 or ":" not in address)]


def _bracketed(name: str) -> str:
    return f"[{name}]" if ":" in name else name


def refuse_bad_port(port: int) -> None:
    """Say plainly which numbers are ports."""
    if not 1 <= port <= _LAST_PORT:
        raise Refusal(f"Cannot serve at port {port}: ports go from 1 to {_LAST_PORT}.")


def refuse_taken_port(host: str, port: int) -> None:
    """Say plainly that the address is in use or is not this machine's."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with closing(socket.socket(family)) as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((host, port))
        except OSError as error:
            other = port + 1 if port < _LAST_PORT else port - 1
            raise Refusal(
                f"Cannot serve at {host}:{port}: {(error.strerror or 'refused').lower()}. "
                f"Choose another port, for example: python3 manage.py up --port {other}"
            ) from error


def wait_until_serving(processes: Sequence[Server], host: str, port: int) -> None:
    """Wait for the first answer; a process that has ended meanwhile says why."""
    here = _HERE.get(host, host)

    def answers() -> bool:
        try:
            with closing(http.client.HTTPConnection(here, port, timeout=5)) as line:
                line.request("GET", "/health/", headers={"Host": "localhost"})
                return line.getresponse().status == http.HTTPStatus.OK
        except OSError:
            return False

    def ended() -> list[Server]:
        return [server for server in processes if server.child and server.child.poll() is not None]

    process.wait_until(lambda: bool(ended()) or answers(), seconds=60)
    for server in ended():
        raise Refusal(f"The {server.name} does not start. Its last words:\n{last_words(server)}")
    if not answers():
        words = "\n".join(last_words(server) for server in processes)
        raise Refusal(f"The web server does not answer. The last words:\n{words}")


def watch(servers: Sequence[Server]) -> None:
    """Start again what ends by itself; give up when that does not help."""
    crashes: list[float] = []
    while True:
        time.sleep(0.5)
        for server in servers:
            if server.child is None or server.child.poll() is None:
                continue
            crashes = [at for at in crashes if at > time.monotonic() - _CRASH_WINDOW_SECONDS]
            crashes.append(time.monotonic())
            code = server.child.returncode
            if len(crashes) > _CRASHES_BORNE:
                raise Refusal(f"The {server.name} keeps ending (code {code}):\n{last_words(server)}")
            print(f"The {server.name} ended unexpectedly (code {code}); started again.", flush=True)
            server.start()


def last_words(server: Server) -> str:
    return "\n".join(server.log.read_text(errors="replace").splitlines()[-8:]) + f"\n(from {server.log})"
