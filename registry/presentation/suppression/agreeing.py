"""Two readers and two levels: the four cells behind a kappa, as any reader could work them out."""

from collections.abc import Iterator, Mapping
from math import isclose, sqrt
from typing import Any

from registry.presentation.suppression.counts import is_number

TOLD = ("n", "n_events", "kappa", "standard_error")
ROUNDING = 1e-6


def cells_of_kappa(row: Mapping[str, Any]) -> Iterator[int]:
    """The cells of each table that has this kappa and its error; `n_events` are the pairs that differ.

    However many both call absent, the agreement expected by chance leaves one way to share those that differ.
    """
    if not all(is_number(row.get(key)) for key in TOLD) or row["kappa"] == 1:
        return
    n, apart, kappa, error = (row[key] for key in TOLD)
    expected = (1 - apart / n - kappa) / (1 - kappa)
    for absent in range(n - apart + 1):
        total = 2 * absent + apart
        square = total**2 - 2 * (n * total - n**2 * (1 - expected))
        more = (apart + sqrt(max(square, 0.0))) / 2
        if square < -ROUNDING or more > apart + ROUNDING or abs(more - round(more)) > ROUNDING:
            continue
        cells = (absent, round(more), apart - round(more), n - apart - absent)
        if isclose(_error(*cells, kappa=kappa), error, rel_tol=1e-6):
            yield from cells


def _error(absent: int, one: int, other: int, present: int, *, kappa: float) -> float:
    """The standard error of a kappa (Fleiss, Cohen, Everitt 1969)."""
    n = absent + one + other + present
    rows, columns = ((absent + one) / n, (other + present) / n), ((absent + other) / n, (one + present) / n)
    expected = rows[0] * columns[0] + rows[1] * columns[1]
    spread = sum(
        cell / n * ((i == j) - (columns[i] + rows[j]) * (1 - kappa)) ** 2
        for cell, i, j in ((absent, 0, 0), (one, 0, 1), (other, 1, 0), (present, 1, 1))
    )
    variance = (spread - (kappa - expected * (1 - kappa)) ** 2) / (n * (1 - expected) ** 2)
    return sqrt(max(variance, 0.0))
