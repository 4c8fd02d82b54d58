"""What the rows of a comparison are made of: tests, differences, and the pairs of several groups."""

from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.statistics import NotEstimable
from analytics.statistics.comparison import MeanDifference, StandardisedDifference
from analytics.statistics.multiplicity import adjust

Members = Mapping[str, NDArray[np.bool_]]


def one_test(
    name: str, is_primary: bool, statistic: float | None, df: float | list[float] | None, p_value: float
) -> dict[str, Any]:
    """One test of a row."""
    return {"name": name, "is_primary": is_primary, "statistic": statistic, "df": df, "p_value": p_value}


def primary_p(tests: Iterable[Mapping[str, Any]]) -> float | None:
    """The P of the test that the plan reads, None where there is none."""
    return next((entry["p_value"] for entry in tests if entry["is_primary"]), None)


def difference(
    measure: str, value: float, ci_low: float | None = None, ci_high: float | None = None
) -> dict[str, Any]:
    """How far the first group lies from the second on one measure."""
    return {"measure": measure, "value": value, "ci_low": ci_low, "ci_high": ci_high}


def mean_difference(measure: str, found: MeanDifference | NotEstimable) -> list[dict[str, Any]]:
    """The difference of a t test with its interval, nothing where there is none."""
    if isinstance(found, NotEstimable):
        return []
    return [difference(measure, found.difference, found.ci_low, found.ci_high)]


def standardised(found: StandardisedDifference | float | NotEstimable | None) -> dict[str, Any]:
    """The standardised difference; that of a category has no interval."""
    measured = (
        (found.estimate, found.standard_error, found.ci_low, found.ci_high)
        if isinstance(found, StandardisedDifference)
        else (None if isinstance(found, NotEstimable) else found, None, None, None)
    )
    names = ("smd", "smd_standard_error", "smd_ci_low", "smd_ci_high")
    return dict(zip(names, measured, strict=True))


def pairs_of(groups: Iterable[str]) -> list[tuple[str, str]]:
    """Every two of the groups, in the plan's order."""
    return list(combinations(groups, 2))


def compared_in_pairs(pairs: list[dict[str, Any]]) -> dict[str, Any]:
    """The pairs of groups with their P adjusted by Holm, and the pair that lies farthest apart."""
    p_values = [primary_p(pair["tests"]) for pair in pairs]
    adjusted = adjust(p_values, "holm")
    for pair, p_adjusted in zip(pairs, adjusted, strict=True):
        pair["p_adjusted"] = p_adjusted
    farthest = max(
        (pair for pair in pairs if pair["smd"] is not None),
        key=lambda pair: abs(pair["smd"]),
        default=None,
    )
    return {
        **{name: farthest[name] if farthest else None for name in standardised(None)},
        "smd_between": [farthest["a"], farthest["b"]] if farthest else None,
        "pairwise": pairs,
    }
