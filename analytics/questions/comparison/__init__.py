"""Groups compared on each variable: described, tested, and how far apart in standard deviations."""

from typing import Any

from analytics import guards
from analytics.plan import Definition, Variables
from analytics.questions.answer import Answer, estimate, plain, why_not
from analytics.questions.columns import Columns
from analytics.questions.comparison.counted import counted
from analytics.questions.comparison.measured import measured
from analytics.questions.comparison.parts import Members, primary_p
from analytics.questions.follow_up import time_ignored
from analytics.questions.oddities import mixed_units, preferred_digits
from analytics.statistics.multiplicity import adjust

__all__ = ["answer_comparison"]

ADJUSTMENT = "bh"


def answer_comparison(
    definition: Definition, variables: Variables, columns: Columns, memory: dict[str, Any]
) -> Answer:
    """One row a variable; the primary tests of the table are one family."""
    labels = columns.labels(definition["by"])
    members = {group: labels == group for group in definition["groups"]}
    has_overall = definition.get("overall", False)
    adjustment = definition.get("adjust", ADJUSTMENT)
    rows = [_row(code, columns, variables, members, has_overall) for code in definition["variables"]]
    p_values = [primary_p(row["tests"]) for row in rows]
    for row, p_adjusted in zip(rows, adjust(p_values, adjustment), strict=True):
        row["p_adjusted"] = p_adjusted
    estimated = [row for row in rows if row["reason"] is None]
    sizes = {group: int(member.sum()) for group, member in members.items()}
    payload = {
        "by": definition["by"],
        "groups": definition["groups"],
        "has_overall": has_overall,
        "sizes": sizes,
        "n": sum(sizes.values()),
        "n_missing": columns.n - sum(sizes.values()),
        "adjustment": adjustment,
        "family": {"n_tests": sum(p is not None for p in p_values), "adjustment": adjustment},
        "rows": rows,
    }
    return Answer(
        status="done" if estimated else "not_estimable",
        reason=None if estimated else rows[0]["reason"],
        payload=payload,
        guards=_guards(definition, variables, columns, payload),
        estimates=[_estimate(row) for row in estimated if row["smd"] is not None],
        memory=memory,
    )


def _row(
    code: str, columns: Columns, variables: Variables, members: Members, has_overall: bool
) -> dict[str, Any]:
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
        values, refused = columns.read(code)
        row = measured(values, members, is_skewed=head["is_skewed"], has_overall=has_overall)
    else:
        labels, refused = columns.read_labels(code)
        row = counted(labels, columns.levels(code), members, has_overall=has_overall)
    return plain({**head, **row, "reason": row["reason"] if refused is None else why_not(refused)})


def _estimate(row: dict[str, Any]) -> dict[str, Any]:
    """The standardised difference; of several groups the largest, whichever the two."""
    are_many = "pairwise" in row
    return estimate(
        row["variable"],
        "smd",
        abs(row["smd"]) if are_many else row["smd"],
        n=row["n"],
        standard_error=None if are_many else row["smd_standard_error"],
        ci_low=None if are_many else row["smd_ci_low"],
        ci_high=None if are_many else row["smd_ci_high"],
        p_value=primary_p(row["tests"]),
    )


def _guards(
    definition: Definition, variables: Variables, columns: Columns, payload: dict[str, Any]
) -> list[guards.Guard]:
    rows, family = payload["rows"], payload["family"]
    continuous = [row["variable"] for row in rows if row["scale"] == "continuous"]
    measurements = [code for code in continuous if columns.read(code)[1] is None]
    found = [
        time_ignored(definition["by"], columns),
        guards.case_control(columns.design_groups()),
        guards.many_tests(family["n_tests"], family["adjustment"]),
        guards.skewed_undeclared(rows),
        guards.sparse_table(rows),
        guards.duplicates(columns.duplicates(measurements), measurements),
        guards.mixed_units(mixed_units(columns, measurements)),
        guards.preferred_digits(preferred_digits(columns, measurements)),
        guards.missing(rows, "variable"),
        guards.several_sites(columns.n_sites()),
        guards.not_estimable(rows, "variable"),
    ]
    return [guard for guard in found if guard is not None]
