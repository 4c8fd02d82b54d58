"""How a frozen model does in some patients: ranking, calibration, and its cut-off."""

from math import hypot
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.plan import EVENTS_NEEDED, Definition
from analytics.questions.answer import plain, why_not
from analytics.questions.calibration import intercept_and_slope
from analytics.questions.columns import Columns, Floats
from analytics.questions.events import require_events
from analytics.statistics import NotEstimable
from analytics.statistics.brier import brier
from analytics.statistics.calibration import Calibration, assess_calibration
from analytics.statistics.errors import attempt
from analytics.statistics.logistic.model import linear_predictor, risk
from analytics.statistics.normal import normal_interval
from analytics.statistics.roc import RocCurve, roc_curve
from analytics.statistics.survival.kaplan_meier import follow_up_curve

Rows = NDArray[np.bool_]

MOST_POINTS = 200
CURVE_POINTS = 41
RANKING = ("auc", "standard_error", "auc_ci_low", "auc_ci_high")
AT_CUT_OFF = ("tp", "fp", "tn", "fn", "sensitivity", "sensitivity_ci", "specificity", "specificity_ci")
CALIBRATION = (
    "intercept",
    "intercept_ci_low",
    "intercept_ci_high",
    "slope",
    "slope_ci_low",
    "slope_ci_high",
    "brier",
)
DIFFERENCE = ("auc_difference", "auc_difference_ci_low", "auc_difference_ci_high")


def score(frozen: dict[str, Any], definition: Definition, columns: Columns, later: Rows) -> dict[str, Any]:
    """The model in patients enrolled after it was frozen; says how many events are awaited while few."""
    rows, occurred, sizes = sizes_of(definition, columns, later)
    head = {"part": "later", **sizes}
    try:
        columns.require(definition["model"]["covariates"])
        require_events(occurred)
        predicted = _predicted(frozen["coefficients"], definition, columns, rows)
        part = judged(definition, columns, rows, occurred, predicted, frozen["threshold"])
    except NotEstimable as refusal:
        absent = dict.fromkeys((*RANKING, *AT_CUT_OFF, *CALIBRATION, *DIFFERENCE, "threshold"))
        return {
            **head,
            **absent,
            "n_awaited": max(EVENTS_NEEDED - sizes["n_events"], 0),
            "median_follow_up": _median_follow_up(definition, columns, rows),
            "points": [],
            "curve": [],
            "calibration_reason": None,
            "reason": why_not(refusal),
        }
    return plain({**head, **part, **_difference(part, frozen["development"]), "reason": None})


def sizes_of(
    definition: Definition, columns: Columns, chosen: Rows
) -> tuple[Rows, NDArray[np.bool_], dict[str, int]]:
    """Those of some patients who have all values, whether the event occurred, and how many were left out."""
    rows = columns.complete([definition["outcome"], *definition["model"]["covariates"]]) & chosen
    occurred = columns.numbers(definition["outcome"])[rows] == 1
    n_missing = int((chosen & ~rows).sum())
    sizes = {"n": int(occurred.size), "n_events": int(occurred.sum()), "n_missing": n_missing}
    return rows, occurred, sizes


def judged(
    definition: Definition,
    columns: Columns,
    rows: Rows,
    occurred: NDArray[np.bool_],
    predicted: Floats,
    threshold: float,
) -> dict[str, Any]:
    """Predicted risks against what happened, and the cut-off's four counts."""
    curve = roc_curve(occurred, predicted, direction="<")
    spread, point = curve.delong(), curve.at(threshold)
    calibration = attempt(assess_calibration, occurred, predicted)
    return plain(
        {
            "auc": curve.auc,
            "standard_error": spread.standard_error,
            "auc_ci_low": spread.ci_low,
            "auc_ci_high": spread.ci_high,
            "threshold": threshold,
            **{cell: getattr(point, cell) for cell in ("tp", "fp", "tn", "fn")},
            "sensitivity": point.sensitivity,
            "sensitivity_ci": point.sensitivity_interval(method="wilson"),
            "specificity": point.specificity,
            "specificity_ci": point.specificity_interval(method="wilson"),
            **_calibrated(calibration, occurred, predicted),
            "median_follow_up": _median_follow_up(definition, columns, rows),
            "n_awaited": 0,
            "points": _points(curve),
        }
    )


def _predicted(
    coefficients: dict[str, float], definition: Definition, columns: Columns, rows: Rows
) -> Floats:
    design = columns.design(definition["model"]["covariates"], rows)
    places = [design.terms.index(term) for term in coefficients]
    return risk(linear_predictor(design.matrix[:, places], np.array(list(coefficients.values()))))


def _calibrated(
    found: Calibration | NotEstimable, occurred: NDArray[np.bool_], predicted: Floats
) -> dict[str, Any]:
    if isinstance(found, NotEstimable):
        absent = dict.fromkeys(CALIBRATION)
        return {
            **absent,
            "brier": brier(occurred, predicted),
            "curve": [],
            "calibration_reason": why_not(found),
        }
    return {
        **intercept_and_slope(found),
        "brier": found.brier,
        "curve": _smoothed(found),
        "calibration_reason": None,
    }


def _smoothed(found: Calibration) -> list[dict[str, float]]:
    """The loess curve of observed over predicted risk; empty where there are too few different risks."""
    curve = attempt(found.curve)
    if isinstance(curve, NotEstimable):
        return []
    at = np.linspace(float(found.risk.min()), float(found.risk.max()), CURVE_POINTS)
    return [{"risk": x, "observed": y} for x, y in zip(at.tolist(), curve.at(at).tolist(), strict=True)]


def _points(curve: RocCurve) -> list[dict[str, float]]:
    """The curve, thinned to what can be drawn."""
    size = curve.tp.size
    kept = np.unique(np.linspace(0, size - 1, min(size, MOST_POINTS)).round().astype(int))
    columns = (curve.sensitivity[kept].tolist(), curve.specificity[kept].tolist())
    return [{"sensitivity": up, "specificity": across} for up, across in zip(*columns, strict=True)]


def _median_follow_up(definition: Definition, columns: Columns, rows: Rows) -> float | None:
    """Median follow-up by the reverse Kaplan-Meier estimate, where the plan says how it is timed."""
    if "follow_up" not in definition:
        return None
    time, status = (values[rows] for values in columns.follow_up(definition["follow_up"]))
    known = ~np.isnan(status)
    followed = attempt(follow_up_curve, time[known], status[known] != 0)
    return None if isinstance(followed, NotEstimable) else followed.quantile(0.5).time


def _difference(later: dict[str, Any], development: dict[str, Any]) -> dict[str, float]:
    """The area in later patients less the apparent one; different patients, so their variances add."""
    difference = later["auc"] - development["auc"]
    error = hypot(later["standard_error"], development["standard_error"])
    return dict(zip(DIFFERENCE, (difference, *normal_interval(difference, error)), strict=True))
