"""Groups compared on each variable: described, tested, and how far apart in standard deviations."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics import guards
from analytics.plan import Definition, Variables
from analytics.questions.answer import Answer, estimate, plain, why_not
from analytics.questions.columns import Columns, Floats
from analytics.statistics import NotEstimable
from analytics.statistics.comparison import (
    CategoricalComparison,
    ContinuousComparison,
    MannWhitney,
    compare_categorical,
    compare_continuous,
    compare_k_groups,
    describe,
)
from analytics.statistics.errors import attempt
from analytics.statistics.multiplicity import adjust

EXACT_BELOW = 50
"""R's rule: the exact rank test while both groups are smaller than this and nothing is tied."""

Members = dict[str, NDArray[np.bool_]]


def answer_comparison(
    definition: Definition, variables: Variables, columns: Columns, memory: dict[str, Any]
) -> Answer:
    """One row a variable; the primary tests of the table are one family."""
    labels = columns.labels(definition["by"])
    members = {group: labels == group for group in definition["groups"]}
    rows = [_row(code, columns, variables, members) for code in definition["variables"]]
    for row, p_adjusted in zip(rows, adjust([_primary_p(row) for row in rows], "bh"), strict=True):
        row["p_adjusted"] = p_adjusted
    estimated = [row for row in rows if row["reason"] is None]
    sizes = {group: int(member.sum()) for group, member in members.items()}
    payload = {
        "by": definition["by"],
        "groups": definition["groups"],
        "sizes": sizes,
        "n": sum(sizes.values()),
        "n_missing": columns.n - sum(sizes.values()),
        "adjustment": "bh",
        "rows": rows,
    }
    return Answer(
        status="done" if estimated else "not_estimable",
        reason=None if estimated else rows[0]["reason"],
        payload=payload,
        guards=_guards(definition, variables, columns, rows),
        estimates=[_estimate(row) for row in estimated if row["smd"] is not None],
        memory=memory,
    )


def _row(code: str, columns: Columns, variables: Variables, members: Members) -> dict[str, Any]:
    scale = columns.scale(code)
    n_missing = int(sum((columns.is_missing(code) & member).sum() for member in members.values()))
    head = {
        "variable": code,
        "scale": scale,
        "is_skewed": variables[code].get("is_skewed", False),
        "n": int(sum(member.sum() for member in members.values())) - n_missing,
        "n_missing": n_missing,
    }
    if scale == "continuous":
        return plain({**head, **_measured(columns.numbers(code), members, head["is_skewed"])})
    return plain({**head, **_counted(columns.labels(code), columns.levels(code), members)})


def _measured(values: Floats, members: Members, is_skewed: bool) -> dict[str, Any]:
    samples = [values[member] for member in members.values()]
    groups = {group: _described(sample) for group, sample in zip(members, samples, strict=True)}
    if len(samples) > 2:
        tests, reason = _tests_of_many(values, members, is_skewed)
        return {"groups": groups, "tests": tests, **_difference(None), "reason": reason}
    found = attempt(compare_continuous, *samples)
    if isinstance(found, NotEstimable):
        return {"groups": groups, "tests": [], **_difference(None), "reason": why_not(found)}
    tests = _tests_of_two(found, is_skewed)
    reason = None if tests else why_not(found.welch) if isinstance(found.welch, NotEstimable) else None
    smd = None if isinstance(found.smd, NotEstimable) else found.smd
    difference = _difference(None)
    if smd is not None:
        difference = {
            "smd": smd.estimate,
            "smd_standard_error": smd.standard_error,
            "smd_ci_low": smd.ci_low,
            "smd_ci_high": smd.ci_high,
        }
    return {"groups": groups, "tests": tests, **difference, "reason": reason}


def _described(sample: Floats) -> dict[str, Any]:
    found = describe(sample)
    names = ("n", "n_missing", "mean", "sd", "median", "q1", "q3")
    return {name: getattr(found, name) for name in names}


def _tests_of_two(found: ContinuousComparison, is_skewed: bool) -> list[dict[str, Any]]:
    """Welch's is primary, or the rank test where the plan says that the variable is skewed."""
    tests = []
    for name, t_test in (("welch", found.welch), ("student", found.student)):
        if not isinstance(t_test, NotEstimable):
            is_primary = name == "welch" and not is_skewed
            tests.append(_test(name, is_primary, t_test.statistic, t_test.df, t_test.p_value))
    ranks = found.mann_whitney
    if isinstance(ranks, MannWhitney):
        is_exact = max(found.a.n, found.b.n) < EXACT_BELOW and not isinstance(ranks.p_exact, NotEstimable)
        p_value = ranks.p_exact if is_exact else ranks.p_normal_corrected
        if not isinstance(p_value, NotEstimable):
            tests.append(_test("mann_whitney", is_skewed, ranks.statistic, None, p_value))
    return tests


def _tests_of_many(
    values: Floats, members: Members, is_skewed: bool
) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
    inside = np.logical_or.reduce(list(members.values()))
    labels = np.select(list(members.values()), list(members), default="")
    found = attempt(compare_k_groups, values[inside], labels[inside], levels=list(members))
    if isinstance(found, NotEstimable):
        return [], why_not(found)
    tests = []
    if not isinstance(found.welch, NotEstimable):
        df = [found.welch.df1, found.welch.df2]
        tests.append(_test("welch_anova", not is_skewed, found.welch.statistic, df, found.welch.p_value))
    if not isinstance(found.kruskal_wallis, NotEstimable):
        ranks = found.kruskal_wallis
        tests.append(_test("kruskal_wallis", is_skewed, ranks.statistic, ranks.df, ranks.p_value))
    reason = None if tests else why_not(found.welch) if isinstance(found.welch, NotEstimable) else None
    return tests, reason


def _counted(labels: NDArray[np.object_], levels: tuple[str, ...], members: Members) -> dict[str, Any]:
    counts = {
        level: [int((labels[member] == level).sum()) for member in members.values()] for level in levels
    }
    table = np.array([counts[level] for level in levels])
    sizes = dict(zip(members, table.sum(axis=0).tolist(), strict=True))
    found = attempt(compare_categorical, table)
    shares = {level: _shares(counts[level], sizes) for level in levels}
    described: dict[str, Any]
    if len(levels) == 2:
        described = {"groups": shares[levels[0]], "level": levels[0]}
    else:
        described = {
            "groups": {group: {"n": n} for group, n in sizes.items()},
            "levels": [{"level": level, "groups": shares[level]} for level in levels],
        }
    if isinstance(found, NotEstimable):
        return {
            **described,
            "tests": [],
            **_difference(None),
            "smallest_expected": None,
            "reason": why_not(found),
        }
    smd = None if isinstance(found.smd, NotEstimable) else found.smd
    if smd is not None and len(levels) == 2:
        first, second = (shares[levels[0]][group]["proportion"] for group in list(members)[:2])
        smd = -smd if first < second else smd
    return {
        **described,
        "tests": _tests_of_counts(found),
        **_difference(smd),
        "smallest_expected": found.min_expected,
        "reason": None,
    }


def _shares(counts: list[int], sizes: dict[str, int]) -> dict[str, Any]:
    return {
        group: {"n": n, "count": count, "proportion": count / n if n else None}
        for count, (group, n) in zip(counts, sizes.items(), strict=True)
    }


def _tests_of_counts(found: CategoricalComparison) -> list[dict[str, Any]]:
    """Chi-square is primary unless an expected count is below five."""
    is_sparse = found.min_expected < guards.EXPECTED_CELL
    tests = []
    if not isinstance(found.chi_square, NotEstimable):
        chi = found.chi_square
        tests.append(_test("chi_square", not is_sparse, chi.statistic, chi.df, chi.p_value))
    if not isinstance(found.fisher, NotEstimable):
        tests.append(_test("fisher", is_sparse or not tests, None, None, found.fisher.p_value))
    return tests


def _test(
    name: str, is_primary: bool, statistic: float | None, df: float | list[float] | None, p_value: float
) -> dict[str, Any]:
    return {"name": name, "is_primary": is_primary, "statistic": statistic, "df": df, "p_value": p_value}


def _difference(smd: float | None) -> dict[str, Any]:
    """A standardised difference without an interval, as a category has."""
    return {"smd": smd, "smd_standard_error": None, "smd_ci_low": None, "smd_ci_high": None}


def _primary_p(row: dict[str, Any]) -> float | None:
    return next((test["p_value"] for test in row["tests"] if test["is_primary"]), None)


def _estimate(row: dict[str, Any]) -> dict[str, Any]:
    return estimate(
        row["variable"],
        "smd",
        row["smd"],
        n=row["n"],
        standard_error=row["smd_standard_error"],
        ci_low=row["smd_ci_low"],
        ci_high=row["smd_ci_high"],
        p_value=_primary_p(row),
    )


def _guards(
    definition: Definition, variables: Variables, columns: Columns, rows: list[dict[str, Any]]
) -> list[guards.Guard]:
    measured = [row["variable"] for row in rows if row["scale"] == "continuous"]
    found = [
        guards.time_ignored(variables[definition["by"]]),
        guards.case_control(columns.design_groups()),
        guards.many_tests(sum(_primary_p(row) is not None for row in rows), "bh"),
        guards.sparse_table(rows),
        guards.duplicates(columns.duplicates(measured), measured),
        guards.missing(rows, "variable"),
        guards.not_estimable(rows, "variable"),
    ]
    return [guard for guard in found if guard is not None]
