"""Odds ratios of covariates for an outcome, one at a time or together."""

from typing import Any

import numpy as np

from analytics import guards
from analytics.plan import Definition, Variables
from analytics.questions.adequacy import adequacy
from analytics.questions.answer import Answer, estimate, plain, why_not
from analytics.questions.columns import Columns
from analytics.questions.events import require_events
from analytics.statistics import NotEstimable
from analytics.statistics.design import INTERCEPT
from analytics.statistics.errors import attempt
from analytics.statistics.logistic import (
    LogisticFit,
    Wald,
    events_per_variable,
    fit,
    generalised_inflation,
    wald,
)


def answer_logistic(
    definition: Definition, variables: Variables, columns: Columns, memory: dict[str, Any]
) -> Answer:
    """One model a covariate, or the models as the plan lists them."""
    is_univariable = "univariable" in definition
    models = [_model(wanted, definition["outcome"], columns, variables) for wanted in _wanted(definition)]
    estimated = [model for model in models if model["reason"] is None]
    payload = {
        "outcome": definition["outcome"],
        "is_univariable": is_univariable,
        "n": columns.n,
        "n_missing": int(columns.is_missing(definition["outcome"]).sum()),
        "n_events": int((columns.numbers(definition["outcome"]) == 1).sum()),
        "models": models,
    }
    return Answer(
        status="done" if estimated else "not_estimable",
        reason=None if estimated else models[0]["reason"],
        payload=payload,
        guards=_guards(definition, variables, columns, models),
        estimates=[entry for model in estimated for entry in _estimates(model)],
        memory=memory,
    )


def _wanted(definition: Definition) -> list[dict[str, Any]]:
    if "univariable" not in definition:
        return list(definition["models"])
    return [
        {"name": covariate, "title": "", "covariates": [covariate], "is_primary": True}
        for covariate in definition["univariable"]
    ]


def _model(wanted: dict[str, Any], outcome: str, columns: Columns, variables: Variables) -> dict[str, Any]:
    outcome = wanted.get("outcome", outcome)
    covariates = wanted["covariates"]
    complete = columns.complete([outcome, *covariates])
    occurred = columns.numbers(outcome)[complete] == 1
    head = {
        "name": wanted["name"],
        "title": wanted["title"],
        "outcome": outcome,
        "covariates": covariates,
        "is_primary": wanted.get("is_primary", False),
        "is_replication": wanted.get("is_replication", False),
        "selected_by": wanted.get("selected_by"),
        "n": int(occurred.size),
        "n_events": int(occurred.sum()),
        "n_missing": int((~complete).sum()),
    }
    try:
        require_events(occurred)
        design = columns.design(covariates, complete)
        fitted = fit(design, occurred)
        fitted.require_finite()
    except NotEstimable as refusal:
        return {**head, **_no_model(why_not(refusal))}
    return plain(
        {
            **head,
            "terms": _terms(fitted, columns, variables),
            "aliased": fitted.aliased,
            "log_likelihood": fitted.log_likelihood,
            "null_log_likelihood": fitted.null_log_likelihood,
            "events_per_variable": events_per_variable(fitted),
            "vif": _variance_inflation(fitted),
            "separated": False,
            "infinite": [],
            **adequacy(fitted, columns),
            "reason": None,
        }
    )


def _no_model(reason: dict[str, Any]) -> dict[str, Any]:
    is_separated = reason["code"] == "separated"
    return {
        "terms": [],
        "aliased": [],
        "log_likelihood": None,
        "null_log_likelihood": None,
        "events_per_variable": None,
        "vif": None,
        "separated": is_separated,
        "infinite": reason.get("terms", []) if is_separated else [],
        "linearity": [],
        "hanging": [],
        "reason": reason,
    }


def _variance_inflation(fitted: LogisticFit) -> dict[str, float] | None:
    """By covariate, on the scale of a single column; None where it is undefined."""
    inflation = attempt(generalised_inflation, fitted)
    if isinstance(inflation, NotEstimable):
        return None
    return {variable: found.scaled**2 for variable, found in inflation.items()}


def _terms(fitted: LogisticFit, columns: Columns, variables: Variables) -> list[dict[str, Any]]:
    """Coefficients with Wald intervals, per one unit, and the odds ratio again per the unit that is shown."""
    design, errors = fitted.estimable, fitted.standard_errors
    owners = [INTERCEPT if owner < 0 else design.variables[owner] for owner in design.assign]
    per = np.array([variables.get(owner, {}).get("per", 1) for owner in owners], dtype=np.float64)
    found, shown = wald(fitted.coefficients, errors), wald(fitted.coefficients * per, errors * per)
    return [
        {
            "term": term,
            "variable": owners[k],
            **columns.measured(owners[k], term, float(per[k])),
            "coefficient": fitted.coefficients[k],
            "coefficient_ci": (found.ci_low[k], found.ci_high[k]),
            "standard_error": errors[k],
            **_odds_ratio(found, k),
            "statistic": found.statistic[k],
            "p_value": found.p_value[k],
            "scaled": _odds_ratio(shown, k),
        }
        for k, term in enumerate(fitted.terms)
    ]


def _odds_ratio(found: Wald, k: int) -> dict[str, float]:
    return {
        "odds_ratio": found.odds_ratio[k],
        "ci_low": found.odds_ratio_low[k],
        "ci_high": found.odds_ratio_high[k],
    }


def _estimates(model: dict[str, Any]) -> list[dict[str, Any]]:
    """The log odds ratio of each term; those of a further model carry its name."""
    prefix = "" if model["is_primary"] else f"{model['name']}."
    return [
        estimate(
            f"{prefix}{term['term']}",
            "log_odds_ratio",
            term["coefficient"],
            standard_error=term["standard_error"],
            ci_low=term["coefficient_ci"][0],
            ci_high=term["coefficient_ci"][1],
            p_value=term["p_value"],
            n=model["n"],
            n_events=model["n_events"],
        )
        for term in model["terms"]
        if term["variable"] != INTERCEPT
    ]


def _guards(
    definition: Definition, variables: Variables, columns: Columns, models: list[dict[str, Any]]
) -> list[guards.Guard]:
    found = [
        guards.time_ignored(variables[definition["outcome"]]),
        guards.case_control(columns.design_groups()),
        guards.not_estimable(models, "name"),
        guards.missing(models, "name", variables[definition["outcome"]]),
        guards.events_per_variable(models),
        guards.several_sites(columns.n_sites()),
    ]
    for model in models:
        found += [
            guards.derived_beside_parents(model, variables),
            guards.collinear(model),
            guards.separated(model),
            guards.chosen_by_p(model),
            guards.not_linear(model),
            guards.hangs_on_one(model),
        ]
        if "univariable" not in definition:
            found.append(guards.finding(model, model["outcome"]))
    if "univariable" in definition:
        found.append(guards.many_tests(len(models), "none"))
    return [guard for guard in found if guard is not None]
