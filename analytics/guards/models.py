"""Remarks on fitted models: their covariates, their size, their shape, their predictions."""

from collections.abc import Sequence
from typing import Any

from analytics.guards.remark import ROUNDING, Entry, Guard, Severity, guard

VIF_WARN, VIF_BLOCK = 5.0, 10.0
CONDITION_BLOCK = 30.0
EPV_WARN, EPV_GRAVE = 10.0, 5.0
PROPORTIONAL_ALPHA = 0.05
LINEARITY_ALPHA = 0.05
DECISIVE = 0.05
SLOPE_NEEDED = 0.9
INTERCEPT = "(Intercept)"


def chosen_by_p(model: Entry) -> Guard | None:
    """G8: the covariates were chosen by their P on the same patients."""
    if model.get("selected_by") != "p_value":
        return None
    return guard("G8", "warn", "Heinze G, Wallisch C, Dunkler D. Biom J 2018;60:431-449", model=model["name"])


def derived_beside_parents(model: Entry, variables: dict[str, Any]) -> Guard | None:
    """G4: a model holds a quantity together with those it is computed from."""
    for derived in model["covariates"]:
        parents = [name for name in variables[derived].get("derived_from", ()) if name in model["covariates"]]
        if parents:
            return guard(
                "G4",
                "block",
                "Archie JP. Ann Surg 1981;193:296-303",
                place="model",
                model=model["name"],
                variable=derived,
                parents=parents,
                blocked=[derived, *parents],
                numbers=_numbers(model),
            )
    return None


def collinear(model: Entry) -> Guard | None:
    """G5: covariates that determine one another, by variance inflation and by near dependencies.

    A near dependency blocks the covariates whose variance it inflates. One with the intercept alone does not:
    it only says that a measurement lies far from zero.
    """
    inflation = {name: vif for name, vif in (model["vif"] or {}).items() if vif is not None}
    high = {name: vif for name, vif in inflation.items() if vif > VIF_WARN}
    if not high:
        return None
    condition = model.get("condition_number")
    together = [name for name in model.get("entangled", ()) if name in high]
    is_near = condition is not None and condition > CONDITION_BLOCK and len(together) > 1
    blocked = [name for name, vif in high.items() if vif > VIF_BLOCK or (is_near and name in together)]
    severity: Severity = "block" if blocked else "warn"
    return guard(
        "G5",
        severity,
        "Belsley DA, Kuh E, Welsch RE. Regression Diagnostics. Wiley 1980",
        model=model["name"],
        vif=high,
        condition_number=condition if is_near else None,
        blocked=blocked,
        numbers=_numbers(model),
    )


def _numbers(model: Entry) -> str:
    """What became of the numbers of a model that is blocked."""
    if model["is_replication"]:
        return "published"
    return "withdrawn" if model.get("block") else "shown"


def events_per_variable(models: Sequence[Entry], outcome: dict[str, Any] | None = None) -> Guard | None:
    """G6: fewer than ten events, or non-events, for each coefficient."""
    thin = [model for model in models if model["reason"] is None and model["events_per_variable"] < EPV_WARN]
    if not thin:
        return None
    least = min(thin, key=lambda model: model["events_per_variable"])
    return guard(
        "G6",
        "warn",
        "Peduzzi P et al. J Clin Epidemiol 1996;49:1373-1379",
        model=least["name"],
        events_per_variable=least["events_per_variable"],
        is_grave=least["events_per_variable"] < EPV_GRAVE,
        models=[model["name"] for model in thin],
        penalised=[model["name"] for model in thin if model.get("switched_because") == "events_per_variable"],
        question=(outcome or {}).get("planned_in"),
    )


def separated(model: Entry) -> Guard | None:
    """G7: some patients are predicted perfectly, so that maximum likelihood has no estimate."""
    if not model["separated"]:
        return None
    return guard(
        "G7",
        "block",
        "Heinze G, Schemper M. Stat Med 2002;21:2409-2419",
        model=model["name"],
        terms=[term for term in model["infinite"] if term != INTERCEPT] or model["infinite"],
        is_penalised=model.get("method") == "firth",
    )


def never_tested(models: Sequence[Entry]) -> Guard | None:
    """G15: a model holds all of another and more, and nothing tests what was added."""
    tested = {
        variable
        for model in models
        for test in model["tests"]
        if test["name"] == "added"
        for variable in test["variables"]
    }
    gains = [
        {"marker": larger["name"], "best": smaller["name"], "gain": larger["auc"] - smaller["auc"]}
        for larger in models
        for smaller in models
        if _is_nested(smaller, larger)
        and larger["reason"] is None
        and smaller["reason"] is None
        and not larger["is_replication"]
        and set(larger["covariates"]) - set(smaller["covariates"]) - tested
    ]
    if not gains:
        return None
    return guard(
        "G15",
        "note",
        "Demler OV, Pencina MJ, D'Agostino RB. Stat Med 2012;31:2577-2587",
        place="area",
        gains=gains,
    )


def _is_nested(smaller: Entry, larger: Entry) -> bool:
    """Whether one model of an outcome holds all of another, and more covariates."""
    if set(map(tuple, smaller["interactions"])) - set(map(tuple, larger["interactions"])):
        return False
    bends = [{spline["variable"] for spline in model["splines"]} for model in (smaller, larger)]
    return (
        smaller["outcome"] == larger["outcome"]
        and bends[0] <= bends[1]
        and set(smaller["covariates"]) < set(larger["covariates"])
    )


def not_linear(model: Entry) -> Guard | None:
    """G9: an odds ratio per unit, where a spline finds that the relation bends."""
    bent = {
        tested["variable"]: tested["p_value"]
        for tested in model["linearity"]
        if tested["p_value"] is not None and tested["p_value"] < LINEARITY_ALPHA
    }
    if not bent:
        return None
    source = "Harrell FE. Regression modeling strategies, 2nd ed. Springer 2015"
    return guard("G9", "warn", source, model=model["name"], variables=bent)


def too_extreme(models: Sequence[Entry]) -> Guard | None:
    """G16: in other patients the predicted risks would be too far from the average."""
    slopes = {
        model["name"]: model["slope_corrected"]
        for model in models
        if model["slope_corrected"] is not None and model["slope_corrected"] < SLOPE_NEEDED
    }
    if not slopes:
        return None
    return guard("G16", "warn", "Van Calster B et al. BMC Med 2019;17:230", place="slope", slopes=slopes)


def no_net_benefit(models: Sequence[Entry]) -> Guard | None:
    """G18: thresholds at which treating everyone or nobody does more good than acting on the risk."""
    harmful = {
        model["name"]: [
            point["threshold"]
            for point in model["net_benefit"]
            if point["model"] < max(point["treat_all"], 0.0) - ROUNDING
        ]
        for model in models
    }
    harmful = {name: thresholds for name, thresholds in harmful.items() if thresholds}
    if not harmful:
        return None
    return guard("G18", "warn", "Vickers AJ, Elkin EB. Med Decis Making 2006;26:565-574", thresholds=harmful)


def hazards_not_proportional(model: Entry) -> Guard | None:
    """G23: a hazard ratio changes over time, so that one number does not describe it."""
    tested = model["proportional_hazards"]
    if tested is None or tested["overall"] is None:
        return None
    changing = {
        term["variable"]: term["p_value"] for term in tested["terms"] if term["p_value"] < PROPORTIONAL_ALPHA
    }
    if not changing and tested["overall"]["p_value"] >= PROPORTIONAL_ALPHA:
        return None
    return guard(
        "G23",
        "warn",
        "Grambsch PM, Therneau TM. Biometrika 1994;81:515-526",
        model=model["name"],
        p_value=tested["overall"]["p_value"],
        terms=changing,
    )


def hangs_on_one(model: Entry) -> Guard | None:
    """G28: whether P is below 0.05 hangs on a single patient."""
    if not model["hanging"]:
        return None
    of_hazard = "Cain KC, Lange NT. Biometrics 1984;40:493-499"
    source = of_hazard if "estimand" in model else "Pregibon D. Ann Stat 1981;9:705-724"
    return guard("G28", "note", source, model=model["name"], variables=model["hanging"])


def finding(model: Entry, outcome: str) -> Guard | None:
    """G32: what a primary model found, with its direction: an association in these patients, not a cause."""
    if not model["is_primary"]:
        return None
    in_products = {variable for product in model.get("interactions", ()) for variable in product}
    decided = [
        term
        for term in model["terms"]
        if term["per"] is not None
        and term["p_value"] is not None
        and term["p_value"] < DECISIVE
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
        raised=[term["variable"] for term in decided if term["coefficient"] > 0],
        lowered=[term["variable"] for term in decided if term["coefficient"] < 0],
    )
