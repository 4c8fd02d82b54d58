"""Hazard ratios: Cox's model of the cause, and Fine and Gray's of its subdistribution beside it."""

from typing import Any

import numpy as np

from analytics.plan import Variables
from analytics.questions.answer import Reason, plain, why_not
from analytics.questions.columns import Columns, Floats
from analytics.questions.events import EVENTS_NEEDED
from analytics.questions.survival.curves import COMPETING, EVENT, HALF_WIDTH
from analytics.statistics import NotEstimable
from analytics.statistics.competing.fine_gray import FineGrayModel, fine_gray
from analytics.statistics.design import Design
from analytics.statistics.errors import attempt
from analytics.statistics.survival.concordance import concordance
from analytics.statistics.survival.cox import CoxModel, cox
from analytics.statistics.survival.proportional_hazards import proportional_hazards_test


def fitted_models(wanted: dict[str, Any], columns: Columns, variables: Variables) -> list[dict[str, Any]]:
    """One model of the plan: the hazard; where events compete, the subdistribution's as well."""
    covariates = wanted["covariates"]
    time, status = columns.follow_up(wanted["outcome"])
    complete = columns.complete(covariates) & ~np.isnan(status)
    time, status = time[complete], status[complete]
    has_competing = bool((status == COMPETING).any())
    head = {
        "title": wanted["title"],
        "model": wanted["name"],
        "outcome": wanted["outcome"],
        "covariates": covariates,
        "is_primary": wanted.get("is_primary", False),
        "is_replication": wanted.get("is_replication", False),
        "n": int(time.size),
        "n_events": int((status == EVENT).sum()),
        "n_competing": int((status == COMPETING).sum()),
        "n_missing": int((~complete).sum()),
    }
    hazard = {
        **head,
        "name": wanted["name"],
        "estimand": "cause_specific" if has_competing else "hazard",
        **_hazard(time, status, columns, covariates, complete, variables),
    }
    if not has_competing:
        return [plain(hazard)]
    subdistribution = {
        **head,
        "name": f"{wanted['name']}.subdistribution",
        "estimand": "subdistribution",
        **_subdistribution(time, status, columns, covariates, complete, variables),
    }
    return [plain(hazard), plain(subdistribution)]


def _hazard(
    time: Floats,
    status: Floats,
    columns: Columns,
    covariates: list[str],
    complete: np.ndarray,
    variables: Variables,
) -> dict[str, Any]:
    try:
        _require_events(status)
        design = columns.design(covariates, complete)
        model = _fit(cox, design, time, status == EVENT)
    except NotEstimable as refusal:
        return _no_model(why_not(refusal))
    return {
        "terms": _terms(model, design, columns, variables),
        "events_per_variable": model.n_events / model.coefficients.size,
        "vif": _variance_inflation(model, design),
        **_concordance(time, status, model),
        "proportional_hazards": _proportional_hazards(model, design),
        "reason": None,
    }


def _subdistribution(
    time: Floats,
    status: Floats,
    columns: Columns,
    covariates: list[str],
    complete: np.ndarray,
    variables: Variables,
) -> dict[str, Any]:
    try:
        _require_events(status)
        design = columns.design(covariates, complete)
        model = _fit(fine_gray, design, time, status)
    except NotEstimable as refusal:
        return _no_model(why_not(refusal))
    return {
        **_no_model(None),
        "terms": _terms(model, design, columns, variables),
        "events_per_variable": model.n_events / model.coefficients.size,
    }


def _fit(kind: Any, design: Design, time: Floats, outcome: np.ndarray) -> Any:
    """A model of the columns after the intercept; a refusal names the variable and not the column."""
    try:
        return kind(time, outcome, design.matrix[:, 1:])
    except NotEstimable as refusal:
        column = refusal.details.get("column")
        if not isinstance(column, int):
            raise
        owner = design.variables[design.assign[column + 1]]
        raise NotEstimable(refusal.reason, variable=owner) from refusal


def _require_events(status: Floats) -> None:
    n_events = int((status == EVENT).sum())
    if n_events < EVENTS_NEEDED:
        others = int(status.size) - n_events
        raise NotEstimable("too_few_events", n_events=n_events, n_others=others, needed=EVENTS_NEEDED)


def _terms(
    model: CoxModel | FineGrayModel, design: Design, columns: Columns, variables: Variables
) -> list[dict[str, Any]]:
    """Coefficients with Wald intervals per one unit, and the hazard ratio again per the unit shown."""
    owners = [design.variables[owner] for owner in design.assign[1:]]
    per = np.array([variables[owner].get("per", 1) for owner in owners], dtype=np.float64)
    coefficients, errors = model.coefficients, model.standard_error
    low, high = coefficients - HALF_WIDTH * errors, coefficients + HALF_WIDTH * errors
    return [
        {
            "term": term,
            "variable": owners[k],
            **columns.measured(owners[k], term, float(per[k])),
            "coefficient": coefficients[k],
            "coefficient_ci": (low[k], high[k]),
            "standard_error": errors[k],
            **_hazard_ratio(coefficients[k], low[k], high[k]),
            "statistic": coefficients[k] / errors[k],
            "p_value": model.p_value[k],
            "scaled": _hazard_ratio(*(value * per[k] for value in (coefficients[k], low[k], high[k]))),
        }
        for k, term in enumerate(design.terms[1:])
    ]


def _hazard_ratio(*logarithms: float) -> dict[str, float]:
    with np.errstate(over="ignore"):
        ratios = np.exp(np.array(logarithms)).tolist()
    return dict(zip(("hazard_ratio", "ci_low", "ci_high"), ratios, strict=True))


def _variance_inflation(model: CoxModel, design: Design) -> dict[str, float] | None:
    """By covariate; of a category the largest of its columns."""
    if model.coefficients.size < 2:
        return None
    inflation: dict[str, float] = {}
    for owner, found in zip(design.assign[1:], model.variance_inflation.tolist(), strict=True):
        name = design.variables[owner]
        inflation[name] = max(found, inflation.get(name, 0.0))
    return inflation


def _concordance(time: Floats, status: Floats, model: CoxModel) -> dict[str, Any]:
    """Harrell's C in the patients the model was fitted to."""
    found = attempt(concordance, time, status == EVENT, model.linear_predictor)
    names = ("concordance", "concordance_standard_error", "concordance_reason")
    if isinstance(found, NotEstimable):
        return dict(zip(names, (None, None, why_not(found)), strict=True))
    return dict(zip(names, (found.estimate, found.standard_error, None), strict=True))


def _proportional_hazards(model: CoxModel, design: Design) -> dict[str, Any]:
    """Schoenfeld's score test for each covariate, and for all together."""
    places = [[int(k) - 1 for k in design.columns_of(variable)] for variable in design.variables]
    found = attempt(proportional_hazards_test, model, terms=places)
    if isinstance(found, NotEstimable):
        return {"terms": [], "overall": None, "reason": why_not(found)}
    tested = zip(design.variables, found.terms, strict=True)
    return {
        "terms": [{"variable": variable, **vars(test)} for variable, test in tested],
        "overall": vars(found.overall),
        "reason": None,
    }


def _no_model(reason: Reason | None) -> dict[str, Any]:
    return {
        "terms": [],
        "events_per_variable": None,
        "vif": None,
        "concordance": None,
        "concordance_standard_error": None,
        "concordance_reason": None,
        "proportional_hazards": None,
        "reason": reason,
    }
