"""docker-compose.yml against the compose specification, and what it promises about secrets and order."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from compose_spec import PyCompose

FILE = Path(__file__).resolve().parents[2] / "docker-compose.yml"
OURS = ("web", "worker", "beat")


@pytest.fixture
def compose():
    return yaml.safe_load(FILE.read_text())


def test_it_follows_the_specification(compose):
    spec = PyCompose.from_yaml(yaml.safe_dump(compose)).to_spec()
    assert set(spec.services) == {"postgres", "valkey", "migrate", *OURS}


def test_a_misspelt_key_would_be_noticed(compose):
    compose["services"]["web"]["helthcheck"] = compose["services"]["web"].pop("healthcheck")
    with pytest.raises(ValueError, match="helthcheck"):
        PyCompose.from_yaml(yaml.safe_dump(compose))


def test_every_secret_comes_from_the_environment_and_none_has_a_default():
    text = FILE.read_text()
    assert set(re.findall(r"\$\{(\w+):\?[^}]+\}", text)) == {
        "SECRET_KEY",
        "POSTGRES_PASSWORD",
        "OWNER_PASSWORD",
        "APP_PASSWORD",
        "ALLOWED_HOSTS",
    }
    assert re.findall(r"\$\{\w+(?!:\?)[^\w:][^}]*\}|\$\{\w+:-", text) == []


def test_the_owner_of_the_tables_is_known_to_the_migration_alone(compose):
    knowing = {name for name, service in compose["services"].items() if "OWNER_PASSWORD" in str(service)}
    assert knowing == {"postgres", "migrate"}


def test_the_file_of_secrets_stays_out_of_the_image_and_the_repository():
    for ignored in (".dockerignore", ".gitignore"):
        assert ".env*" in (FILE.parent / ignored).read_text().split()


def test_every_lasting_service_is_watched_and_none_runs_as_root(compose):
    for name, service in compose["services"].items():
        assert name == "migrate" or service["healthcheck"]["test"]
        assert service.get("user") or service["image"] == "calcis"
    assert "USER calcis" in compose["services"]["migrate"]["build"]["dockerfile_inline"]
    mounts = [mount for service in compose["services"].values() for mount in service.get("volumes", [])]
    volumes = {mount.split(":")[0] for mount in mounts}
    assert volumes == set(compose["volumes"])


@pytest.mark.parametrize("service", OURS)
def test_its_command_is_understood(compose, service):
    """Each program is asked to explain the very options the service passes it."""
    program, *options = shlex.split(compose["services"][service]["command"])
    ended = subprocess.run(
        [Path(sys.executable).with_name(program), *options, "--help"], capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stderr
    known = set(re.findall(r"--[a-z-]+", ended.stdout)) | {"--app"}
    assert {option.split("=")[0] for option in options if option.startswith("--")} <= known


def test_the_roles_script_makes_the_two_roles(compose, postgres):
    """The script's SQL, run where the container would run it, as far as its psql variables."""
    script = compose["configs"]["roles"]["content"]
    assert subprocess.run(["sh", "-n"], input=script.replace("$$", "$"), text=True).returncode == 0
    statements = script.split("<<'SQL'\n")[1].removesuffix("SQL\n").replace("calcis", "trial")
    with postgres.connect("postgres") as connection:
        for statement in statements.replace(":'owner'", "'a'").replace(":'app'", "'b'").split(";\n")[:-1]:
            connection.execute(statement)
        owners = connection.execute(
            "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'trial'"
        ).fetchone()
        assert owners == ("trial_owner",)
        for drop in ("DATABASE trial", "ROLE trial_owner", "ROLE trial_app"):
            connection.execute(f"DROP {drop}")
