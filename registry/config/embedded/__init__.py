"""The bundled PostgreSQL and Valkey, for as long as a command lasts; not used where servers are configured.

The first command to come owns the servers and holds var/embedded.lock; others attach, and an owner
that is done waits for them.
"""

import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO

from registry.config.embedded.postgres import Postgres
from registry.config.embedded.process import Refusal, wait_until
from registry.config.embedded.runtime import Place, State
from registry.config.embedded.valkey import Valkey

__all__ = ["Postgres", "Refusal", "State", "Valkey", "is_needed", "prepare", "running"]


def is_needed() -> bool:
    """Whether a server is to be started here: one of the two addresses is not set."""
    return not (os.environ.get("DATABASE_URL") and os.environ.get("CELERY_BROKER_URL"))


def prepare(state: State) -> None:
    """Make the state folder and decide where the servers live, which the settings then read."""
    state.prepare()
    if is_needed():
        Place.choose(state.folder)


def servers(state: State, is_durable: bool = True) -> list[Postgres | Valkey]:
    """The servers that the environment does not name, not yet started."""
    place = state.place
    programs = place.programs()
    wanted: list[Postgres | Valkey] = []
    if not os.environ.get("DATABASE_URL"):
        wanted.append(Postgres(place, programs, is_durable))
    if not os.environ.get("CELERY_BROKER_URL"):
        wanted.append(Valkey(place, programs))
    return wanted


@contextmanager
def running(
    state: State, must_own: bool = False, is_durable: bool = True
) -> Iterator[list[Postgres | Valkey]]:
    """The servers of this state folder: started and stopped here, or those of another command."""
    wanted = servers(state, is_durable)
    with ExitStack() as held:
        owner = held.enter_context((state.folder / "embedded.lock").open("a+"))
        users = held.enter_context((state.folder / "embedded.users").open("a"))
        if must_own and not _lock(owner, fcntl.LOCK_EX):
            print(
                f"Waiting for the command that is using the database (process {_holder(owner)}) …", flush=True
            )

        def is_owner() -> bool:
            return _lock(owner, fcntl.LOCK_EX)

        def is_guest() -> bool:
            return (
                not must_own and _lock(users, fcntl.LOCK_SH) and all(server.is_ready() for server in wanted)
            )

        if not wait_until(lambda: is_owner() or is_guest(), 60):
            raise Refusal(
                f"The embedded servers are in use by process {_holder(owner)}. Wait for it or stop it."
            )
        if is_owner():
            _sign(owner)
            held.callback(_remove_if_empty, state.place.make_private(state.place.sockets))
            for server in wanted:
                held.callback(server.stop)
                server.start()
            if not must_own:
                held.callback(_wait_for_users, users)
        yield wanted


def _lock(file: IO[str], kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _remove_if_empty(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()


def _sign(file: IO[str]) -> None:
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()


def _holder(file: IO[str]) -> str:
    return Path(file.name).read_text() or "unknown"


def _wait_for_users(users: IO[str]) -> None:
    if not _lock(users, fcntl.LOCK_EX):
        print("Another command is still using the database; it stops when that one is done.", file=sys.stderr)
        fcntl.flock(users, fcntl.LOCK_EX)
