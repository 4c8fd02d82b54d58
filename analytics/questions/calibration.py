"""Whether the risks that logistic models predict are the risks observed, and what acting on them is worth."""

from typing import Any

import numpy as np

from analytics import guards
from analytics.guards import EPV_GRAVE
from analytics.plan import Definition, Variables
from analytics.questions.adequacy import blocked, marked, overlap
from analytics.questions.answer import Answer, Reason, estimate, plain, why_not
from analytics.questions.columns import Columns
from analytics.questions.events import require_events
from analytics.questions.follow_up import time_ignored
from analytics.statistics import NotEstimable
from analytics.statistics.calibration import Calibration, assess_calibration, decision_curve
from analytics.statistics.design import Design
from analytics.statistics.errors import attempt
from analytics.statistics.logistic import LogisticFit, events_per_variable, fit, hosmer_lemeshow
from analytics.statistics.normal import normal_interval
from analytics.statistics.resampling import bootstrap_optimism
from analytics.statistics.roc import roc_curve

CURVE_POINTS = 61
NUMBERS = (
    "auc",
    "auc_ci_low",
    "auc_ci_high",
    "optimism",
    "auc_corrected",
    "slope_corrected",
    "brier",
    "brier_scaled",
    "intercept",
    "intercept_ci_low",
    "intercept_ci_high",
    "slope",
    "slope_ci_low",
    "slope_ci_high",
    "ici",
    "e50",
    "e90",
    "emax",
    "hosmer_lemeshow",
    "hosmer_lemeshow_df",
    "hosmer_lemeshow_p",
)


NOTHING: dict[str, Any] = {**dict.fromkeys(NUMBERS), "curve": [], "net_benefit": []}
NOT_FITTED: dict[str, Any] = {
    "events_per_variable": None,
    "separated": False,
    "infinite": [],
    "vif": None,
    "condition_number": None,
    "entangled": [],
    "determined": [],
    "block": None,
}


def answer_calibration(
    definition: Definition, variables: Variables, columns: Columns, memory: dict[str, Any]
) -> Answer:
    """Each model in the patients it was fitted to, with what the bootstrap takes off for optimism."""
    outcome = definition["outcome"]
    models = [_model(wanted, definition, columns, variables) for wanted in marked(definition)]
    estimated = [model for model in models if model["reason"] is None]
    payload = {
        "outcome": outcome,
        "is_in_sample": True,
        "resamples": definition["resamples"],
        "seed": definition["seed"],
        "n": columns.n,
        "n_missing": int(columns.is_missing(outcome).sum()),
        "n_events": int((columns.numbers(outcome) == 1).sum()),
        "models": models,
    }
    return Answer(
        status="done" if estimated else "not_estimable",
        reason=None if estimated else models[0]["reason"],
        payload=payload,
        guards=_guards(variables, outcome, columns, models, estimated),
        estimates=[entry for model in estimated for entry in _estimates(model)],
        memory=memory,
    )


def _model(
    wanted: dict[str, Any], definition: Definition, columns: Columns, variables: Variables
) -> dict[str, Any]:
    outcome, covariates = definition["outcome"], wanted["covariates"]
    complete = columns.complete([outcome, *covariates])
    occurred = columns.numbers(outcome)[complete] == 1
    head = {
        "name": wanted["name"],
        "title": wanted["title"],
        "covariates": covariates,
        "is_primary": wanted.get("is_primary", False),
        "is_replication": wanted.get("is_replication", False),
        "selected_by": wanted.get("selected_by"),
        "n": int(occurred.size),
        "n_events": int(occurred.sum()),
        "n_missing": int((~complete).sum()),
        **NOT_FITTED,
    }
    try:
        columns.require(covariates)
        require_events(occurred)
        design = columns.design(covariates, complete)
        fitted = fit(design, occurred)
        described, refused = _for_use(head, design, fitted, variables)
        head |= described
        if refused is not None:
            return plain({**head, **NOTHING, "reason": refused})
        calibration = assess_calibration(occurred, fitted.probabilities)
    except NotEstimable as refusal:
        return plain({**head, **NOTHING, "reason": why_not(refusal)})
    return plain(
        {
            **head,
            **_discrimination(design, fitted, definition),
            **_calibrated(calibration),
            **_smoothed(calibration),
            **_by_tenths(calibration),
            "net_benefit": _net_benefit(calibration, definition["thresholds"]),
            "reason": None,
        }
    )


def _for_use(
    head: dict[str, Any], design: Design, fitted: LogisticFit, variables: Variables
) -> tuple[dict[str, Any], Reason | None]:
    """What guards look at in a fit, and why it is not used where they block it and it is no replication."""
    described = {
        "events_per_variable": events_per_variable(fitted),
        "separated": fitted.separated,
        "infinite": fitted.infinite,
        **overlap(design, fitted),
    }
    reason, covariates = blocked(head | described, variables)
    if reason is not None:
        described["block"] = {**reason, "covariates": covariates}
    if fitted.separated:
        return described, {"code": "separated", "terms": fitted.infinite}
    if head["is_replication"]:
        return described, None
    if reason is None and described["events_per_variable"] < EPV_GRAVE:
        return described, {"code": "too_few_events_per_variable"}
    return described, reason


def _discrimination(design: Design, fitted: LogisticFit, definition: Definition) -> dict[str, Any]:
    """The area as it appears, and less the optimism; the slope to expect in other patients."""
    curve = roc_curve(fitted.outcome, fitted.probabilities, direction="<")
    spread = curve.delong()
    # Resamples are drawn by position, so the patients stand in an order of their values alone.
    order = np.lexsort((fitted.outcome, *design.matrix.T))
    found = attempt(
        bootstrap_optimism,
        design.rows(order),
        fitted.outcome[order],
        n_resamples=definition["resamples"],
        seed=definition["seed"],
    )
    apparent = {"auc": curve.auc, "auc_ci_low": spread.ci_low, "auc_ci_high": spread.ci_high}
    if isinstance(found, NotEstimable):
        corrected = dict.fromkeys(("optimism", "auc_corrected", "slope_corrected"))
        return {**apparent, **corrected, "optimism_reason": why_not(found)}
    return {
        **apparent,
        "optimism": found.optimism,
        "auc_corrected": found.corrected_auc,
        "slope_corrected": float(found.calibration_slope.mean()) if found.calibration_slope.size else None,
        "optimism_reason": None,
    }


def _calibrated(found: Calibration) -> dict[str, Any]:
    return {"brier": found.brier, "brier_scaled": found.brier_scaled, **intercept_and_slope(found)}


def intercept_and_slope(found: Calibration) -> dict[str, float]:
    """Of the calibration, with their intervals."""
    intercept_low, intercept_high = normal_interval(found.intercept, found.intercept_error)
    slope_low, slope_high = normal_interval(found.slope, found.slope_error)
    return {
        "intercept": found.intercept,
        "intercept_ci_low": intercept_low,
        "intercept_ci_high": intercept_high,
        "slope": found.slope,
        "slope_ci_low": slope_low,
        "slope_ci_high": slope_high,
    }


def _smoothed(found: Calibration) -> dict[str, Any]:
    """The loess curve, and how far it lies from the diagonal."""
    distances = attempt(found.distances)
    if isinstance(distances, NotEstimable):
        absent = dict.fromkeys(("ici", "e50", "e90", "emax"))
        return {**absent, "curve": [], "curve_reason": why_not(distances)}
    risk = np.linspace(float(found.risk.min()), float(found.risk.max()), CURVE_POINTS)
    observed = found.curve().at(risk)
    return {
        "ici": distances.mean,
        "e50": distances.median,
        "e90": distances.ninetieth,
        "emax": distances.largest,
        "curve": [{"risk": x, "observed": y} for x, y in zip(risk.tolist(), observed.tolist(), strict=True)],
        "curve_reason": None,
    }


def _by_tenths(found: Calibration) -> dict[str, Any]:
    """Hosmer and Lemeshow's test of ten groups by risk, in the patients the model was fitted to."""
    tested = attempt(hosmer_lemeshow, found.outcome, found.risk)
    if not isinstance(tested, NotEstimable) and tested.p_value is None:
        tested = NotEstimable("too_few_risk_groups", groups=tested.groups)
    if isinstance(tested, NotEstimable):
        absent = dict.fromkeys(("hosmer_lemeshow", "hosmer_lemeshow_df", "hosmer_lemeshow_p"))
        return {**absent, "hosmer_lemeshow_reason": why_not(tested)}
    return {
        "hosmer_lemeshow": tested.statistic,
        "hosmer_lemeshow_df": tested.df,
        "hosmer_lemeshow_p": tested.p_value,
        "hosmer_lemeshow_reason": None,
    }


def _net_benefit(found: Calibration, thresholds: list[float]) -> list[dict[str, float]]:
    curve = decision_curve(found.outcome, found.risk, thresholds)
    columns = (curve.thresholds.tolist(), curve.model.tolist(), curve.treat_all.tolist())
    return [
        {"threshold": threshold, "model": model, "treat_all": treat_all}
        for threshold, model, treat_all in zip(*columns, strict=True)
    ]


def _estimates(model: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        estimate(model["name"], quantity, model[quantity], n=model["n"], n_events=model["n_events"])
        for quantity in ("auc", "auc_corrected", "slope_corrected", "brier", "ici")
        if model[quantity] is not None
    ]


def _guards(
    variables: Variables,
    outcome: str,
    columns: Columns,
    models: list[dict[str, Any]],
    estimated: list[dict[str, Any]],
) -> list[guards.Guard]:
    found = [
        time_ignored(outcome, columns),
        guards.case_control(columns.design_groups()),
        guards.pooled_models(models, outcome, variables, columns.design_groups()),
        guards.not_estimable(models, "name"),
        guards.missing(models, "name", variables[outcome]),
        guards.events_per_variable(models, variables[outcome]),
        guards.in_sample([model["name"] for model in estimated]),
        guards.chosen_by_p(models),
        guards.too_extreme(estimated),
        guards.no_net_benefit(estimated),
        guards.several_sites(columns.n_sites()),
    ]
    for model in models:
        found += [
            guards.derived_beside_parents(model, variables),
            guards.collinear(model),
            guards.separated(model),
        ]
    return [guard for guard in found if guard is not None]
