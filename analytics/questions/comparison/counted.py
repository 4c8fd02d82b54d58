"""A category in each group: counted, tested, and how far the groups lie apart."""

from math import copysign
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics import guards
from analytics.questions.answer import share, why_not
from analytics.questions.comparison.parts import (
    Members,
    compared_in_pairs,
    difference,
    one_test,
    pairs_of,
    standardised,
)
from analytics.statistics import NotEstimable
from analytics.statistics.comparison import CategoricalComparison, compare_categorical
from analytics.statistics.comparison.means import with_interval
from analytics.statistics.errors import attempt

Cells = dict[str, dict[str, Any]]


def counted(
    labels: NDArray[np.object_], levels: tuple[str, ...], members: Members, *, has_overall: bool
) -> dict[str, Any]:
    """The row of a category, without its name and counts; of two levels the first is shown."""
    table = np.array([[(labels[member] == level).sum() for member in members.values()] for level in levels])
    described = _described(table, levels, tuple(members), has_overall)
    found = attempt(compare_categorical, table)
    if isinstance(found, NotEstimable):
        nothing = {"differences": [], **standardised(None)}
        compared = compared_in_pairs([]) if len(members) > 2 else nothing
        return {**described, "tests": [], **compared, "smallest_expected": None, "reason": why_not(found)}
    between = compared_in_pairs(_pairs(table, members)) if len(members) > 2 else _between(found)
    return {
        **described,
        "tests": _tests(found),
        **between,
        "smallest_expected": found.min_expected,
        "reason": None,
    }


def _described(
    table: NDArray[np.int64], levels: tuple[str, ...], groups: tuple[str, ...], has_overall: bool
) -> dict[str, Any]:
    shares = dict(zip(levels, (_shares(counts, table, groups, has_overall) for counts in table), strict=True))
    if len(levels) == 2:
        return {**shares[levels[0]], "level": levels[0]}
    sizes: dict[str, Any] = {"groups": _sizes(table, groups)}
    if has_overall:
        sizes["overall"] = {"n": int(table.sum())}
    return {**sizes, "levels": [{"level": level, **share} for level, share in shares.items()]}


def _shares(
    counts: NDArray[np.int64], table: NDArray[np.int64], groups: tuple[str, ...], has_overall: bool
) -> dict[str, Any]:
    sizes = _sizes(table, groups)
    shares: dict[str, Any] = {
        "groups": {
            group: share(int(count), sizes[group]["n"]) for group, count in zip(groups, counts, strict=True)
        }
    }
    if has_overall:
        shares["overall"] = share(int(counts.sum()), int(table.sum()))
    return shares


def _sizes(table: NDArray[np.int64], groups: tuple[str, ...]) -> Cells:
    return {group: {"n": int(n)} for group, n in zip(groups, table.sum(axis=0), strict=True)}


def _tests(found: CategoricalComparison) -> list[dict[str, Any]]:
    """Chi-square is primary unless an expected count is below five and the exact test can be computed."""
    chi, exact = found.chi_square, found.fisher
    is_exact = found.min_expected < guards.EXPECTED_CELL and not isinstance(exact, NotEstimable)
    tests = []
    if not isinstance(chi, NotEstimable):
        tests.append(one_test("chi_square", not is_exact, chi.statistic, chi.df, chi.p_value))
    if not isinstance(exact, NotEstimable):
        tests.append(one_test("fisher", is_exact or not tests, None, None, exact.p_value))
    return tests


def _between(found: CategoricalComparison) -> dict[str, Any]:
    """The differences of two groups; of two levels they have the side of the level shown."""
    if isinstance(found.effect, NotEstimable):
        return {"differences": [], **standardised(found.smd)}
    effect = found.effect
    # The effect is that of the second level in the second group against the first.
    risk = difference("risk_difference", effect.risk_difference, effect.newcombe_low, effect.newcombe_high)
    if isinstance(found.smd, NotEstimable):
        return {"differences": [risk], **standardised(None)}
    sizes = (sum(counts) for counts in zip(*found.counts, strict=True))
    smd = with_interval(copysign(found.smd, effect.risk_difference), *sizes)
    return {"differences": [risk], **standardised(smd)}


def _pairs(table: NDArray[np.int64], members: Members) -> list[dict[str, Any]]:
    """Every two groups by the test that fits their own counts."""
    column = {group: k for k, group in enumerate(members)}
    pairs = []
    for a, b in pairs_of(members):
        found = attempt(compare_categorical, table[:, [column[a], column[b]]])
        compared: dict[str, Any] = {"tests": [], "differences": [], **standardised(None)}
        if not isinstance(found, NotEstimable):
            compared = {"tests": _tests(found), **_between(found)}
        pairs.append({"a": a, "b": b, **compared})
    return pairs
