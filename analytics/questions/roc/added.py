"""What markers add to a model that the plan names: a test by the likelihood, and reclassification."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.plan import Definition
from analytics.questions.adequacy import overlap, require_unblocked
from analytics.questions.answer import plain, why_not
from analytics.questions.columns import Columns
from analytics.questions.events import require_events
from analytics.questions.logistic.fitting import Fit, Fitted, fit_as_asked
from analytics.statistics import NotEstimable
from analytics.statistics.calibration import (
    Improvement,
    integrated_discrimination,
    moves,
    net_reclassification,
)
from analytics.statistics.errors import attempt
from analytics.statistics.firth import FirthFit
from analytics.statistics.logistic import LikelihoodRatio, LogisticFit, compare, events_per_variable
from analytics.statistics.normal import normal_interval

MOVED = ("cases_up", "cases_down", "controls_up", "controls_down")
FITTED = ("events_per_variable", "switched_because")
TESTED = ("statistic", "df", "p_value")
IMPROVED = ("value", "standard_error", "ci_low", "ci_high", "cases", "controls")


def added_models(columns: Columns, definition: Definition) -> list[dict[str, Any]]:
    """Each model with and without the markers, on the patients who have all values."""
    is_replication = definition.get("is_replication", False)
    return [
        _added(columns, definition["outcome"], wanted, is_replication=is_replication)
        for wanted in definition.get("added", [])
    ]


def _added(columns: Columns, outcome: str, wanted: dict[str, Any], *, is_replication: bool) -> dict[str, Any]:
    covariates = [*wanted["base"], *wanted["markers"]]
    complete = columns.complete([outcome, *covariates])
    occurred = columns.numbers(outcome)[complete] == 1
    counted = {"n": int(occurred.size), "n_events": int(occurred.sum())}
    head = {
        "name": wanted["name"],
        "title": wanted["title"],
        "base": wanted["base"],
        "markers": wanted["markers"],
        "risk_cuts": wanted.get("risk_cuts"),
        "is_replication": is_replication,
        **counted,
        "n_missing": int((~complete).sum()),
    }
    try:
        columns.require(covariates)
        require_events(occurred)
        larger = _fitted(columns, covariates, complete, occurred, {})
        model = {"name": wanted["name"], "covariates": covariates, "is_replication": is_replication}
        require_unblocked(model, overlap(larger.likelihood.design, larger.likelihood), columns.variables)
        method = {"method": "firth"} if isinstance(larger.model, FirthFit) else {}
        smaller = _fitted(columns, wanted["base"], complete, occurred, method)
        gain = _gain(larger.model, smaller.likelihood)
    except NotEstimable as refusal:
        absent = dict.fromkeys((*FITTED, *TESTED))
        return {**head, **absent, "improvements": [], "reason": why_not(refusal)}
    improvements = _improvements(occurred, smaller.model, larger.model, wanted.get("risk_cuts"))
    return plain(
        {
            **head,
            "events_per_variable": events_per_variable(larger.likelihood),
            "switched_because": larger.switched_because,
            **{name: getattr(gain, name) for name in TESTED},
            "improvements": [{**improvement, **counted} for improvement in improvements],
            "reason": None,
        }
    )


def _fitted(
    columns: Columns,
    covariates: list[str],
    complete: NDArray[np.bool_],
    occurred: NDArray[np.bool_],
    wanted: Definition,
) -> Fitted:
    fitted = fit_as_asked(columns.design(covariates, complete), occurred, wanted)
    fitted.likelihood.require_finite()
    return fitted


def _gain(larger: Fit, smaller: LogisticFit) -> LikelihoodRatio:
    """The markers tested at once; penalised, by the larger model's likelihood with and without them."""
    if isinstance(larger, FirthFit):
        return larger.joint_test([term for term in larger.terms if term not in smaller.terms])
    return compare(larger, smaller)


def _improvements(
    occurred: NDArray[np.bool_], smaller: Fit, larger: Fit, cuts: list[float] | None
) -> list[dict[str, Any]]:
    risks = (smaller.probabilities, larger.probabilities)
    found = [
        _improvement("nri_continuous", attempt(net_reclassification, occurred, *risks)),
        _improvement("idi", attempt(integrated_discrimination, occurred, *risks)),
    ]
    if cuts is None:
        return found
    by_category = _improvement("nri_categories", attempt(net_reclassification, occurred, *risks, cuts=cuts))
    counts = moves(occurred, *risks, cuts=cuts)
    return [{**by_category, **{name: getattr(counts, name) for name in MOVED}}, *found]


def _improvement(name: str, found: Improvement | NotEstimable) -> dict[str, Any]:
    """An index with its interval and parts; without a P value, which the likelihood-ratio test has."""
    if isinstance(found, NotEstimable):
        return {"name": name, **dict.fromkeys(IMPROVED), "reason": why_not(found)}
    low, high = normal_interval(found.value, found.standard_error)
    return {
        "name": name,
        "value": found.value,
        "standard_error": found.standard_error,
        "ci_low": low,
        "ci_high": high,
        "cases": found.cases,
        "controls": found.controls,
        "reason": None,
    }
