"""Predicted risks held against outcomes."""

from dataclasses import asdict
from typing import Any

import pandas as pd
from scipy.special import chdtrc

from analytics.statistics.calibration import (
    assess_calibration,
    decision_curve,
    integrated_discrimination,
    net_reclassification,
)
from tests.reference.pack import Case, Pack

_THRESHOLDS = (0.05, 0.1, 0.2, 0.3, 0.5)


def calibration(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    rows = frame[[case.inputs["y"], case.inputs["p"]]].dropna()
    found = assess_calibration(rows[case.inputs["y"]], rows[case.inputs["p"]])
    z, p_value = found.spiegelhalter()
    loess, lowess = found.distances(), found.lowess_distances()
    discrimination, unreliability, quality = found.quality()
    concordance = found.c_statistic()
    external = found.hosmer_lemeshow()
    benefit = decision_curve(found.outcome, found.risk, _THRESHOLDS)
    return {
        "n": found.n,
        "o_e": found.observed_to_expected,
        "citl_offset_intercept": found.intercept,
        "citl_se": found.intercept_error,
        "slope": found.slope,
        "slope_se": found.slope_error,
        "intercept_joint": found.joint_intercept,
        "brier": found.brier,
        "brier_scaled": found.brier_scaled,
        "spiegelhalter_z": z,
        "spiegelhalter_p": p_value,
        "loess": {"ICI": loess.mean, "E50": loess.median, "E90": loess.ninetieth, "Emax": loess.largest},
        "val_prob": {
            "Dxy": 2 * concordance - 1,
            "C": concordance,
            "D": discrimination,
            "U": unreliability,
            "Q": quality,
            "Emax_lowess": lowess.largest,
            "E90_lowess": lowess.ninetieth,
            "Eavg_lowess": lowess.mean,
            "S_z": z,
        },
        "hosmer_lemeshow_g10_external_df": {
            "chisq": external.statistic,
            "df_development": external.groups - 2,
            "p_development": chdtrc(external.groups - 2, external.statistic),
            "df_external": external.df,
            "p_external": external.p_value,
        },
        "net_benefit": {
            "threshold": benefit.thresholds,
            "model": benefit.model,
            "treat_all": benefit.treat_all,
        },
    }


def calibration_smooth(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    found = assess_calibration(frame[case.inputs["y"]], frame[case.inputs["risk"]])
    return {"loess": asdict(found.distances()), "lowess": asdict(found.lowess_distances())}


def reclassification(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    outcome, old, new = (frame[case.inputs[name]] for name in ("y", "old", "new"))
    net = net_reclassification(outcome, old, new, cuts=case.inputs.get("cuts"))
    integrated = integrated_discrimination(outcome, old, new)
    return {
        "n": len(frame),
        "nri": net.value,
        "nri_se": net.standard_error,
        "nri_z": net.z,
        "nri_cases": net.cases,
        "nri_controls": net.controls,
        "idi": integrated.value,
        "idi_se": integrated.standard_error,
        "idi_z": integrated.z,
    }


KINDS = {
    "calibration": calibration,
    "calibration_smooth": calibration_smooth,
    "reclassification": reclassification,
}
