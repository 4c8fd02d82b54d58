"""Hazard ratios that a guard blocks: the reason in their place, unless a publication is replicated."""

from typing import Any

from analytics.plan import Variables
from analytics.questions.adequacy import blocked

Model = dict[str, Any]

NUMBERS = ("coefficient", "standard_error", "hazard_ratio", "ci_low", "ci_high", "statistic", "p_value")
LISTED = ("coefficient_ci", "scaled")


def with_blocks(models: list[Model], variables: Variables) -> list[Model]:
    """The models of one entry of the plan; what is blocked in the hazard is blocked in each of them."""
    reason, covariates = blocked(models[0], variables)
    if reason is None:
        return [{**model, "block": None} for model in models]
    block = {**reason, "covariates": covariates}
    if models[0]["is_replication"]:
        return [{**model, "block": block} for model in models]
    return [_without_numbers({**model, "block": block}, covariates, reason) for model in models]


def _without_numbers(model: Model, covariates: list[str], reason: dict[str, Any]) -> Model:
    terms = [
        {**term, **dict.fromkeys((*NUMBERS, *LISTED)), "reason": reason}
        if term["variable"] in covariates
        else term
        for term in model["terms"]
    ]
    tested = model["proportional_hazards"]
    if tested is not None:
        kept = [course for course in tested["courses"] if course["variable"] not in covariates]
        tested = {**tested, "courses": kept}
    return {**model, "terms": terms, "proportional_hazards": tested}
