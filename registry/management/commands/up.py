"""Everything from nothing: databases, tables, dictionary, demo, web, worker, beat and first results."""

import fcntl
import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandParser, call_command
from django.db import connections
from django.urls import reverse

from registry.actions import access
from registry.config import demo_accounts, embedded, supervisor
from registry.models import Membership, Role


class Command(BaseCommand):
    help = "Start the whole registry here: its databases, web server, worker and beat. Ctrl-C stops it."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--demo", action="store_true", help="load two demo cohorts and demo accounts")
        parser.add_argument("--host", default="127.0.0.1", help="address to serve at (default: 127.0.0.1)")
        parser.add_argument("--port", type=int, default=8000, help="port to serve at (default: 8000)")

    def handle(self, *args: Any, demo: bool, host: str, port: int, **options: Any) -> None:
        supervisor.refuse_bad_port(port)
        self.names = supervisor.names(host)
        address = f"http://{self.names[0]}:{port}"
        self.began = time.monotonic()
        with suppress(KeyboardInterrupt), _stopping_on_signals(), ExitStack() as running:
            self._start(running, demo, host, port, address)

    def _start(self, running: ExitStack, demo: bool, host: str, port: int, address: str) -> None:
        state: embedded.State = settings.STATE
        running.enter_context(_only_one(state.folder / "up.lock", address))
        supervisor.refuse_taken_port(host, port)
        running.callback(self.say, "Stopped.")
        databases: list[embedded.Postgres | embedded.Valkey] = []
        if embedded.is_needed():
            self.say("Starting PostgreSQL and Valkey …")
            databases = running.enter_context(embedded.running(state, must_own=True))
            self.say(f"  data in {state.place.home}, sockets in {state.place.sockets}")
        self.say("Bringing the tables up to date …")
        call_command("migrate", verbosity=0)
        call_command("load_dictionary")
        if demo:
            self.say("Loading the two demo cohorts …")
            call_command("load_demo")
        accounts = demo_accounts.kept_or_made(state.demo_accounts) if demo else []
        connections.close_all()

        self.say("Starting web server, worker and beat …")
        logs = state.folder / "logs"
        background = [supervisor.worker(logs), supervisor.beat(logs)]
        allowed = list(dict.fromkeys([*settings.ALLOWED_HOSTS, *self.names]))
        web = supervisor.web(host, port, allowed, logs)
        for server in background:
            running.callback(server.stop)
            server.start()
        # Static files are gathered while the others load their libraries.
        call_command("collectstatic", interactive=False, verbosity=0)
        running.callback(web.stop)
        web.start()
        processes = [*background, web]
        running.callback(self.say, "\nStopping web server, beat, worker, Valkey and PostgreSQL …")
        supervisor.wait_until_serving(processes, host, port)
        self.say(f"Serving at {' and '.join(f'http://{name}:{port}' for name in self.names)}")
        if demo:
            self.say("The worker computes the results …")
            call_command("show_results", wait=240)
        self._tell(address, accounts, is_demo=demo)
        connections.close_all()
        supervisor.watch([*databases, *processes])

    def _tell(self, address: str, accounts: list[demo_accounts.Account], is_demo: bool) -> None:
        self.say(f"\nCalcis is up after {time.monotonic() - self.began:.0f} seconds: {address}")
        for account in accounts:
            self.say(f"  {account.username:<14} {account.password:<18} {account.role}")
        if accounts:
            self.say(f"  (passwords kept in {settings.STATE.demo_accounts})")
        if not is_demo and not Membership.objects.filter(role=Role.ADMINISTRATOR).exists():
            link = address + reverse("setup", args=[access.create_setup_link()])
            self.say("No administrator yet. Open this link, good once and for a day, to make one:")
            self.say(f"  {link}")
        self.say("Ctrl-C stops everything and loses nothing.")

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


@contextmanager
def _only_one(lock: Path, address: str) -> Iterator[None]:
    """Hold the lock for as long as `up` runs; a second `up` learns where the first one serves."""
    with lock.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            held = json.loads(lock.read_text() or '{"address": "?", "process": "?"}')
            raise embedded.Refusal(
                f"Calcis is already up at {held['address']} (process {held['process']}). "
                "Stop that one first with Ctrl-C or kill, or use it."
            ) from None
        file.truncate(0)
        file.write(json.dumps({"address": address, "process": os.getpid()}))
        file.flush()
        yield


@contextmanager
def _stopping_on_signals() -> Iterator[None]:
    """SIGTERM and a closed terminal stop as Ctrl-C does; once stopping, further ones are not heard."""
    heard = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def stop(number: int, frame: object) -> None:
        for each in heard:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {each: signal.signal(each, stop) for each in heard}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
