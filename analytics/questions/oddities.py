"""How values were written down: in two units at once, or rounded to a favourite digit."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from analytics.questions.columns import Columns, Floats
from registry.dictionary.shipped import lines, other_units

Found = dict[str, dict[str, Any]]

FEWEST_VALUES = 50
FEWEST_ODD = 3
GAP, NEAR = np.log(1.1), np.log(1.2)
"""How wide the gap between two units is at least, and how near their ratio comes to that of the units."""
ON_GRID, ROUND_DIGITS = 0.95, (0, 5)
FREE_TO_VARY = 10
"""Steps of the last digit between the quartiles from which on any last digit is as likely as another."""
ELSEWHERE = ("vital", "derived")
"""Categories of the dictionary's quantities that no laboratory reports."""
WHOLE_TO = 2.0**53
"""Beyond it a double has no last digit."""
PREFERRED, ALPHA = 0.35, 0.001


@cache
def laboratory_quantities() -> frozenset[str]:
    """What a laboratory reports; a body's measures are read off by hand, and derived ones are not written."""
    return frozenset(line["code"] for line in lines("analytes.csv") if line["category"] not in ELSEWHERE)


def mixed_units(columns: Columns, codes: Sequence[str]) -> Found:
    """The variables with some values that another unit would explain: which unit, and how many values."""
    found: Found = {}
    for code in codes:
        factors = other_units().get(code, {})
        values = _known(columns, code)
        if not factors or values.size < FEWEST_VALUES or values.min() <= 0:
            continue
        apart = _apart(np.sort(np.log(values)))
        if apart is None:
            continue
        few, many = apart
        unit, factor = min(factors.items(), key=lambda entry: _distance(few, many, entry[1]))
        converted = few + np.log(factor)
        fits = (converted >= many.min() - GAP) & (converted <= many.max() + GAP)
        if _distance(few, many, factor) < NEAR and fits.all():
            found[code] = {"unit": unit, "count": int(few.size), "n": int(values.size)}
    return found


def _apart(logarithms: Floats) -> tuple[Floats, Floats] | None:
    """The smaller and the larger side of the widest gap; None where it is narrow or one side has too few."""
    gaps = np.diff(logarithms)
    widest = int(np.argmax(gaps))
    if gaps[widest] < GAP:
        return None
    few, many = sorted((logarithms[: widest + 1], logarithms[widest + 1 :]), key=np.size)
    return None if few.size < FEWEST_ODD else (few, many)


def _distance(few: Floats, many: Floats, factor: float) -> float:
    """How far the few, taken for values in the other unit, lie from the many."""
    return abs(float(np.median(few) + np.log(factor) - np.median(many)))


def preferred_digits(columns: Columns, codes: Sequence[str]) -> Found:
    """The laboratory's quantities whose values end in 0 or 5 too often: in how many, and in what share."""
    found: Found = {}
    for code in (code for code in codes if code in laboratory_quantities()):
        variable = columns.variables[code]
        values = _known(columns, code)
        if "derived_from" in variable or values.size < FEWEST_VALUES:
            continue
        steps = _steps(values, variable.get("decimals", 0))
        if steps is None or np.subtract(*np.quantile(steps, (0.75, 0.25))) < FREE_TO_VARY:
            continue
        is_round = np.isin(steps % 10, ROUND_DIGITS)
        count, n = int(is_round.sum()), int(steps.size)
        expected = len(ROUND_DIGITS) / 10
        if count / n >= PREFERRED and binomtest(count, n, expected, alternative="greater").pvalue < ALPHA:
            found[code] = {"count": count, "n": n, "proportion": count / n}
    return found


def _steps(values: Floats, decimals: int) -> NDArray[np.int64] | None:
    """The values in steps of their last digit; None where they were converted and have no such steps.

    Where nearly all are written with fewer decimals, those are their steps.
    """
    steps: NDArray[np.int64] | None = None
    for fewer in range(decimals, -1, -1):
        scaled = values * 10.0**fewer
        whole = np.rint(scaled)
        kept = np.abs(scaled - whole) < 1e-6 * np.maximum(np.abs(scaled), 1)
        kept &= np.abs(scaled) < WHOLE_TO
        if kept.mean() < ON_GRID:
            break
        steps = whole[kept].astype(np.int64)
    return steps


def _known(columns: Columns, code: str) -> Floats:
    values = columns.numbers(code)
    known: Floats = values[np.isfinite(values)]
    return known
