"""The house keeps its own rules: style, types, import directions, migrations, pins, the list of rooms."""

import ast
import doctest
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from django.core.management import call_command

from registry.config import bootstrap

ROOT = Path(__file__).resolve().parents[1]
AT_THE_TOP = {
    ".ci",
    ".dockerignore",
    ".github",
    ".gitignore",
    "LICENSE",
    "README.md",
    "analytics",
    "docker-compose.yml",
    "manage.py",
    "pyproject.toml",
    "registry",
    "requirements.txt",
    "tests",
}
LONGEST = 320
HOMELESS = {"utils.py", "helpers.py", "services.py", "signals.py", "common.py", "misc.py"}


def tracked(pattern: str = "*") -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", pattern],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).exists()]


def run(command: list[str | Path]) -> None:
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.mark.parametrize("tool", ["ruff check", "ruff format --check", "mypy", "lint-imports --no-cache"])
def test_tool_finds_nothing(tool):
    program, *arguments = tool.split()
    run([Path(sys.executable).with_name(program), *arguments])


@pytest.mark.django_db(databases=["default", "owner"])
def test_models_and_migrations_agree():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_system_check_finds_nothing():
    call_command("check", fail_level="WARNING")


def exemplified() -> list[str]:
    """Modules with examples; those of the statistics are run by a test of theirs."""
    told = [path for room in ("registry", "analytics") for path in tracked(f"{room}/*.py")]
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts) for path in told if ">>> " in path.read_text()
    ]
    return [name for name in names if not name.startswith("analytics.statistics.")]


@pytest.mark.parametrize("name", exemplified())
def test_examples_hold(name):
    assert doctest.testmod(import_module(name)).failed == 0


def test_the_top_folder_holds_what_the_map_shows():
    assert {path.relative_to(ROOT).parts[0] for path in tracked()} <= AT_THE_TOP


def test_nothing_is_without_a_home():
    assert [path for path in tracked("*.py") if path.name in HOMELESS] == []


def test_files_are_short():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in tracked("*.py")
        if "migrations" not in path.parts and (lines := len(path.read_text().splitlines())) > LONGEST
    }
    assert long == {}


@pytest.mark.parametrize("name", ["requirements.txt", "tests/requirements.txt"])
def test_requirements_are_pinned_exactly(name):
    pin = re.compile(r"-r \.\./requirements\.txt|[a-z0-9-]+==[0-9a-z.]+")
    lines = [line for line in (ROOT / name).read_text().splitlines() if line and not line.startswith("#")]
    assert [line for line in lines if not pin.fullmatch(line)] == []
    assert bootstrap.is_satisfied(ROOT / name)


def test_the_pinned_packages_want_nothing_that_is_not_pinned():
    run([sys.executable, "-m", "pip", "check"])


def test_what_production_imports_is_in_its_requirements():
    """A module that only the tests' requirements bring would be missing on the first real server."""
    bring = packages_distributions()
    pinned = set(bootstrap.pins(ROOT / "requirements.txt"))
    imported = {
        name
        for room in ("registry", "analytics")
        for path in tracked(f"{room}/*.py")
        for name in imports(ast.parse(path.read_text()))
        if name in bring
    }
    assert {name for name in imported if not {normal(one) for one in bring[name]} & pinned} == set()


def imports(tree: ast.AST) -> Iterator[str]:
    """The top-level names of what a module imports when it runs, that is, not for its types alone."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]
        yield from imports(node)


def normal(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()
