"""The bundled Valkey: the queue between web and worker, kept in an append-only file."""

import signal
import socket
import subprocess
from collections.abc import Mapping
from pathlib import Path

from registry.config.embedded import process
from registry.config.embedded.process import Refusal
from registry.config.embedded.runtime import Place


class Valkey:
    """One Valkey server on a unix socket, as a child of this process."""

    name = "Valkey"

    def __init__(self, place: Place, programs: Mapping[str, Path]) -> None:
        self.place, self.program = place, programs["valkey"]
        self.folder = place.home / "valkey"
        self.log = place.home / "valkey.log"
        self.socket = place.sockets / "valkey.sock"
        self.pid_file = self.folder / "valkey.pid"
        self.child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.place.make_private(self.folder)
        if self.pid_file.exists():
            process.end_leftover(int(self.pid_file.read_text()), mark=str(self.socket), by=signal.SIGTERM)
        self.socket.unlink(missing_ok=True)
        options: dict[str, str | Path] = {
            "port": "0",
            "unixsocket": self.socket,
            "unixsocketperm": "700",
            "dir": self.folder,
            "appendonly": "yes",
            "save": "",
            "pidfile": self.pid_file,
            "daemonize": "no",
        }
        command: list[str | Path] = [self.program]
        for name, value in options.items():
            command += [f"--{name}", value]
        self.child = child = process.start(
            command, log=self.log, dies_by=signal.SIGTERM, user=self.place.user, folder=self.folder
        )
        process.wait_until(lambda: child.poll() is not None or self.is_ready(), 60)
        if not self.is_ready():
            raise Refusal(f"Valkey does not start. Its last words are in {self.log}.")

    def stop(self) -> None:
        if self.child is not None:
            process.stop(self.child, signal.SIGTERM, seconds=20)

    def is_ready(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as line:
                line.settimeout(2)
                line.connect(str(self.socket))
                line.sendall(b"PING\r\n")
                return line.recv(16).startswith(b"+PONG")
        except OSError:
            return False
