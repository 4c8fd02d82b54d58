"""How many patients are needed: for the models of the plan, and until intervals are as narrow as wanted."""

from typing import Any

from analytics import guards
from analytics.plan import SHRINKAGE_WANTED, Definition, Variables
from analytics.questions.answer import Answer, estimate, why_not
from analytics.questions.columns import Columns
from analytics.questions.enrolment import Pace, enrolled_on, known_until, pace
from analytics.questions.planning.models import needed_for
from analytics.questions.planning.widths import forecast_for
from analytics.statistics import NotEstimable
from analytics.statistics.errors import attempt

__all__ = ["answer_planning"]


def answer_planning(
    definition: Definition, variables: Variables, columns: Columns, memory: dict[str, Any]
) -> Answer:
    """The size each model needs, and the size at which each interval is as narrow as wanted."""
    outcome = definition["outcome"]
    recent = attempt(_pace, columns)
    least = definition.get("shrinkage", SHRINKAGE_WANTED)
    models = [
        needed_for(wanted, definition, columns, least_shrinkage=least)
        for wanted in definition.get("models", [])
    ]
    rows = [
        forecast_for(wanted, definition, columns, variables, recent)
        for wanted in definition.get("precision", [])
    ]
    parts = (*models, *rows)
    answered = [part for part in parts if part["reason"] is None]
    payload = {
        "outcome": outcome,
        "shrinkage_wanted": least,
        "n": columns.n,
        "n_missing": int(columns.is_missing(outcome).sum()),
        "n_events": int((columns.numbers(outcome) == 1).sum()),
        "models": models,
        "rows": rows,
        "enrolment": _enrolment(recent),
    }
    found = [
        guards.not_estimable([{"part": _named(part), "reason": part["reason"]} for part in parts], "part"),
        guards.missing(models, "name", variables[outcome]),
        guards.too_few_for_model(models),
        guards.case_control(columns.design_groups()),
    ]
    return Answer(
        status="done" if answered else "not_estimable",
        reason=None if answered else next((part["reason"] for part in parts), {"code": "no_variables"}),
        payload=payload,
        guards=[remark for remark in found if remark is not None],
        estimates=[_estimate(part) for part in answered],
        memory=memory,
    )


def _named(part: dict[str, Any]) -> str:
    """What a remark calls a part: a model by its name, an interval by what it is about."""
    name: str = part["about"] if "about" in part else part["name"]
    return name


def _pace(columns: Columns) -> Pace:
    return pace(enrolled_on(columns), known_until(columns))


def _enrolment(recent: Pace | NotEstimable) -> dict[str, Any]:
    if isinstance(recent, NotEstimable):
        return {"per_month": None, "through": None, "reason": why_not(recent)}
    return {"per_month": recent.per_month, "through": recent.through, "reason": None}


def _estimate(part: dict[str, Any]) -> dict[str, Any]:
    """The shrinkage to expect of a model, or the half-width of an interval."""
    quantity = "half_width" if "half_width" in part else "shrinkage"
    return estimate(part["name"], quantity, part[quantity], n=part["n"], n_events=part["n_events"])
