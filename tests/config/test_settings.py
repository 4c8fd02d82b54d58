"""A bad setting stops the start and is named; a good one is understood."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from registry.config import environment

ROOT = Path(__file__).resolve().parents[2]
SERVED = {
    "SECRET_KEY": "k3Jq-0fXh7Pz_Lw9sVb2Rt5Yc8Ng1Md4Ua6Ex7Tz-Qm8Hv2Ks5Bw",
    "DATABASE_URL": "postgresql://calcis_app:a%40b@db.example:5433/calcis?sslmode=require",
    "DATABASE_OWNER_URL": "postgresql://calcis_owner@db.example/calcis",
    "CELERY_BROKER_URL": "redis://queue.example/0",
    "ALLOWED_HOSTS": "calcis.example",
    "BEHIND_PROXY": "true",
}


def settings_with(**variables: str) -> subprocess.CompletedProcess[str]:
    """Django's deployment check in a process that knows these variables and no other of ours."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "CALCIS_VAR") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env=kept | variables,
        capture_output=True,
        text=True,
    )


def test_a_served_registry_passes_the_deployment_check():
    checked = settings_with(**SERVED)
    assert checked.returncode == 0, checked.stderr


def test_one_role_for_everything_is_warned_of():
    checked = settings_with(**SERVED | {"DATABASE_OWNER_URL": ""})
    assert checked.returncode == 1
    assert "calcis.W001" in checked.stderr


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("SECRET_KEY", "", "SECRET_KEY is missing"),
        ("SECRET_KEY", "django-insecure-" + "0123456789abcdef" * 3, "a default"),
        ("DATABASE_URL", "sqlite:///calcis.db", "PostgreSQL alone"),
        ("ALLOWED_HOSTS", "*", "answers to any name"),
        ("DEBUG", "maybe", "neither true nor false"),
        ("SESSION_HOURS", "0", "whole number from 1 to 168"),
    ],
)
def test_a_bad_value_is_refused_by_name(name, value, words):
    checked = settings_with(**SERVED | {name: value})
    assert checked.returncode == 1
    assert name in checked.stderr
    assert words in checked.stderr


def test_a_database_address_is_taken_apart():
    found = environment.database("DATABASE_URL", SERVED["DATABASE_URL"])
    assert (found["USER"], found["PASSWORD"], found["NAME"]) == ("calcis_app", "a@b", "calcis")
    assert (found["HOST"], found["PORT"], found["OPTIONS"]) == ("db.example", "5433", {"sslmode": "require"})


def test_a_database_on_a_socket_is_named_in_the_query():
    found = environment.database("DATABASE_URL", "postgresql:///calcis?host=/run/postgresql")
    assert (found["HOST"], found["PORT"], found["USER"]) == ("/run/postgresql", "", "")


@pytest.mark.parametrize("url", ["postgresql://db.example", "postgresql://db.example:port/calcis"])
def test_half_an_address_is_refused(url):
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL"):
        environment.database("DATABASE_URL", url)
