"""Time to an outcome: how many have had it by when, in each group, and the hazard ratios of covariates."""

from typing import Any

from analytics.plan import Definition, Variables
from analytics.questions.adequacy import marked
from analytics.questions.answer import Answer
from analytics.questions.columns import Columns
from analytics.questions.survival.asked import Asked
from analytics.questions.survival.curves import observed
from analytics.questions.survival.discrimination import areas_of_markers, areas_of_model
from analytics.questions.survival.models import fitted_hazard, told_models
from analytics.questions.survival.numbers import followed_numbers
from analytics.questions.survival.remarks import remarks

__all__ = ["answer_survival"]


def answer_survival(
    definition: Definition, variables: Variables, columns: Columns, memory: dict[str, Any]
) -> Answer:
    """The curves of each outcome by group, then the models, then how well markers and models foretell."""
    outcomes = [observed(outcome, definition, columns) for outcome in definition["outcomes"]]
    models: list[dict[str, Any]] = []
    areas = areas_of_markers(definition, columns)
    for wanted in marked({"models": [], **definition}):
        asked = Asked.of(wanted, columns, variables)
        hazard, clusters = fitted_hazard(asked)
        models += told_models(asked, hazard, clusters, definition["horizon"])
        areas += areas_of_model(definition, asked, hazard)
    estimated = [outcome for outcome in outcomes if outcome["reason"] is None]
    first = outcomes[0]
    payload = {
        "by": definition.get("by"),
        "horizon": definition["horizon"],
        "times": definition["times"],
        "interval": definition.get("interval", "log"),
        "n": columns.n,
        "n_missing": first["n_missing"],
        "n_events": first["n_events"],
        "outcomes": outcomes,
        "models": models,
        "areas": areas,
    }
    return Answer(
        status="done" if estimated else "not_estimable",
        reason=None if estimated else first["reason"],
        payload=payload,
        guards=remarks(definition, variables, columns, payload),
        estimates=followed_numbers(payload),
        memory=memory,
    )
