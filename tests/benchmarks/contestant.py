"""Calcis at its task: reads lines of "task<TAB>input<TAB>output" and answers "done" to each."""

import json
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import numpy as np

from analytics.statistics.design import design_matrix
from analytics.statistics.resampling import bootstrap_optimism
from analytics.statistics.suite import Study, StudyResults, results_of
from tests.benchmarks.figures import figures_of
from tests.benchmarks.reading import SUITE, Pieces, from_arrow, from_csv, joined

WORKERS = 2
PREDICTORS = ("age", "diabetes", "mg", "ca", "p", "ipth", "vitd", "bmp7", "hscrp")

_kept: dict[Path, tuple[Study, StudyResults, dict[str, np.ndarray]]] = {}


def timed(compute: Callable[[], object]) -> tuple[float, object]:
    start = perf_counter()
    found = compute()
    return perf_counter() - start, found


def from_file(read: Callable[[Path], Pieces], path: Path) -> tuple[float, dict[str, object]]:
    seconds, found = timed(
        lambda: results_of(Study.of_pieces(SUITE, read(path), workers=WORKERS), workers=WORKERS)
    )
    return seconds, figures_of(found)


def one_added(path: Path) -> tuple[float, dict[str, object]]:
    """The last patient of the file joins all the others, who were summarised before the clock starts."""
    if path not in _kept:
        _kept.clear()
        columns = joined(from_csv(path))
        study = Study.of(SUITE, {name: column[:-1] for name, column in columns.items()}, workers=WORKERS)
        newcomer = {name: column[-1:].copy() for name, column in columns.items()}
        _kept[path] = study, results_of(study, workers=WORKERS), newcomer
    study, last, newcomer = _kept[path]
    seconds, found = timed(
        lambda: results_of(study.merge(Study.of(SUITE, newcomer, like=study)), last=last, workers=WORKERS)
    )
    return seconds, figures_of(found)


def optimism(path: Path) -> tuple[float, dict[str, object]]:
    columns = joined(from_csv(path))
    patients = columns[SUITE.group] == 1
    design = design_matrix({name: columns[name][patients] for name in PREDICTORS})
    outcome = columns[SUITE.outcome][patients]
    seconds, found = timed(
        lambda: bootstrap_optimism(design, outcome, n_resamples=500, seed=1, workers=WORKERS)
    )
    return seconds, {"apparent": found.apparent_auc, "corrected": found.corrected_auc}


TASKS: dict[str, Callable[[Path], tuple[float, dict[str, object]]]] = {
    "csv": lambda path: from_file(from_csv, path),
    "arrow": lambda path: from_file(from_arrow, path),
    "added": one_added,
    "optimism": optimism,
}


def main() -> None:
    for line in sys.stdin:
        task, source, target = line.rstrip("\n").split("\t")
        seconds, result = TASKS[task](Path(source))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        Path(target).write_text(json.dumps({"time": {"total": seconds}, "result": result, "peak_mb": peak}))
        print("done", flush=True)


if __name__ == "__main__":
    main()
