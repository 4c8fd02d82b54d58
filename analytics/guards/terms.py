"""Remarks on the terms of fitted models: straight lines, constant hazards, single patients, findings."""

from collections.abc import Sequence
from typing import Any

from analytics.guards.remark import DECISIVE, Entry, Guard, guard

PROPORTIONAL_ALPHA = 0.05
LINEARITY_ALPHA = 0.05
SMALLEST = 1e-300
"""A smaller ratio has no inverse."""


def not_linear(models: Sequence[Entry]) -> Guard | None:
    """G9: a ratio per unit, where a spline finds that the relation bends."""
    bent = [
        {"model": model["name"], "variables": bends}
        for model in models
        if (
            bends := {
                tested["variable"]: tested["p_value"]
                for tested in model["linearity"]
                if tested["p_value"] is not None and tested["p_value"] < LINEARITY_ALPHA
            }
        )
    ]
    if not bent:
        return None
    source = "Harrell FE. Regression modeling strategies, 2nd ed. Springer 2015"
    return guard("G9", "warn", source, by_model=bent)


def hazards_not_proportional(models: Sequence[Entry]) -> Guard | None:
    """G23: hazard ratios change over time, so that one number does not describe them."""
    changing = []
    for model in models:
        tested = model["proportional_hazards"]
        if tested is None or tested["overall"] is None:
            continue
        overall = tested["overall"]["p_value"]
        terms = {
            term["variable"]: term["p_value"]
            for term in tested["terms"]
            if term["p_value"] < PROPORTIONAL_ALPHA
        }
        if terms or overall < PROPORTIONAL_ALPHA:
            changing.append({"model": model["name"], "p_value": overall, "variables": terms})
    if not changing:
        return None
    return guard("G23", "warn", "Grambsch PM, Therneau TM. Biometrika 1994;81:515-526", by_model=changing)


def hangs_on_one(models: Sequence[Entry]) -> Guard | None:
    """G28: whether P is below 0.05 hangs on a single patient."""
    hanging = [
        {"model": model["name"], "variables": model["hanging"]} for model in models if model["hanging"]
    ]
    if not hanging:
        return None
    of_hazard = "Cain KC, Lange NT. Biometrics 1984;40:493-499"
    source = of_hazard if "estimand" in models[0] else "Pregibon D. Ann Stat 1981;9:705-724"
    return guard("G28", "note", source, by_model=hanging)


def finding(model: Entry, outcome: str, variables: dict[str, Any]) -> Guard | None:
    """G32: what a primary model found, with its direction: an association in these patients, not a cause."""
    if not model["is_primary"]:
        return None
    in_products = {variable for product in model.get("interactions", ()) for variable in product}
    decided = [
        _directed(term, variables[term["variable"]])
        for term in model["terms"]
        if term["coefficient"] is not None
        and term["p_value"] is not None
        and term["p_value"] < DECISIVE
        and term["variable"] in model["covariates"]
        # The direction of a covariate that bends, or whose odds depend on another, is not one.
        and not term.get("is_bent", False)
        and term["variable"] not in in_products
    ]
    if not decided:
        return None
    return guard(
        "G32",
        "note",
        "Collins GS et al. BMJ 2024;385:e078378",
        model=model["name"],
        outcome=outcome,
        is_hazard="estimand" in model,
        goes_with=decided,
    )


def _directed(term: Entry, variable: Entry) -> Entry:
    """A term the way round in which the outcome is more frequent: of a measurement the step up, or down."""
    is_raised = term["coefficient"] > 0
    more, less = (term["level"], term["reference"]) if is_raised else (term["reference"], term["level"])
    return {
        "variable": term["variable"],
        "is_raised": is_raised,
        "per": term["per"],
        "unit": variable.get("unit"),
        "each": variable.get("each"),
        "level": more,
        "reference": less,
        "ratio": _above_1(term["scaled"]),
    }


def _above_1(scaled: Entry) -> float | None:
    """The ratio, turned round where it is below 1; None where it is too large for a number."""
    ratio = next(scaled[name] for name in ("odds_ratio", "hazard_ratio") if name in scaled)
    if ratio is None or ratio >= 1:
        return ratio
    return 1 / ratio if ratio > SMALLEST else None
