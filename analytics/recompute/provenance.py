"""What a result depends on besides its table: the questions, the code, the libraries, the seed."""

import hashlib
import json
import platform
import subprocess
import zlib
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from pathlib import Path

from analytics.models import Question
from registry.models import Cohort

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("analytics", "registry/cohort", "registry/dictionary")
LIBRARIES = ("numpy", "scipy", "pandas", "pyarrow", "scikit-learn", "statsmodels", "firthmodels", "django")


@cache
def code_version() -> str:
    """The commit this code is, or a hash of its source where there is no commit or it was changed since."""
    commit = _git("rev-parse", "HEAD")
    if commit and _git("status", "--porcelain", "--", *SOURCES) == "":
        return f"commit {commit}"
    digest = hashlib.sha256()
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in {".py", ".json", ".csv"}:
                digest.update(f"{path.relative_to(ROOT)}\0".encode())
                digest.update(path.read_bytes())
    return f"source {digest.hexdigest()[:40]}"


def _git(*arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(ROOT), *arguments], capture_output=True, text=True, check=True, timeout=10
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


@cache
def library_versions() -> dict[str, str]:
    """The versions that decide the last digits of a result."""
    return {"python": platform.python_version(), **{name: version(name) for name in LIBRARIES}}


def plan_sha256(questions: Iterable[Question]) -> str:
    """The hash of everything the questions say."""
    asked = [
        [question.slug, question.version, question.definition, question.variables] for question in questions
    ]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def seed_of(cohort: Cohort) -> int:
    """One seed a cohort: from run to run a bootstrap moves with the data alone."""
    return zlib.crc32(cohort.slug.encode())
