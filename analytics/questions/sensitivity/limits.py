"""Two groups compared on a variable with values beyond a limit of detection, by each way of taking those."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.plan import Definition
from analytics.questions.answer import plain, why_not
from analytics.questions.columns import Columns, Floats
from analytics.questions.sensitivity.tables import coded, entered
from analytics.statistics import NotEstimable
from analytics.statistics.censored import bounds_of, substitute, tobit
from analytics.statistics.censored.bounds import BELOW
from analytics.statistics.comparison import compare_continuous
from analytics.statistics.design import design_matrix
from analytics.statistics.errors import attempt

Bools = NDArray[np.bool_]
Numbers = dict[str, float]


def compared_beyond_limits(definition: Definition, columns: Columns) -> list[dict[str, Any]]:
    """One row a variable: how many values are below detection in each group, and every comparison."""
    by: str = definition.get("by") or definition["outcome"]
    labels = columns.labels(by)
    members = {group: labels == group for group in columns.levels(by)[:2]}
    given = definition.get("given", [])
    return [_row(code, columns, members, given) for code in definition.get("below_detection", [])]


def _row(code: str, columns: Columns, members: dict[str, Bools], given: list[str]) -> dict[str, Any]:
    (values, refused), signs = columns.read(code), _comparators(code, columns)
    below, present = signs == BELOW, ~np.isnan(values)
    grouped = np.logical_or.reduce(list(members.values())) & present
    first = next(iter(members.values()))
    # A variable that the plan calls skewed is compared on the scale on which it may be about normal.
    is_ratio = bool(columns.variables[code].get("is_skewed") and (values[grouped] > 0).all())
    scale = np.log if is_ratio else np.asarray
    head = {
        "variable": code,
        "scale": "ratio" if is_ratio else "difference",
        "groups": {
            group: {
                "n": int(member.sum()),
                "count": int((member & present & below).sum()),
            }
            for group, member in members.items()
        },
    }
    if refused is not None:
        return {**head, "p_value": None, "tests": [], "reason": why_not(refused)}
    if not (signs[grouped] != "").any():
        return {**head, "p_value": None, "tests": [], "reason": {"code": "none_beyond_limit"}}
    found = _comparisons(values[grouped], signs[grouped], first[grouped], scale)
    tests = [_test(name, is_ratio, each) for name, each in found.items()]
    if given:
        rows = grouped & columns.complete(given)
        adjusted = attempt(_adjusted, scale(values[rows]), signs[rows], first[rows], given, columns, rows)
        tests.append(_test("tobit", is_ratio, adjusted, given))
    reasons = [test["reason"] for test in tests]
    p_value = tests[0]["p_value"]
    return plain(
        {**head, "p_value": p_value, "tests": tests, "reason": None if None in reasons else reasons[0]}
    )


def _comparators(code: str, columns: Columns) -> NDArray[np.object_]:
    """Which values are beyond a limit, as the table says beside them."""
    name = f"{code}_limit"
    if name not in columns.frame:
        return np.full(columns.n, "", dtype=object)
    signs = columns.frame[name].to_numpy(dtype=object)
    return np.where(columns.frame[name].isna(), "", signs)


def _comparisons(
    values: Floats, signs: NDArray[np.object_], first: Bools, scale: Callable[[Floats], Floats]
) -> dict[str, Numbers | NotEstimable]:
    """The first group less the second, by each treatment; on the scale given."""
    exact = signs == ""
    substituted = substitute(values, signs)
    return {
        "at_limit": attempt(_welch, scale(values), first),
        "without": attempt(_welch, scale(values[exact]), first[exact]),
        "root_two": attempt(_welch, scale(substituted), first),
        "tobit": attempt(_tobit, scale(values), signs, first),
    }


def _welch(values: Floats, first: Bools) -> Numbers:
    found = compare_continuous(values[first], values[~first]).welch
    if isinstance(found, NotEstimable):
        raise found
    return {
        "estimate": found.difference,
        "standard_error": found.standard_error,
        "ci_low": found.ci_low,
        "ci_high": found.ci_high,
        "p_value": found.p_value,
    }


def _adjusted(
    values: Floats,
    signs: NDArray[np.object_],
    first: Bools,
    given: list[str],
    columns: Columns,
    rows: Bools,
) -> Numbers:
    """The Tobit difference once covariates are held equal."""
    table = {name: coded(name, columns)[rows] for name in given}
    return _tobit(values, signs, first, *entered(table, given, columns))


def _tobit(
    values: Floats,
    signs: NDArray[np.object_],
    first: Bools,
    covariates: Mapping[str, NDArray[Any]] = MappingProxyType({}),
    levels: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
) -> Numbers:
    if first.all() or not first.any():
        raise NotEstimable("empty_group")
    design = design_matrix({"first": first, **covariates}, factors=levels)
    found = tobit(design, bounds_of(values, signs))
    return {
        "estimate": found.coefficients[1],
        "standard_error": found.standard_errors[1],
        "ci_low": found.ci_low[1],
        "ci_high": found.ci_high[1],
        "p_value": found.p_value[1],
    }


def _test(
    name: str, is_ratio: bool, found: Numbers | NotEstimable, given: Sequence[str] = ()
) -> dict[str, Any]:
    """One comparison; ``shown`` is the difference of means, or the ratio of geometric means."""
    head = {"name": name, "given": list(given)}
    if isinstance(found, NotEstimable):
        return {**head, "p_value": None, "shown": None, "reason": why_not(found)}
    with np.errstate(over="ignore"):
        shown = {
            end: float(np.exp(found[end])) if is_ratio else found[end]
            for end in ("estimate", "ci_low", "ci_high")
        }
    return {**head, **found, "shown": shown, "reason": None}
