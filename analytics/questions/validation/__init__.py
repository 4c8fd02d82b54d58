"""A model and its cut-off frozen at one time, and how they do in patients who were enrolled later."""

from typing import Any

import numpy as np

from analytics import guards
from analytics.plan import Definition, Variables
from analytics.questions.answer import Answer, estimate, why_not
from analytics.questions.columns import Columns
from analytics.questions.enrolment import enrolled_on
from analytics.questions.follow_up import time_ignored
from analytics.questions.validation.freezing import Frozen, freeze, frozen_before
from analytics.questions.validation.scoring import score
from analytics.statistics import NotEstimable

__all__ = ["answer_validation"]

FOLLOWED = ("auc", "intercept", "slope", "brier", "sensitivity", "specificity")


def answer_validation(
    definition: Definition, variables: Variables, columns: Columns, memory: dict[str, Any]
) -> Answer:
    """The model as it was frozen, by the patients of its development and by those enrolled since."""
    model, kept = definition["model"], memory.get("frozen")
    try:
        days = enrolled_on(columns)
        frozen = (
            frozen_before(kept, definition, variables) if kept else freeze(definition, variables, columns)
        )
    except NotEstimable as refusal:
        payload = {"outcome": definition["outcome"], "models": [_titled(model)], "within": [], "frozen": None}
        reason = why_not(refusal)
        held = guards.derived_beside_parents({**_titled(model), "block": reason}, variables)
        remarks = [] if held is None else [held]
        return Answer("not_estimable", payload=payload, reason=reason, guards=remarks, memory=memory)
    after = days > np.datetime64(frozen["through"])
    later = score(frozen, definition, columns, after)
    development = _developed(frozen, model)
    payload = {
        "outcome": definition["outcome"],
        "models": [_titled(model)],
        "frozen": {
            "through": definition.get("freeze_on") or frozen["through"][:7],
            "rule": definition.get("threshold", "youden"),
        },
        "undated": {"count": int(np.isnat(days).sum())},
        "within": [development, later],
    }
    return Answer(
        "done",
        payload=payload,
        guards=_guards(definition, variables, columns, development, later),
        estimates=_estimates(model["name"], later),
        memory={**memory, "frozen": frozen},
    )


def _developed(frozen: Frozen, model: dict[str, Any]) -> dict[str, Any]:
    """The development as it was kept, and how its model was fitted; what kept no method is not penalised."""
    development = frozen["development"]
    rarer = min(development["n_events"], development["n"] - development["n_events"])
    return {
        **development,
        "name": model["name"],
        "method": frozen.get("method", "maximum_likelihood"),
        "switched_because": frozen.get("switched_because"),
        # All coefficients but the intercept.
        "events_per_variable": rarer / max(len(frozen["coefficients"]) - 1, 1),
    }


def _titled(model: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": model["name"],
        "title": model["title"],
        "covariates": model["covariates"],
        "is_replication": model.get("is_replication", False),
    }


def _estimates(name: str, later: dict[str, Any]) -> list[dict[str, Any]]:
    """How the frozen model does in later patients; its development stands still and is not followed."""
    return [
        estimate(
            name,
            quantity,
            later[quantity],
            standard_error=later["standard_error"] if quantity == "auc" else None,
            ci_low=later[f"{quantity}_ci_low"] if quantity in ("auc", "intercept", "slope") else None,
            ci_high=later[f"{quantity}_ci_high"] if quantity in ("auc", "intercept", "slope") else None,
            n=later["n"],
            n_events=later["n_events"],
        )
        for quantity in FOLLOWED
        if later[quantity] is not None
    ]


def _guards(
    definition: Definition,
    variables: Variables,
    columns: Columns,
    development: dict[str, Any],
    later: dict[str, Any],
) -> list[guards.Guard]:
    model, outcome = definition["model"], variables[definition["outcome"]]
    is_waiting = later["reason"] is not None
    found = [
        guards.unequal_follow_up(development, later) or time_ignored(definition["outcome"], columns),
        guards.events_per_variable([development], outcome),
        guards.derived_beside_parents(_titled(model), variables),
        guards.missing([{**later, "name": model["name"]}], "name", outcome),
        guards.case_control(columns.design_groups()),
        guards.pooled_models(
            [{**_titled(model), "reason": None}], definition["outcome"], variables, columns.design_groups()
        ),
        guards.chosen_by_p([model]),
        guards.several_sites(columns.n_sites()),
        guards.all_or_none([{**later, "marker": model["name"]}]),
        guards.in_sample([model["name"]] if is_waiting else []),
        guards.not_estimable([{"name": model["name"], "reason": later["reason"]}], "name"),
    ]
    return [remark for remark in found if remark is not None]
