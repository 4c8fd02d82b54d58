"""A lab over time: how it changes in each group, and what it says of the hazard however time is treated."""

from typing import Any

from analytics import guards
from analytics.plan import Definition, Variables
from analytics.questions.answer import Answer, Reason, coefficient
from analytics.questions.columns import Columns
from analytics.questions.longitudinal.course import (
    course_of,
    described_groups,
    fitted_course,
    of_covariates,
)
from analytics.questions.longitudinal.hazards import hazard_ratios
from analytics.questions.longitudinal.rows import followed

__all__ = ["answer_longitudinal"]


def answer_longitudinal(
    definition: Definition, variables: Variables, columns: Columns, memory: dict[str, Any]
) -> Answer:
    """The course by group with its mixed model, then one hazard ratio for each treatment of time."""
    patients = followed(definition, columns)
    course = course_of(definition, columns)
    fitted = fitted_course(course, definition, columns)
    hazards = hazard_ratios(definition, columns, patients)
    payload = {
        "lab": definition["lab"],
        "by": definition.get("by"),
        "outcome": definition["outcome"],
        "times": definition["times"],
        "window": definition["window"],
        "landmark": definition.get("landmark"),
        "n": columns.n,
        "n_events": int(patients.occurred.sum()),
        "by_group": described_groups(course, fitted, definition, patients.occurred),
        "models": [of_covariates(fitted), *hazards],
    }
    reason = _why_none(columns, payload["models"], course.patients.size)
    return Answer(
        status="done" if reason is None else "not_estimable",
        reason=reason,
        payload=payload,
        guards=[] if reason else _guards(variables, definition, columns, fitted, hazards),
        estimates=[] if reason else [*_changes(fitted), *_log_hazard_ratios(hazards, definition["lab"])],
        memory=memory,
    )


def _why_none(columns: Columns, models: list[dict[str, Any]], n_measured: int) -> Reason | None:
    if columns.draws is None or not n_measured:
        return {"code": "no_measurements"}
    if all(model["reason"] is not None for model in models):
        reason: Reason = models[0]["reason"]
        return reason
    return None


def _guards(
    variables: Variables,
    definition: Definition,
    columns: Columns,
    fitted: dict[str, Any],
    hazards: list[dict[str, Any]],
) -> list[guards.Guard]:
    models = [fitted, *hazards]
    found = [
        guards.measured_late(hazards),
        guards.not_estimable(models, "name"),
        guards.missing(models, "name", variables[definition["outcome"]]),
        guards.events_per_variable(hazards),
        guards.hazards_not_proportional(hazards),
        guards.many_tests(sum(model["reason"] is None for model in hazards), "none"),
        guards.several_sites(columns.n_sites()),
    ]
    return [guard for guard in found if guard is not None]


def _changes(fitted: dict[str, Any]) -> list[dict[str, Any]]:
    """The change per year in the first group, and how much more it is in the others."""
    return [
        coefficient(f"course.{term['term']}", "change_per_year", term, fitted)
        for term in fitted["terms"]
        if term["role"] == "change"
    ]


def _log_hazard_ratios(hazards: list[dict[str, Any]], lab: str) -> list[dict[str, Any]]:
    return [
        coefficient(f"{model['name']}.{term['term']}", "log_hazard_ratio", term, model)
        for model in hazards
        for term in model["terms"]
        if term["variable"] == lab
    ]
