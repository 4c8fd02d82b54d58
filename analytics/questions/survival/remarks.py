"""What a careful statistician would say of a survival question's answer."""

from typing import Any

from analytics import guards
from analytics.plan import Definition, Variables
from analytics.questions.clusters import are_clustered
from analytics.questions.columns import Columns


def remarks(
    definition: Definition, variables: Variables, columns: Columns, payload: dict[str, Any]
) -> list[guards.Guard]:
    """The guards of the curves, of the models and of the areas."""
    outcomes, models = payload["outcomes"], payload["models"]
    outcome = variables[outcomes[0]["outcome"]]
    groups = columns.design_groups()
    hazards = [model for model in models if model["estimand"] != "subdistribution"]
    found = [
        guards.competing_events(outcomes, models),
        guards.case_control(groups),
        guards.pooled_models(hazards, outcomes[0]["outcome"], variables, groups),
        guards.not_estimable(_about(outcomes, models, payload["areas"]), "about"),
        guards.in_sample([area["name"] for area in _apparent(payload["areas"])]),
        guards.missing(_about(outcomes, hazards), "about", outcome),
        guards.events_per_variable(hazards, outcome),
        guards.several_sites(0 if are_clustered(hazards) else columns.n_sites(), hazards),
        guards.many_tests(len(_tested(outcomes)), "none"),
        guards.chosen_by_p(hazards),
        guards.hazards_not_proportional(hazards),
        guards.hangs_on_one(hazards),
    ]
    for model in hazards:
        found += [
            guards.derived_beside_parents(model, variables),
            guards.collinear(model),
            guards.finding(model, model["outcome"], variables),
        ]
    return [guard for guard in found if guard is not None]


def _about(*parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Outcomes by their own name, models and areas by theirs."""
    entries = [entry for part in parts for entry in part]
    return [{**entry, "about": entry.get("name", entry["outcome"])} for entry in entries]


def _tested(outcomes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The outcomes whose curves are compared between groups."""
    return [
        outcome for outcome in outcomes if outcome["test"] is not None and outcome["test"]["reason"] is None
    ]


def _apparent(areas: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The areas of models in the patients they were fitted to."""
    return [area for area in areas if area["is_apparent"] and area["reason"] is None]
