"""Whatever a crash, a deep folder or a stranger leaves behind, the embedded servers start all the same."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from registry.config import embedded
from registry.config.embedded import process, runtime

pytestmark = pytest.mark.faults


@pytest.fixture
def state() -> Iterator[embedded.State]:
    """A state folder so deep that a socket's path under it would not fit into its 107 bytes."""
    top = Path(tempfile.mkdtemp(prefix="calcis-fault-", dir="/tmp"))
    top.chmod(0o755)
    state = embedded.State(top / ("deep" * 20) / ("deeper" * 20) / "var")
    embedded.prepare(state)
    yield state
    if state.place.home != state.folder:
        shutil.rmtree(state.place.home)
    shutil.rmtree(top)


def postgres_of(servers: list[embedded.Postgres | embedded.Valkey]) -> embedded.Postgres:
    return next(server for server in servers if isinstance(server, embedded.Postgres))


def note(servers: list[embedded.Postgres | embedded.Valkey], text: str) -> None:
    with postgres_of(servers).connect("calcis") as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS note (text text)")
        connection.execute("INSERT INTO note VALUES (%s)", [text])


def notes(servers: list[embedded.Postgres | embedded.Valkey]) -> list[str]:
    with postgres_of(servers).connect("calcis") as connection:
        return [text for (text,) in connection.execute("SELECT text FROM note")]


def test_committed_rows_outlive_a_killed_server_in_a_deep_folder(state):
    with embedded.running(state) as servers:
        assert len(str(state.folder / ".s.PGSQL.5432")) > 107
        note(servers, "kept")
        for server in servers:
            os.kill(server.child.pid, signal.SIGKILL)
            server.child.wait()
    with embedded.running(state) as servers:
        assert notes(servers) == ["kept"]


def test_the_data_and_the_sockets_are_closed_to_others(state):
    with embedded.running(state):
        folders = [state.place.home / "postgres", state.place.home / "valkey", state.place.sockets]
        assert [oct(folder.stat().st_mode & 0o777) for folder in folders] == ["0o700"] * 3
        assert oct(state.secret_key.stat().st_mode & 0o777) == "0o600"
    assert not state.place.sockets.exists()


@pytest.mark.parametrize("kind", ["a stranger", "a zombie", "nobody"])
def test_a_stale_lock_file_does_not_stop_the_server(state, kind):
    with embedded.running(state) as servers:
        note(servers, "kept")
        postgres = postgres_of(servers)
        lock = (postgres.cluster / "postmaster.pid").read_text().split("\n", 1)[1]
    ended = subprocess.Popen(["true"])
    process.wait_until(lambda: process.command_line(ended.pid) == "", 10)
    if kind == "nobody":
        ended.wait()
    pid = os.getpid() if kind == "a stranger" else ended.pid
    (postgres.cluster / "postmaster.pid").write_text(f"{pid}\n{lock}")
    with embedded.running(state) as servers:
        assert notes(servers) == ["kept"]
    ended.wait()


def test_a_second_command_uses_the_servers_of_the_first(state):
    with embedded.running(state) as servers:
        note(servers, "kept")
        with embedded.running(state) as guests:
            assert notes(guests) == ["kept"]
            assert [guest.child for guest in guests] == [None, None]
        assert notes(servers) == ["kept"]


def test_a_stranger_cannot_put_a_folder_where_the_sockets_go(state):
    state.place.sockets.mkdir(mode=0o777)
    state.place.sockets.chmod(0o777)
    with pytest.raises(embedded.Refusal, match="not a private folder"), embedded.running(state):
        pytest.fail("started in a stranger's folder")
    state.place.sockets.rmdir()


def test_a_server_that_cannot_start_says_where_to_look(state):
    with embedded.running(state):
        pass
    (state.place.home / "postgres" / "PG_VERSION").write_text("9.6\n")
    with pytest.raises(embedded.Refusal, match=r"does not start.*postgres\.log"), embedded.running(state):
        pytest.fail("started on data of another version")


@pytest.mark.skipif(os.getuid() != 0, reason="only root runs the servers as another user")
def test_behind_closed_folders_root_s_servers_run_elsewhere_from_copies(state, monkeypatch):
    (state.folder / "embedded.json").unlink()
    monkeypatch.setattr(runtime, "may_enter", lambda folder, user: False)
    modes = {parent: parent.stat().st_mode for parent in state.folder.parents}
    embedded.prepare(state)
    with embedded.running(state) as servers:
        note(servers, "kept")
        assert state.place.home == Path("/var/lib") / state.place.sockets.name
        assert state.place.home in postgres_of(servers).programs["postgres"].parents
    with embedded.running(state) as servers:
        assert notes(servers) == ["kept"]
    assert modes == {parent: parent.stat().st_mode for parent in state.folder.parents}


def test_only_the_roles_it_knows_may_connect(state):
    with embedded.running(state), pytest.raises(psycopg.OperationalError, match="authentication failed"):
        psycopg.connect(host=str(state.place.sockets), port=5432, user="postgres", dbname="calcis")
