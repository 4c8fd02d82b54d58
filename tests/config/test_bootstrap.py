"""The first minutes on a bare machine: what is missing is installed or named."""

import ast
import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from registry.config import bootstrap

ROOT = Path(__file__).resolve().parents[2]


def test_an_old_python_can_read_the_refusal():
    ast.parse((ROOT / "manage.py").read_text(), feature_version=(3, 4))


@pytest.mark.parametrize("name", ["__init__.py", "config/__init__.py", "config/bootstrap.py"])
def test_nothing_but_the_standard_library_is_needed_to_begin(name):
    tree = ast.parse((ROOT / "registry" / name).read_text())
    imported = {
        (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name).split(".")[0]
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert imported <= sys.stdlib_module_names


def test_what_a_file_includes_counts_as_pinned(tmp_path):
    (tmp_path / "requirements.txt").write_text("# a note\nmade-up-package==1.2\n")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "requirements.txt").write_text("-r ../requirements.txt\n\nanother==3\n")
    asked = tmp_path / "tests" / "requirements.txt"
    assert bootstrap.pins(asked) == {"made-up-package": "1.2", "another": "3"}
    assert not bootstrap.is_satisfied(asked)


def test_a_package_of_another_version_does_not_satisfy(tmp_path):
    (tmp_path / "requirements.txt").write_text("django==1.0\n")
    assert not bootstrap.is_satisfied(tmp_path / "requirements.txt")


def test_a_python_without_venv_is_told_which_package_brings_it(tmp_path, monkeypatch):
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SystemExit, match=r"(?s)lacks venv and ensurepip.*apt-get install python3\.\d+-venv"):
        bootstrap._go_on_in_venv(["manage.py", "up"])


def test_a_command_goes_on_inside_the_environment(tmp_path):
    """A bare interpreter, a checkout whose environment stands: the command runs there without further ado."""
    for name in ("manage.py", "requirements.txt", "registry", "analytics"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    (tmp_path / ".venv").symlink_to(sys.prefix)
    bare = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"
    ran = subprocess.run([bare, "manage.py", "version"], cwd=tmp_path, capture_output=True, text=True)
    assert ran.stdout.startswith("5.2"), ran.stderr
