"""What curves are read for: cut-offs, predictive values, and areas of several groups."""

from typing import Any

import pandas as pd

from analytics.statistics.roc import (
    OperatingPoint,
    areas_homogeneous,
    at_least,
    likelihood_ratio_interval,
    roc_curve,
)
from tests.reference.pack import Case, Pack


def operating_points(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    inputs = case.inputs
    marker = inputs["sign"] * frame[inputs["marker"]]
    curve = roc_curve(frame[inputs["y"]], marker, direction=inputs["direction"])
    return {
        "sensitivity_at_least": _point(at_least(curve, inputs["share"])),
        "specificity_at_least": _point(at_least(curve, inputs["share"], of="specificity")),
        "closest_topleft": _point(curve.topleft()[0]),
        "partial": curve.partial_auc(0.8),
        "partial_corrected": curve.partial_auc(0.8, corrected=True),
    }


def _point(point: OperatingPoint) -> dict[str, Any]:
    return {
        "threshold": point.threshold,
        "tp": point.tp,
        "fp": point.fp,
        "tn": point.tn,
        "fn": point.fn,
        "ppv": point.ppv,
        "npv": point.npv,
        "sensitivity_ci": point.sensitivity_interval(method="wilson"),
        "specificity_ci": point.specificity_interval(method="wilson"),
        "ppv_ci": point.ppv_interval(method="wilson"),
        "npv_ci": point.npv_interval(method="wilson"),
        "lr_positive": {
            "value": point.lr_positive,
            "ci": likelihood_ratio_interval(point, of="positive"),
        },
        "lr_negative": {
            "value": point.lr_negative,
            "ci": likelihood_ratio_interval(point, of="negative"),
        },
    }


def several_areas(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    inputs = case.inputs
    curves = [
        roc_curve(part[inputs["y"]], part[inputs["marker"]], direction="<")
        for _, part in frame.groupby(inputs["group"])
    ]
    found = areas_homogeneous(curves)
    return {
        "auc": [curve.auc for curve in curves],
        "statistic": found.statistic,
        "df": found.df,
        "p": found.p_value,
    }


KINDS = {"operating_points": operating_points, "areas_homogeneous": several_areas}
