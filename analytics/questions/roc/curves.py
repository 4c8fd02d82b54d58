"""The curve of a marker or of a combination: its area, its cut-offs, and how both hold elsewhere."""

from typing import Any

import numpy as np

from analytics.guards import EPV_GRAVE
from analytics.plan import Definition
from analytics.questions.adequacy import overlap, require_unblocked
from analytics.questions.answer import plain, why_not
from analytics.questions.columns import Columns, Floats
from analytics.questions.roc.operating import operating_points
from analytics.questions.roc.patients import Patients
from analytics.questions.roc.resampled import cut_off_resampled, validated
from analytics.questions.subgroups import areas_across, areas_within
from analytics.statistics import NotEstimable
from analytics.statistics.design import design_matrix
from analytics.statistics.errors import attempt
from analytics.statistics.logistic import events_per_variable, fit
from analytics.statistics.roc import Direction, RocCurve, roc_curve

MOST_POINTS = 2000
ABSENT = (
    "direction",
    "auc",
    "standard_error",
    "ci_low",
    "ci_high",
    "logit_ci_low",
    "logit_ci_high",
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
LISTED = ("tied_thresholds", "points", "operating", "subgroups")


def marker_curve(
    columns: Columns, definition: Definition, marker: str, kept: Direction | None
) -> dict[str, Any]:
    """The curve of one marker, in the direction that was kept, or as the data say at the first run."""
    patients = Patients.with_all(columns, definition["outcome"], [marker])
    try:
        patients.require(marker)
        values = patients.markers[marker]
        suggested = roc_curve(patients.occurred, values).direction
        return {
            "marker": marker,
            "n_missing": patients.n_missing,
            **_described(columns, definition, marker, patients, values, kept or suggested),
            "direction_suggested": suggested,
        }
    except NotEstimable as refusal:
        return {"marker": marker, **_no_curve(patients, refusal)}


def combined_curve(columns: Columns, definition: Definition, combined: dict[str, Any]) -> dict[str, Any]:
    """The curve of the risk that a logistic model of several markers predicts."""
    name, markers = combined["name"], list(combined["markers"])
    patients = Patients.with_all(columns, definition["outcome"], markers)
    head = {
        "marker": name,
        "title": combined["title"],
        "markers": markers,
        "is_replication": combined.get("is_replication", definition.get("is_replication", False)),
    }
    try:
        patients.require(*markers)
        design = design_matrix(patients.markers)
        fitted = fit(design, patients.occurred)
        fitted.require_finite()
        per_variable = events_per_variable(fitted)
        if not head["is_replication"] and per_variable < EPV_GRAVE:
            raise NotEstimable("too_few_events_per_variable")
        model = {"name": name, "covariates": markers, "is_replication": head["is_replication"]}
        require_unblocked(model, overlap(design, fitted), columns.variables)
        return {
            **head,
            "n_missing": patients.n_missing,
            "events_per_variable": per_variable,
            **_described(columns, definition, name, patients, fitted.probabilities, "<"),
            **validated(design, patients.occurred, definition),
        }
    except NotEstimable as refusal:
        return {**head, **_no_curve(patients, refusal)}


def _described(
    columns: Columns,
    definition: Definition,
    name: str,
    patients: Patients,
    values: Floats,
    direction: Direction,
) -> dict[str, Any]:
    curve = roc_curve(patients.occurred, values, direction=direction)
    is_case_control = len(columns.design_groups()) > 1
    described = {
        **_area(curve, definition.get("partial")),
        **_best(curve),
        "operating": operating_points(curve, definition, name, is_case_control=is_case_control),
        **cut_off_resampled(patients, values, direction, definition),
        "points": _corners(curve),
        "subgroups": [
            _within(code, columns, patients, values, direction) for code in definition.get("report_by", [])
        ],
        "reason": None,
    }
    if definition.get("across_sites") and columns.n_sites():
        sites = columns.frame["site"].to_numpy()[patients.rows]
        described["across_sites"] = areas_across(sites, patients.occurred, values, direction)
    return plain(described)


def _within(
    code: str, columns: Columns, patients: Patients, values: Floats, direction: Direction
) -> dict[str, Any]:
    """The area in each level of a variable; where its levels cannot be told, the reason in each."""
    labels, refused = columns.read_labels(code)
    found = areas_within(
        code, columns.levels(code), labels[patients.rows], patients.occurred, values, direction
    )
    if refused is not None:
        found["within"] = [{**part, "reason": why_not(refused)} for part in found["within"]]
    return found


def _area(curve: RocCurve, partial: dict[str, Any] | None) -> dict[str, Any]:
    """The area with DeLong's interval, the one on the logit scale, and that of the part the plan asks for."""
    spread, on_logits = curve.delong(), attempt(curve.ci_logit)
    low, high = (None, None) if isinstance(on_logits, NotEstimable) else on_logits
    area: dict[str, Any] = {
        "direction": curve.direction,
        "n": curve.n_cases + curve.n_controls,
        "n_events": curve.n_cases,
        "auc": curve.auc,
        "standard_error": spread.standard_error,
        "ci_low": spread.ci_low,
        "ci_high": spread.ci_high,
        "logit_ci_low": low,
        "logit_ci_high": high,
    }
    if partial is None:
        return area
    part = {"low": partial["from"], "high": partial["to"], "focus": partial["focus"]}
    corrected = attempt(curve.partial_auc, corrected=True, **part)
    area["partial_auc"] = curve.partial_auc(**part)
    if isinstance(corrected, NotEstimable):
        return {**area, "partial_auc_corrected": None, "partial_reason": why_not(corrected)}
    return {**area, "partial_auc_corrected": corrected, "partial_reason": None}


def _best(curve: RocCurve) -> dict[str, Any]:
    """The cut-off with the largest Youden index, of several the most sensitive."""
    best, *tied = curve.youden()
    return {
        "threshold": best.threshold,
        "tied_thresholds": [point.threshold for point in tied],
        "youden": best.youden,
        "sensitivity": best.sensitivity,
        "sensitivity_ci": best.sensitivity_interval(method="wilson"),
        "specificity": best.specificity,
        "specificity_ci": best.specificity_interval(method="wilson"),
        "tp": best.tp,
        "fp": best.fp,
        "tn": best.tn,
        "fn": best.fn,
    }


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


def _no_curve(patients: Patients, refusal: NotEstimable) -> dict[str, Any]:
    return {
        **dict.fromkeys(ABSENT),
        **{name: [] for name in LISTED},
        "n": patients.n,
        "n_events": patients.n_events,
        "n_missing": patients.n_missing,
        "reason": why_not(refusal),
    }
