"""Estimates that may be looked at as often as one likes, and tests whose looks were declared."""

from collections.abc import Sequence
from typing import Any

from analytics import guards
from analytics.plan import Definition, Variables
from analytics.questions.answer import Answer, estimate
from analytics.questions.columns import Columns
from analytics.questions.follow_up import time_ignored
from analytics.questions.looks.estimates import followed
from analytics.questions.looks.hypotheses import tested

__all__ = ["answer_looks"]


def answer_looks(
    definition: Definition, variables: Variables, columns: Columns, memory: dict[str, Any]
) -> Answer:
    """Each estimate with both intervals, each hypothesis with its boundaries; the looks are kept."""
    looks, locked = dict(memory.get("looks", {})), dict(memory.get("locked", {}))
    rows = []
    for wanted in definition.get("estimates", []):
        row, kept = followed(wanted, definition, columns, variables, looks.get(wanted["name"]))
        rows.append(row)
        looks |= {wanted["name"]: kept} if kept else {}
    hypotheses = []
    for wanted in definition.get("hypotheses", []):
        hypothesis, kept = tested(wanted, definition, columns, variables, locked.get(wanted["name"]))
        hypotheses.append(hypothesis)
        locked |= {wanted["name"]: kept} if kept else {}
    parts = (*rows, *hypotheses)
    answered = [part for part in parts if part["reason"] is None]
    return Answer(
        status="done" if answered else "not_estimable",
        reason=None if answered else next((part["reason"] for part in parts), {"code": "no_variables"}),
        payload={"alpha": definition["alpha"], "rows": rows, "hypotheses": hypotheses},
        guards=_guards(definition, variables, columns, rows, hypotheses),
        estimates=[_estimate(row) for row in rows if row["reason"] is None],
        memory={**memory, "looks": looks, "locked": locked},
    )


def _estimate(row: dict[str, Any]) -> dict[str, Any]:
    """What is followed from run to run carries the interval that may be: the one for every look."""
    return estimate(
        row["name"],
        row["quantity"],
        row["value"],
        standard_error=row["standard_error"],
        ci_low=row["always_low"],
        ci_high=row["always_high"],
        n=row["n"],
        n_events=row["n_events"],
    )


def _guards(
    definition: Definition,
    variables: Variables,
    columns: Columns,
    rows: list[dict[str, Any]],
    hypotheses: list[dict[str, Any]],
) -> list[guards.Guard]:
    parts = (*rows, *hypotheses)
    by_now = next((row["outcome"] for row in parts if _is_by_now(row)), "")
    found = [
        time_ignored(by_now, columns),
        guards.events_per_variable(_of_odds(parts, columns), variables.get(by_now, {})),
        guards.pooled_groups([], columns.design_groups() if _pairs(parts) else {}),
        guards.pooled_models(
            _models(parts), definition.get("outcome", ""), variables, columns.design_groups()
        ),
        guards.several_sites(columns.n_sites()),
        guards.structural_pairs(_pairs(parts), variables),
        *[guards.derived_beside_parents(model, variables) for model in _models(parts)],
        guards.not_estimable([{"part": part["about"], "reason": part["reason"]} for part in parts], "part"),
        guards.missing([{**part, "part": part["about"]} for part in parts], "part"),
        guards.many_tests(len(hypotheses), "none"),
    ]
    return [remark for remark in found if remark is not None]


def _of_odds(parts: Sequence[dict[str, Any]], columns: Columns) -> list[dict[str, Any]]:
    """The odds ratios with covariates held equal, each as the model that it comes from."""
    return [
        {
            "name": part["about"],
            "reason": part["reason"],
            "switched_because": "events_per_variable",
            "events_per_variable": min(part["n_events"], part["n"] - part["n_events"])
            / _n_coefficients({part["variable"], *part["covariates"]}, columns),
        }
        for part in parts
        if part["quantity"] == "log_odds_ratio" and part["covariates"]
    ]


def _n_coefficients(codes: set[str], columns: Columns) -> int:
    return sum(len(columns.levels(code)) - 1 if columns.has_labels(code) else 1 for code in codes)


def _pairs(parts: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The correlations, by their two variables."""
    names = (part["about"].split("~") for part in parts if part["quantity"] == "correlation")
    return [{"x": x, "y": y} for x, y in names]


def _models(parts: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The models with covariates held equal, each set of them once; a refused one is withdrawn."""
    models = {
        frozenset((part["variable"], *part["covariates"])): {
            "name": part["about"],
            "covariates": [part["variable"], *part["covariates"]],
            "is_replication": False,
            "reason": part["reason"],
            "block": part["reason"],
        }
        for part in reversed(parts)
        if part["covariates"]
    }
    return list(models.values())


def _is_by_now(row: dict[str, Any]) -> bool:
    """Whether a number is about having had the outcome by now, not about when."""
    return row["quantity"] in ("auc", "log_odds_ratio")
