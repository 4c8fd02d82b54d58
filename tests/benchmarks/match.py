"""Contestants that take turns on one file."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
BASELINES = HERE / "baselines"
ROOT = HERE.parents[1]
PACKAGES = ("data.table", "pROC", "jsonlite", "rms")
OURS = ("csv", "arrow", "added")
THEIRS = {"idiom": BASELINES / "idiom.R", "expert": BASELINES / "expert.R"}


@cache
def has_r() -> bool:
    """Whether R is here with every package that the baselines load."""
    if shutil.which("Rscript") is None:
        return False
    check = f"quit(status = !all(sapply(c{PACKAGES!r}, requireNamespace, quietly = TRUE)))"
    return subprocess.run(["Rscript", "-e", check], capture_output=True).returncode == 0


class Contestant:
    """A warm process that does one task after the other."""

    def __init__(self, *command: str | Path, **environment: str) -> None:
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **environment},
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def do(self, task: str | Path, source: Path) -> dict[str, object]:
        target = source.with_suffix(".json")
        self.process.stdin.write(f"{task}\t{source}\t{target}\n")
        self.process.stdin.flush()
        if self.process.stdout.readline() != "done\n":
            raise RuntimeError(f"{task} did not finish")
        return json.loads(target.read_text())

    def leave(self) -> None:
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


def calcis() -> Contestant:
    # Its own two threads would only be disturbed by more inside the linear algebra.
    command = sys.executable, "-m", "tests.benchmarks.contestant"
    return Contestant(*command, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")


def r() -> Contestant:
    return Contestant("Rscript", BASELINES / "warm.R")


@dataclass
class Score:
    """Seconds of each contestant by round, the figures it gave, and the peak memory of Calcis alone."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    figures: dict[str, dict[str, object]] = field(default_factory=dict)
    peak_mb: float = 0.0

    def note(self, name: str, answer: dict[str, object]) -> None:
        self.seconds.setdefault(name, []).append(answer["time"]["total"])
        self.figures[name] = answer["result"]


def play(source: Path, ours: tuple[str, ...], theirs: dict[str, Path], rounds: int) -> Score:
    """Every contestant once to warm up, then in turn, each round in the reverse order of the last."""
    score = Score()
    home, guest = calcis(), r() if has_r() else None

    def turn(name: str) -> dict[str, object]:
        if name in theirs:
            return guest.do(theirs[name], source)
        return home.do(name, source.with_suffix(".arrow") if name == "arrow" else source)

    names = [*ours, *(theirs if guest else ())]
    for name in names:
        turn(name)
    for k in range(rounds):
        for name in names if k % 2 else reversed(names):
            score.note(name, turn(name))
    for contestant in (home, guest):
        if contestant:
            contestant.leave()
    score.peak_mb = peak(source) if "csv" in ours else 0.0
    return score


def peak(source: Path) -> float:
    """Memory of a fresh process that computes the suite once."""
    alone = calcis()
    found = alone.do("csv", source)["peak_mb"]
    alone.leave()
    return found
