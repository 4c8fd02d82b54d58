"""The tests run on the same engines as the registry, in a state folder of their own.

The tables are made by their owner and used by the application's role. The servers start with the first
test that asks for the database.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from psycopg import sql

from registry.config import embedded

STATE = embedded.State(Path(tempfile.mkdtemp(prefix="calcis-test-", dir="/tmp")))
for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "CELERY_BROKER_URL", "DEBUG", "HTTPS", "SECRET_KEY"):
    os.environ.pop(name, None)
os.environ |= {"CALCIS_VAR": str(STATE.folder), "DJANGO_SETTINGS_MODULE": "registry.config.settings"}
embedded.prepare(STATE)

# The same examples every time; a failure found elsewhere is repeated here.
hypothesis.settings.register_profile(
    "calcis", derandomize=True, deadline=None, database=None, print_blob=True, max_examples=50
)
hypothesis.settings.load_profile("calcis")


def pytest_configure(config: pytest.Config) -> None:
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    Path(settings.STATIC_ROOT).mkdir(parents=True)
    for database in settings.DATABASES.values():
        database["CONN_MAX_AGE"] = 0


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(STATE.place.sockets, ignore_errors=True)
    if STATE.place.home != STATE.folder:
        shutil.rmtree(STATE.place.home)
    shutil.rmtree(STATE.folder)


@pytest.fixture(scope="session")
def postgres() -> Iterator[embedded.Postgres]:
    """The tests' own PostgreSQL, with Valkey beside it; it may forget what it wrote when the power fails."""
    with embedded.running(STATE, must_own=True, is_durable=False) as servers:
        yield next(server for server in servers if isinstance(server, embedded.Postgres))


@pytest.fixture(scope="session")
def django_db_setup(postgres: embedded.Postgres, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    from django.core.management import call_command
    from django.db import connections

    with django_db_blocker.unblock():
        call_command("migrate", verbosity=0)
        call_command("load_dictionary", verbosity=0)
    connections.close_all()
    _copy_database(postgres, "calcis", "calcis_pristine")
    with pytest.MonkeyPatch.context() as patch:
        _restore_after_transactional_tests(postgres, patch)
        yield
    connections.close_all()


def _copy_database(postgres: embedded.Postgres, source: str, target: str) -> None:
    with postgres.connect("postgres") as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(target)))
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER calcis_owner").format(
                sql.Identifier(target), sql.Identifier(source)
            )
        )


def _restore_after_transactional_tests(postgres: embedded.Postgres, patch: pytest.MonkeyPatch) -> None:
    """Django would TRUNCATE: the trail refuses it, and the dictionary would be gone. Take a fresh copy."""
    from django.db import connections
    from django.test import TransactionTestCase

    def restore(self: TransactionTestCase) -> None:
        connections.close_all()
        _copy_database(postgres, "calcis_pristine", "calcis")

    patch.setattr(TransactionTestCase, "_fixture_teardown", restore)


_CHROMIUM_ADVICE = (
    "no Chromium was found, so the pages were not tried in a browser. Install it, for example on Debian with "
    "`sudo apt-get install chromium`, or name it in CHROMIUM"
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, driven by Playwright; where it is missing tests are skipped, but never in CI."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(_CHROMIUM_ADVICE)
    # Playwright keeps an event loop in this thread, in which Django would refuse every query.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox"] if os.getuid() == 0 else []
        )
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh window of 1280 by 900; an error in its console fails the test, but for a refused form's 422."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "console",
        lambda said: errors.append(said.text) if said.type == "error" and " 422 " not in said.text else None,
    )
    yield page
    context.close()
    assert not errors, errors
