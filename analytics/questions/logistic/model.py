"""One logistic model of a plan: fitted, described, and blocked where its numbers are not to be relied on."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.plan import Definition, Variables
from analytics.questions.adequacy import adequacy, blocked, overlap
from analytics.questions.answer import plain, why_not
from analytics.questions.clusters import Clusters, clusters_of
from analytics.questions.columns import Columns, Floats
from analytics.questions.events import require_events
from analytics.questions.logistic.curves import drawn_bends
from analytics.questions.logistic.fitting import Fit, fit_as_asked, named, specify
from analytics.questions.logistic.likelihood import added_variables, model_tests
from analytics.questions.logistic.terms import terms_of, without_numbers
from analytics.statistics import NotEstimable
from analytics.statistics.errors import attempt
from analytics.statistics.logistic import (
    LogisticFit,
    brier_score,
    events_per_variable,
    explained_variation,
    robust_covariance,
    shrinkage,
)
from analytics.statistics.roc import roc_curve

Model = dict[str, Any]


def fitted_model(
    wanted: Definition, models: Sequence[Definition], outcome: str, columns: Columns, variables: Variables
) -> Model:
    """One model of the plan; `models` are all of the question, which it may be added to."""
    outcome = wanted.get("outcome", outcome)
    happened, _refused = columns.read(outcome)
    complete = columns.complete(wanted["covariates"]) & ~np.isnan(happened)
    occurred = happened[complete] == 1
    head = {
        "name": wanted["name"],
        "title": wanted["title"],
        "outcome": outcome,
        "covariates": wanted["covariates"],
        "interactions": wanted.get("interactions", []),
        "added_to": wanted.get("added_to"),
        "is_primary": wanted.get("is_primary", False),
        "is_replication": wanted.get("is_replication", False),
        "selected_by": wanted.get("selected_by"),
        "n": int(occurred.size),
        "n_events": int(occurred.sum()),
        "n_missing": int((~complete).sum()),
    }
    try:
        columns.require([outcome, *wanted["covariates"]])
        require_events(occurred)
        specified = specify(wanted, columns, complete)
        fitted = fit_as_asked(specified.design, occurred, wanted)
        per_variable = events_per_variable(fitted.likelihood)
    except NotEstimable as refusal:
        return {**head, **_no_model(), "reason": why_not(refusal)}
    straight = [variable for variable in wanted["covariates"] if variable not in specified.knots]
    errors, clusters = _clustered(fitted.model, wanted, columns, complete)
    model = {
        **head,
        **named(fitted),
        "aliased": fitted.model.aliased,
        "events_per_variable": per_variable,
        "terms": terms_of(fitted.model, columns, variables, specified.knots, errors),
        "tests": model_tests(fitted.model, specified, added_variables(wanted, models, specified.design)),
        "splines": drawn_bends(fitted.model, specified.knots, columns, complete),
        "clusters": clusters,
        **overlap(specified.plain, fitted.likelihood),
        **_performance(fitted.model),
        **_read_as_it_stands(fitted.model, columns, straight),
        "reason": None,
    }
    return plain(_blocked(model, variables))


def _blocked(model: Model, variables: Variables) -> Model:
    """The model, the reason in place of the numbers that a guard blocks; a replication keeps them."""
    reason, covariates = blocked(model, variables)
    if reason is None:
        return {**model, "block": None}
    block = {**reason, "covariates": covariates}
    if model["is_replication"]:
        return {**model, "block": block}
    splines = [
        {**spline, "curve": [], "reason": reason} if spline["variable"] in covariates else spline
        for spline in model["splines"]
    ]
    return {
        **model,
        "block": block,
        "terms": without_numbers(model["terms"], covariates, reason),
        "splines": splines,
        "linearity": [tested for tested in model["linearity"] if tested["variable"] not in covariates],
        "hanging": [variable for variable in model["hanging"] if variable not in covariates],
    }


def _clustered(
    model: Fit, wanted: Definition, columns: Columns, rows: NDArray[np.bool_]
) -> tuple[Floats | None, Clusters | None]:
    """Standard errors between clusters, and what the payload says of them; None where the plan has none."""
    clusters, told = clusters_of(wanted, columns, rows)
    if clusters is None or told is None:
        return None, told
    if not isinstance(model, LogisticFit):
        return None, {**told, "reason": {"code": "penalised"}}
    covariance = robust_covariance(model, clusters=clusters)
    return np.sqrt(np.diagonal(covariance)), told


def _performance(model: Fit) -> dict[str, float | None]:
    """How much of the outcome the model explains in the patients it was fitted to."""
    measures = {
        "brier": brier_score(model),
        "auc": roc_curve(model.outcome, model.probabilities, direction="<").auc,
    }
    if not isinstance(model, LogisticFit):
        return {
            **measures,
            **dict.fromkeys(("log_likelihood", "null_log_likelihood", "nagelkerke", "shrinkage")),
        }
    shrunk = attempt(shrinkage, model)
    return {
        **measures,
        "log_likelihood": model.log_likelihood,
        "null_log_likelihood": model.null_log_likelihood,
        "nagelkerke": explained_variation(model).nagelkerke,
        "shrinkage": None if isinstance(shrunk, NotEstimable) else shrunk,
    }


def _read_as_it_stands(model: Fit, columns: Columns, straight: list[str]) -> dict[str, Any]:
    if isinstance(model, LogisticFit):
        return adequacy(model, columns, straight)
    return {"linearity": [], "hanging": []}


def _no_model() -> Model:
    """What an estimated model has, without any of it."""
    absent = (
        "method",
        "switched_because",
        "events_per_variable",
        "clusters",
        "vif",
        "condition_number",
        "brier",
        "auc",
        "log_likelihood",
        "null_log_likelihood",
        "nagelkerke",
        "shrinkage",
        "block",
    )
    empty = (
        "infinite",
        "aliased",
        "terms",
        "tests",
        "splines",
        "entangled",
        "determined",
        "linearity",
        "hanging",
    )
    return {**dict.fromkeys(absent), **{name: [] for name in empty}, "separated": False}
