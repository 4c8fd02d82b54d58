"""Remarks on models as they are fitted: their covariates, their size, their predictions."""

from collections.abc import Sequence
from typing import Any

from analytics.guards.origins import origins
from analytics.guards.remark import ROUNDING, Entry, Guard, Severity, guard
from analytics.statistics.design import INTERCEPT

VIF_WARN, VIF_BLOCK = 5.0, 10.0
CONDITION_BLOCK = 30.0
EPV_WARN, EPV_GRAVE = 10.0, 5.0
SLOPE_NEEDED = 0.9


def chosen_by_p(models: Sequence[Entry]) -> Guard | None:
    """G8: the covariates were chosen by their P on the same patients."""
    chosen = [model["name"] for model in models if model.get("selected_by") == "p_value"]
    if not chosen:
        return None
    return guard("G8", "warn", "Heinze G, Wallisch C, Dunkler D. Biom J 2018;60:431-449", models=chosen)


def derived_beside_parents(model: Entry, variables: dict[str, Any]) -> Guard | None:
    """G4: a model holds quantities together with those they are computed from, declared or found to be so."""
    derived = _declared(model, variables)
    declared = [{entry["variable"], *entry["parents"]} for entry in derived]
    derived += [
        {"variable": entry["variable"], "parents": entry["of"], "is_declared": False}
        for entry in model.get("determined", ())
        if not any({entry["variable"], *entry["of"]} <= known for known in declared)
    ]
    if not derived:
        return None
    return guard(
        "G4",
        "block",
        "Archie JP. Ann Surg 1981;193:296-303",
        place="model",
        model=model["name"],
        derived=derived,
        blocked=list(dict.fromkeys(code for entry in derived for code in _together(entry))),
        numbers=_numbers(model),
    )


def _declared(model: Entry, variables: dict[str, Any]) -> list[Entry]:
    held = model["covariates"]
    beside = {code: origins(code, variables) - {code} for code in held}
    return [
        {"variable": code, "parents": parents, "is_declared": True}
        for code in held
        if (parents := [other for other in held if other in beside[code]])
    ]


def _together(entry: Entry) -> list[str]:
    return [entry["variable"], *entry["parents"]]


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
        penalised=[
            model["name"]
            for model in thin
            if model["events_per_variable"] < EPV_GRAVE
            and model.get("switched_because") == "events_per_variable"
        ],
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
