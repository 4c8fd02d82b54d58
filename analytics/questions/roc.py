"""How well markers, alone and combined, tell an outcome apart."""

from typing import Any

import numpy as np

from analytics import guards
from analytics.plan import Definition, Variables
from analytics.questions.answer import Answer, estimate, plain, why_not
from analytics.questions.columns import Columns, Floats
from analytics.questions.events import require_events
from analytics.questions.subgroups import areas_within
from analytics.statistics import NotEstimable
from analytics.statistics.design import design_matrix
from analytics.statistics.logistic import fit
from analytics.statistics.roc import Direction, RocCurve, roc_curve

MOST_POINTS = 2000


def answer_roc(
    definition: Definition, variables: Variables, columns: Columns, memory: dict[str, Any]
) -> Answer:
    """One curve a marker and one a combination, each on its own complete cases."""
    outcome = definition["outcome"]
    kept = {**memory.get("directions", {}), **definition.get("directions", {})}
    by = definition.get("report_by", [])
    curves = [_marker(columns, outcome, marker, kept.get(marker), by) for marker in definition["markers"]]
    curves += [_combined(columns, outcome, combined, by) for combined in definition.get("combined", [])]
    estimated = [curve for curve in curves if curve["reason"] is None]
    payload = {
        "outcome": outcome,
        "n": columns.n,
        "n_missing": int(columns.is_missing(outcome).sum()),
        "n_events": int((columns.numbers(outcome) == 1).sum()),
        "curves": curves,
    }
    decided = {curve["marker"]: curve["direction"] for curve in estimated if "title" not in curve}
    return Answer(
        status="done" if estimated else "not_estimable",
        reason=None if estimated else curves[0]["reason"],
        payload=payload,
        guards=_guards(definition, variables, columns, payload, estimated),
        estimates=[entry for curve in estimated for entry in _estimates(curve)],
        memory={"directions": {**decided, **kept}},
    )


def _marker(
    columns: Columns, outcome: str, marker: str, kept: Direction | None, by: list[str]
) -> dict[str, Any]:
    """The curve of one marker, in the direction that was kept, or as the data say at the first run."""
    complete = columns.complete([outcome, marker])
    occurred = columns.numbers(outcome)[complete] == 1
    values = columns.numbers(marker)[complete]
    head = {"marker": marker, "n_missing": int((~complete).sum())}
    try:
        require_events(occurred)
        suggested = roc_curve(occurred, values).direction
        direction = kept or suggested
        return {
            **head,
            **_curve(roc_curve(occurred, values, direction=direction)),
            "direction_suggested": suggested,
            "subgroups": _subgroups(columns, by, complete, occurred, values, direction),
        }
    except NotEstimable as refusal:
        return {**head, **_no_curve(occurred, why_not(refusal))}


def _combined(columns: Columns, outcome: str, combined: dict[str, Any], by: list[str]) -> dict[str, Any]:
    """The curve of the risk that a logistic model of several markers predicts."""
    complete = columns.complete([outcome, *combined["markers"]])
    occurred = columns.numbers(outcome)[complete] == 1
    head = {
        "marker": combined["name"],
        "title": combined["title"],
        "markers": list(combined["markers"]),
        "n_missing": int((~complete).sum()),
    }
    try:
        require_events(occurred)
        design = design_matrix({marker: columns.numbers(marker)[complete] for marker in combined["markers"]})
        risk = fit(design, occurred).probabilities
        return {
            **head,
            **_curve(roc_curve(occurred, risk, direction="<")),
            "subgroups": _subgroups(columns, by, complete, occurred, risk, "<"),
        }
    except NotEstimable as refusal:
        return {**head, **_no_curve(occurred, why_not(refusal))}


def _subgroups(
    columns: Columns,
    by: list[str],
    complete: np.ndarray,
    occurred: np.ndarray,
    marker: Floats,
    direction: Direction,
) -> list[dict[str, Any]]:
    """The areas within the levels of each variable that the plan names."""
    return plain(
        [
            areas_within(
                code, columns.levels(code), columns.labels(code)[complete], occurred, marker, direction
            )
            for code in by
        ]
    )


def _curve(curve: RocCurve) -> dict[str, Any]:
    spread = curve.delong()
    best, *tied = curve.youden()
    return plain(
        {
            "direction": curve.direction,
            "n": curve.n_cases + curve.n_controls,
            "n_events": curve.n_cases,
            "auc": curve.auc,
            "standard_error": spread.standard_error,
            "ci_low": spread.ci_low,
            "ci_high": spread.ci_high,
            "threshold": best.threshold,
            "tied_thresholds": [point.threshold for point in tied],
            "youden": best.youden,
            "sensitivity": best.sensitivity,
            "sensitivity_ci": best.sensitivity_interval(),
            "specificity": best.specificity,
            "specificity_ci": best.specificity_interval(),
            "tp": best.tp,
            "fp": best.fp,
            "tn": best.tn,
            "fn": best.fn,
            "points": _corners(curve),
            "reason": None,
        }
    )


def _corners(curve: RocCurve) -> list[dict[str, float | None]]:
    """The points where the curve turns, thinned beyond what can be drawn; between them it is straight."""
    turns = np.ones(curve.tp.size, dtype=bool)
    up, across = np.diff(curve.tp), np.diff(curve.fp)
    turns[1:-1] = up[:-1] * across[1:] != up[1:] * across[:-1]
    kept = np.flatnonzero(turns)
    if kept.size > MOST_POINTS:
        kept = kept[np.linspace(0, kept.size - 1, MOST_POINTS).round().astype(int)]
    columns = (curve.thresholds[kept], curve.sensitivity[kept], curve.specificity[kept])
    return [
        {"threshold": threshold, "sensitivity": sensitivity, "specificity": specificity}
        for threshold, sensitivity, specificity in zip(*(column.tolist() for column in columns), strict=True)
    ]


def _no_curve(occurred: np.ndarray, reason: dict[str, Any]) -> dict[str, Any]:
    absent = (
        "direction",
        "auc",
        "standard_error",
        "ci_low",
        "ci_high",
        "threshold",
        "youden",
        "sensitivity",
        "sensitivity_ci",
        "specificity",
        "specificity_ci",
        "tp",
        "fp",
        "tn",
        "fn",
    )
    return {
        **dict.fromkeys(absent),
        "n": int(occurred.size),
        "n_events": int(occurred.sum()),
        "tied_thresholds": [],
        "points": [],
        "subgroups": [],
        "reason": reason,
    }


def _estimates(curve: dict[str, Any]) -> list[dict[str, Any]]:
    counted = {"n": curve["n"], "n_events": curve["n_events"]}
    area = estimate(
        curve["marker"],
        "auc",
        curve["auc"],
        standard_error=curve["standard_error"],
        ci_low=curve["ci_low"],
        ci_high=curve["ci_high"],
        **counted,
    )
    rest = [
        estimate(curve["marker"], quantity, curve[quantity], **counted)
        for quantity in ("threshold", "sensitivity", "specificity")
        if curve[quantity] is not None
    ]
    return [area, *rest]


def _guards(
    definition: Definition,
    variables: Variables,
    columns: Columns,
    payload: dict[str, Any],
    estimated: list[dict[str, Any]],
) -> list[guards.Guard]:
    found = [
        guards.time_ignored(variables[definition["outcome"]]),
        guards.case_control(columns.design_groups()),
        guards.not_estimable(payload["curves"], "marker"),
        guards.missing(payload["curves"], "marker", variables[definition["outcome"]]),
    ]
    found += [guards.direction(curve) for curve in estimated]
    found += [
        guards.below_operating_point(estimated),
        guards.in_sample(estimated),
        guards.uncalibrated(estimated, variables[definition["outcome"]]),
        guards.added_value(estimated),
        guards.data_driven_cut_off(estimated),
        guards.all_or_none(estimated),
        guards.unequal_areas(estimated),
    ]
    return [guard for guard in found if guard is not None]
