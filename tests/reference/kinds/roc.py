"""ROC curves, and two of them compared."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from analytics.statistics import NotEstimable
from analytics.statistics.comparison.mann_whitney import mann_whitney_test
from analytics.statistics.errors import attempt
from analytics.statistics.resampling import cross_validate, leave_one_out, optimism_of_resamples
from analytics.statistics.roc import (
    OperatingPoint,
    RocCurve,
    combine_markers,
    delong_paired,
    delong_unpaired,
    roc_curve,
)
from tests.reference import formula
from tests.reference.kinds.logistic import modelled
from tests.reference.pack import Case, Pack, label, labels


def roc(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    outcome, markers = _observed(frame, case.inputs, [case.inputs["marker"]])
    marker = markers[:, 0]
    curve = roc_curve(outcome, marker, direction=case.inputs["direction"])
    # The pack's helper lists tied cut-offs with thresholds ascending, whatever the direction.
    best = sorted(curve.youden(), key=lambda point: point.threshold)
    ranks = mann_whitney_test(marker[outcome], marker[~outcome])
    result = {
        "n_cases": curve.n_cases,
        "n_controls": curve.n_controls,
        "direction": curve.direction,
        "auc": curve.auc,
        "hanley_mcneil_se": curve.hanley_mcneil(),
        "mwu_p_cc": ranks.p_normal_corrected,
        "mwu_p_nocc": ranks.p_normal_uncorrected,
        "ci_logit": _pair(curve.ci_logit),
        "pauc_spec_1_90": curve.partial_auc(0.9),
        "pauc_spec_1_90_corrected": attempt(curve.partial_auc, 0.9, corrected=True),
        "pauc_sens_1_90": curve.partial_auc(0.9, focus="sensitivity"),
        "youden_exact_ties": _ties(best),
        "youden_first": _point(best[0]),
        "topleft": _coordinates(curve.topleft()),
        "n_thresholds": curve.thresholds.size,
    }
    if case.inputs["curve"]:
        result["curve"] = {
            "threshold": curve.thresholds,
            "sensitivity": curve.sensitivity,
            "specificity": curve.specificity,
        }
    return result | _delong(curve)


def _delong(curve: RocCurve) -> dict[str, Any]:
    try:
        delong = curve.delong()
    except NotEstimable as refusal:
        return dict.fromkeys(("delong_var", "delong_se", "ci_low", "ci_high"), refusal)
    z, p_value = _pair(curve.test_against_half)
    return {
        "delong_var": delong.variance,
        "delong_se": delong.standard_error,
        "ci_low": delong.ci_low,
        "ci_high": delong.ci_high,
        "delong_z_vs_half": z,
        "delong_p_vs_half": p_value,
    }


def _ties(points: list[OperatingPoint]) -> dict[str, Any]:
    return {
        "threshold": [point.threshold for point in points],
        "tp": [point.tp for point in points],
        "tn": [point.tn for point in points],
        "se": [point.sensitivity for point in points],
        "sp": [point.specificity for point in points],
        "J": points[0].youden,
        "n_ties": len(points),
    }


def _coordinates(points: tuple[OperatingPoint, ...]) -> dict[str, list[float]]:
    return {
        "threshold": [point.threshold for point in points],
        "sensitivity": [point.sensitivity for point in points],
        "specificity": [point.specificity for point in points],
    }


def _point(point: OperatingPoint) -> dict[str, Any]:
    return {
        "tp": point.tp,
        "fp": point.fp,
        "tn": point.tn,
        "fn": point.fn,
        "se": point.sensitivity,
        "sp": point.specificity,
        "ppv": point.ppv,
        "npv": point.npv,
        "accuracy": point.accuracy,
        "lr_pos": point.lr_positive,
        "lr_neg": point.lr_negative,
        "se_clopper": point.sensitivity_interval(),
        "sp_clopper": point.specificity_interval(),
        "se_wilson": point.sensitivity_interval(method="wilson"),
        "sp_wilson": point.specificity_interval(method="wilson"),
        "ppv_clopper": _pair(point.ppv_interval),
        "npv_clopper": _pair(point.npv_interval),
    }


def roc_paired(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    outcome, markers = _observed(frame, case.inputs, case.inputs["markers"])
    test = delong_paired(outcome, markers[:, 0], markers[:, 1], directions=tuple(case.inputs["directions"]))
    return {
        "n_cases": test.n_cases,
        "n_controls": test.n_controls,
        "directions": test.directions,
        "auc": test.auc,
        "cov": list(test.covariance),
        "diff": test.difference,
        "se": test.standard_error,
        "z": test.z,
        "p": test.p_value,
        "ci_low": test.ci_low,
        "ci_high": test.ci_high,
    }


def roc_unpaired(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    groups = labels(frame[case.inputs["group"]])
    curves = []
    for name in (case.inputs["a"], case.inputs["b"]):
        outcome, markers = _observed(frame[groups == label(name)], case.inputs, [case.inputs["marker"]])
        curves.append(roc_curve(outcome, markers[:, 0], direction=case.inputs["direction"]))
    test = delong_unpaired(*curves)
    # The pROC that made the pack gives no interval of an unpaired difference, so none is offered.
    return {"auc_a": test.auc_a, "auc_b": test.auc_b, "D": test.statistic, "df": test.df, "p": test.p_value}


def combined_marker(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    inputs = case.inputs
    found = formula.design(frame, inputs["formula"])
    observed = found.complete & ~np.isnan(formula.outcome(frame, inputs["outcome"], inputs["positive"]))
    rows = frame[observed]
    design, outcome = modelled(frame, inputs)
    combined = combine_markers(
        design, outcome, {name: rows[name].to_numpy(float) for name in inputs["singles"]}
    )
    best, delong = combined.curve.youden(), combined.curve.delong()
    folded = cross_validate(design, outcome, rows[inputs["fold"]].to_numpy())
    boot = optimism_of_resamples(design, outcome, pack.resamples(inputs["boot_index"]))
    return {
        "n": combined.model.n,
        "events": combined.model.n_events,
        "terms": combined.model.terms,
        "beta": combined.model.coefficients,
        "apparent_auc": combined.curve.auc,
        "ci_low": delong.ci_low,
        "ci_high": delong.ci_high,
        "delong_var": delong.variance,
        "youden": {
            "threshold_lp": [point.threshold for point in best],
            "threshold_prob": combined.threshold_risk,
            "se": [point.sensitivity for point in best],
            "sp": [point.specificity for point in best],
            "J": best[0].youden,
        },
        "delong_vs_single": [
            {
                "marker": name,
                "direction": test.directions[1],
                "auc": test.auc[1],
                "z": test.z,
                "p": test.p_value,
            }
            for name, test in combined.versus.items()
        ],
        "cv_auc_pooled": folded.auc_pooled,
        "cv_auc_fold_mean": folded.auc_fold_mean,
        "cv_pred_head": folded.probabilities[:5],
        "cv_calibration_slope": folded.calibration_slope,
        "cv_brier": folded.brier,
        "loo_auc": leave_one_out(design, outcome).auc_pooled,
        "bootstrap": {
            "B": boot.n_resamples,
            "mean_boot_auc": boot.boot_auc.mean(),
            "mean_test_auc": boot.test_auc.mean(),
            "optimism": boot.optimism,
            "corrected_auc": boot.corrected_auc,
            "mean_calibration_slope": boot.calibration_slope.mean(),
            "optimism_each": boot.optimism_each,
        },
    }


def _observed(frame: pd.DataFrame, inputs: Any, columns: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Outcome and markers of the rows of either class with every marker observed."""
    seen = labels(frame[inputs["outcome"]])
    control, positive = (label(level) for level in inputs["levels"])
    markers = frame[columns].to_numpy(float)
    kept = ((seen == control) | (seen == positive)) & ~np.isnan(markers).any(axis=1)
    return seen[kept] == positive, markers[kept]


def _pair(compute: Callable[..., tuple[float, float]], *args: Any) -> tuple[Any, Any]:
    """Two figures, both refused when the computation is."""
    found = attempt(compute, *args)
    return (found, found) if isinstance(found, NotEstimable) else found


KINDS = {
    "roc": roc,
    "roc_paired": roc_paired,
    "roc_unpaired": roc_unpaired,
    "combined_marker": combined_marker,
}
