"""What markers add to a model that the plan names: a test by the likelihood, and reclassification."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.plan import Definition
from analytics.questions.answer import plain, why_not
from analytics.questions.columns import Columns
from analytics.questions.events import require_events
from analytics.statistics import NotEstimable
from analytics.statistics.calibration import (
    Improvement,
    integrated_discrimination,
    moves,
    net_reclassification,
)
from analytics.statistics.errors import attempt
from analytics.statistics.logistic import LogisticFit, compare, fit
from analytics.statistics.normal import normal_interval

MOVED = ("cases_up", "cases_down", "controls_up", "controls_down")
TESTED = ("statistic", "df", "p_value")
IMPROVED = ("value", "standard_error", "ci_low", "ci_high", "cases", "controls")


def added_models(columns: Columns, definition: Definition) -> list[dict[str, Any]]:
    """Each model with and without the markers, on the patients who have all values."""
    return [_added(columns, definition["outcome"], wanted) for wanted in definition.get("added", [])]


def _added(columns: Columns, outcome: str, wanted: dict[str, Any]) -> dict[str, Any]:
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
        **counted,
        "n_missing": int((~complete).sum()),
    }
    try:
        columns.require(covariates)
        require_events(occurred)
        smaller = _fitted(columns, wanted["base"], complete, occurred)
        larger = _fitted(columns, covariates, complete, occurred)
    except NotEstimable as refusal:
        return {**head, **dict.fromkeys(TESTED), "improvements": [], "reason": why_not(refusal)}
    gain = compare(larger, smaller)
    improvements = _improvements(occurred, smaller, larger, wanted.get("risk_cuts"))
    return plain(
        {
            **head,
            **{name: getattr(gain, name) for name in TESTED},
            "improvements": [{**improvement, **counted} for improvement in improvements],
            "reason": None,
        }
    )


def _fitted(
    columns: Columns, covariates: list[str], complete: NDArray[np.bool_], occurred: NDArray[np.bool_]
) -> LogisticFit:
    model = fit(columns.design(covariates, complete), occurred)
    model.require_finite()
    return model


def _improvements(
    occurred: NDArray[np.bool_], smaller: LogisticFit, larger: LogisticFit, cuts: list[float] | None
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
