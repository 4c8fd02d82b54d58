"""Whether two correlations differ: of one pair between groups, or of one quantity with two others."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.plan import Definition
from analytics.questions.answer import plain, why_not
from analytics.questions.columns import Columns, Floats
from analytics.questions.correlation.pairs import STRUCTURAL, read
from analytics.statistics import NotEstimable
from analytics.statistics.correlation import (
    CorrelationDifference,
    compare_independent,
    compare_overlapping,
    correlate,
    grouped_correlation,
)
from analytics.statistics.correlation.grouped import Homogeneity
from analytics.statistics.errors import attempt

METHOD = "pearson"
ALIKE = 1 - 1e-12
"""From here on two measurements differ by rounding only."""


def compared(asked: Definition, columns: Columns, *, is_tested: bool) -> dict[str, Any]:
    """One comparison of a plan; where a pair is structural, without its test."""
    others = [asked["y"]] if "between" in asked else asked["y"]
    values, refused = read(columns, [asked["x"], *others])
    entry = _between(asked, columns, values) if "between" in asked else _overlapping(asked, values)
    if refused:
        entry |= {"reason": why_not(next(iter(refused.values())))}
    if entry["reason"] is None and not is_tested:
        entry |= {"statistic": None, "df": None, "p_value": None, "reason": STRUCTURAL}
    return plain({**entry, "p_adjusted": None})


def _between(asked: Definition, columns: Columns, values: dict[str, Floats]) -> dict[str, Any]:
    """One pair in each of several groups of patients: Fisher's z of two, chi-square of more."""
    x, y = values[asked["x"]], values[asked["y"]]
    labels = columns.labels(asked["between"])
    levels = [level for level in columns.levels(asked["between"]) if (labels == level).any()]
    groups = {level: _coefficient(x[labels == level], y[labels == level]) for level in levels}
    tested = (
        _tested("homogeneity", grouped_correlation(x, y, labels, levels=levels).homogeneity)
        if len(levels) > 2
        else _tested("fisher_z", attempt(_fisher_z, x, y, labels, levels))
    )
    return {
        **{name: asked[name] for name in ("x", "y", "between")},
        "method": METHOD,
        "n": sum(group["n"] for group in groups.values()),
        "groups": groups,
        **tested,
    }


def _fisher_z(x: Floats, y: Floats, labels: NDArray[np.object_], levels: list[str]) -> CorrelationDifference:
    if len(levels) < 2:
        raise NotEstimable("one_group")
    one, other = (correlate(x[labels == level], y[labels == level]) for level in levels)
    return compare_independent(one.r, one.n, other.r, other.n)


def _overlapping(asked: Definition, values: dict[str, Floats]) -> dict[str, Any]:
    """One quantity with each of two others in the same patients: Williams's t."""
    column = [values[name] for name in (asked["x"], *asked["y"])]
    complete = ~np.isnan(np.column_stack(column)).any(axis=1)
    x, first, second = (each[complete] for each in column)
    return {
        "x": asked["x"],
        "y": asked["y"],
        "method": METHOD,
        "n": int(complete.sum()),
        "parts": [
            {"y": name, **_coefficient(x, y)} for name, y in zip(asked["y"], (first, second), strict=True)
        ],
        **_tested("williams_t", attempt(_williams_t, x, first, second)),
    }


def _williams_t(x: Floats, first: Floats, second: Floats) -> CorrelationDifference:
    beside = correlate(first, second).r
    if abs(beside) > ALIKE:
        raise NotEstimable("perfect_correlation")
    return compare_overlapping(correlate(x, first).r, correlate(x, second).r, beside, x.size)


def _coefficient(x: Floats, y: Floats) -> dict[str, Any]:
    found = attempt(correlate, x, y)
    n = int((~(np.isnan(x) | np.isnan(y))).sum())
    if isinstance(found, NotEstimable):
        return {"n": n, **dict.fromkeys(("r", "ci_low", "ci_high")), "reason": why_not(found)}
    return {"n": n, "r": found.r, "ci_low": found.ci_low, "ci_high": found.ci_high, "reason": None}


def _tested(name: str, found: CorrelationDifference | Homogeneity | NotEstimable) -> dict[str, Any]:
    if isinstance(found, NotEstimable):
        absent = dict.fromkeys(("difference", "statistic", "df", "p_value"))
        return {"name": name, **absent, "reason": why_not(found)}
    return {
        "name": name,
        # Of more than two groups there is no one difference.
        "difference": found.difference if isinstance(found, CorrelationDifference) else None,
        "statistic": found.statistic,
        "df": found.df,
        "p_value": found.p_value,
        "reason": None,
    }
