"""Time to an outcome: how many have had it by when, in each group, and the hazard ratios of covariates."""

from typing import Any

from analytics import guards
from analytics.plan import Definition, Variables
from analytics.questions.answer import Answer, estimate
from analytics.questions.columns import Columns
from analytics.questions.survival.curves import observed
from analytics.questions.survival.models import fitted_models

__all__ = ["answer_survival"]


def answer_survival(
    definition: Definition, variables: Variables, columns: Columns, memory: dict[str, Any]
) -> Answer:
    """The curves of each outcome by group, then the models, cause-specific and Fine-Gray side by side."""
    outcomes = [observed(outcome, definition, columns) for outcome in definition["outcomes"]]
    models = [
        model
        for wanted in definition.get("models", [])
        for model in fitted_models(wanted, columns, variables)
    ]
    estimated = [outcome for outcome in outcomes if outcome["reason"] is None]
    first = outcomes[0]
    payload = {
        "by": definition.get("by"),
        "horizon": definition["horizon"],
        "times": definition["times"],
        "n": columns.n,
        "n_missing": first["n_missing"],
        "n_events": first["n_events"],
        "outcomes": outcomes,
        "models": models,
    }
    return Answer(
        status="done" if estimated else "not_estimable",
        reason=None if estimated else first["reason"],
        payload=payload,
        guards=_guards(variables, columns, outcomes, models),
        estimates=[
            *[entry for outcome in estimated for entry in _incidences(outcome)],
            *[entry for model in models for entry in _hazard_ratios(model)],
        ],
        memory=memory,
    )


def _incidences(outcome: dict[str, Any]) -> list[dict[str, Any]]:
    """The cumulative incidence of each group at the horizon."""
    return [
        estimate(
            f"{outcome['outcome']}.{entry['group']}",
            "cumulative_incidence",
            entry["cumulative_incidence"],
            standard_error=entry["standard_error"],
            ci_low=entry["ci_low"],
            ci_high=entry["ci_high"],
            n=entry["n"],
            n_events=entry["n_events"],
        )
        for entry in outcome["by_group"]
        if entry["cumulative_incidence"] is not None
    ]


def _hazard_ratios(model: dict[str, Any]) -> list[dict[str, Any]]:
    """The log hazard ratio of each term, under the name of its model."""
    quantity = "log_hazard_ratio"
    if model["estimand"] == "subdistribution":
        quantity = "log_subdistribution_hazard_ratio"
    return [
        estimate(
            f"{model['model']}.{term['term']}",
            quantity,
            term["coefficient"],
            standard_error=term["standard_error"],
            ci_low=term["coefficient_ci"][0],
            ci_high=term["coefficient_ci"][1],
            p_value=term["p_value"],
            n=model["n"],
            n_events=model["n_events"],
        )
        for term in model["terms"]
    ]


def _guards(
    variables: Variables, columns: Columns, outcomes: list[dict[str, Any]], models: list[dict[str, Any]]
) -> list[guards.Guard]:
    found = [
        guards.competing_events(outcomes),
        guards.not_estimable(outcomes, "outcome"),
        guards.not_estimable(models, "name"),
        guards.missing(outcomes, "outcome", variables[outcomes[0]["outcome"]]),
        guards.missing(models, "name", variables[outcomes[0]["outcome"]]),
        guards.events_per_variable(models),
    ]
    for model in models:
        found.append(guards.derived_beside_parents(model, variables))
        if model["estimand"] != "subdistribution":
            found += [
                guards.collinear(model),
                guards.hazards_not_proportional(model),
            ]
    return [guard for guard in found if guard is not None]
