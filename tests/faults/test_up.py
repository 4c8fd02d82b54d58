"""The whole registry, started by its one command, killed in every way, and started again."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from registry.config import embedded
from registry.config.embedded.postgres import SUPERUSER
from registry.config.embedded.process import command_line, wait_until

ROOT = Path(__file__).resolve().parents[2]
IS_LINUX = sys.platform == "linux"

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(not IS_LINUX, reason="only Linux ends children whose parent was killed"),
]


class Registry:
    """One registry of the tests, in a state folder and at a port of its own."""

    def __init__(self, folder: Path) -> None:
        self.state, self.log = embedded.State(folder), folder.parent / "up.log"
        with socket.socket() as door:
            door.bind(("127.0.0.1", 0))
            self.port = door.getsockname()[1]

    def start(self) -> None:
        with self.log.open("w") as output:
            self.up = subprocess.Popen(
                self.command("up", "--port", str(self.port)), stdout=output, stderr=output
            )
        self.until(lambda: "Ctrl-C" in self.said or self.up.poll() is not None)
        assert self.up.poll() is None, self.said

    def command(self, *words: str) -> list[str]:
        """A manage.py command on this registry; `env` puts the folder where /proc shows it."""
        return ["env", f"CALCIS_VAR={self.state.folder}", sys.executable, str(ROOT / "manage.py"), *words]

    def manage(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self.command(*words), capture_output=True, text=True, cwd=ROOT)

    def until(self, condition: Callable[[], bool]) -> None:
        assert wait_until(condition, 120), self.said

    @property
    def said(self) -> str:
        return self.log.read_text()

    def processes(self) -> dict[int, str]:
        """Every living process of this registry with its command, known by its environment or data folder."""
        found = {}
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                surroundings = (entry / "environ").read_bytes()
            except OSError:
                continue
            command = command_line(int(entry.name))
            is_ours = f"CALCIS_VAR={self.state.folder}\0".encode() in surroundings + b"\0"
            if command and (is_ours or str(self.state.folder) in command):
                found[int(entry.name)] = command
        return found

    def rows(self, statement: str) -> list[tuple[object, ...]]:
        sockets = str(self.state.place.sockets)
        with psycopg.connect(host=sockets, port=5432, user=SUPERUSER, dbname="calcis") as connection:
            return connection.execute(statement).fetchall()

    def health(self) -> object:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/", timeout=5) as answer:
            return json.load(answer)


@pytest.fixture(scope="module")
def registry() -> Iterator[Registry]:
    top = Path(tempfile.mkdtemp(prefix="calcis-fault-", dir="/tmp"))
    top.chmod(0o755)
    registry = Registry(top / "var")
    yield registry
    for pid in registry.processes():
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not registry.processes(), 20)
    shutil.rmtree(registry.state.place.sockets, ignore_errors=True)
    shutil.rmtree(top)


def test_a_killed_registry_leaves_nobody_and_comes_back_with_all_its_rows(registry):
    registry.start()
    assert registry.health() == {"status": "ok"}
    assert "/setup/" in registry.said
    registry.manage("simulate", "--cohort", "kept", "--patients", "20", "--controls", "20", "--seed", "1")
    before = registry.rows("SELECT count(*), sum(hashtext(study_id)) FROM registry_patient")
    assert before[0][0] > 30

    registry.up.kill()
    registry.up.wait()
    registry.until(lambda: not registry.processes())

    registry.start()
    assert registry.rows("SELECT count(*), sum(hashtext(study_id)) FROM registry_patient") == before
    for pid in registry.processes():
        os.kill(pid, signal.SIGKILL)
    registry.up.wait()
    registry.until(lambda: not registry.processes())

    registry.start()
    assert registry.rows("SELECT count(*), sum(hashtext(study_id)) FROM registry_patient") == before


def test_a_second_up_says_where_the_first_one_serves(registry):
    second = registry.manage("up", "--port", "1")
    assert second.returncode == 1
    assert f"already up at http://127.0.0.1:{registry.port} (process " in second.stderr


def test_a_worker_killed_in_the_middle_is_started_again_and_its_run_taken_up(registry):
    registry.manage("simulate", "--cohort", "long", "--patients", "2000", "--controls", "500", "--seed", "2")
    of_long = (
        "SELECT run.id, status, attempts FROM analytics_run run "
        "JOIN registry_cohort cohort ON cohort.id = run.cohort_id WHERE slug = 'long' ORDER BY run.id"
    )
    registry.until(lambda: any(status == "running" for _, status, _ in registry.rows(of_long)))
    for pid, command in registry.processes().items():
        if " registry.config.celery worker " in command:
            os.kill(pid, signal.SIGKILL)
    registry.until(lambda: "The worker ended unexpectedly" in registry.said)
    registry.until(lambda: all(status == "done" for _, status, _ in registry.rows(of_long)))
    assert registry.rows(of_long)[0][2] == 2


def test_ctrl_c_stops_every_child_and_says_so(registry):
    registry.up.send_signal(signal.SIGINT)
    assert registry.up.wait(90) == 0
    assert registry.said.rstrip().endswith("Stopped.")
    assert registry.processes() == {}
    assert not registry.state.place.sockets.exists()


def test_a_taken_port_is_named(registry):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = registry.manage("up", "--port", str(port))
    assert refused.returncode == 1
    assert f"Cannot serve at 127.0.0.1:{port}: address already in use." in refused.stderr
    assert "Traceback" not in refused.stderr
