"""Two groups, more groups and categories compared."""

from typing import Any

import pandas as pd

from analytics.statistics import NotEstimable
from analytics.statistics.comparison import (
    ContinuousComparison,
    Description,
    FTest,
    MannWhitney,
    MeanDifference,
    ShapiroWilk,
    compare_continuous,
)
from tests.reference.pack import Case, Pack, label, labels


def continuous(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    groups = labels(frame[case.inputs["group"]])
    values = frame[case.inputs["value"]].to_numpy()
    a, b = (values[groups == label(case.inputs[name])] for name in "ab")
    found = compare_continuous(a, b)
    return {
        "a": _description(found.a),
        "b": _description(found.b),
        "missing_a": found.a.n_missing,
        "missing_b": found.b.n_missing,
        "student": _mean_difference(found.student),
        "welch": _mean_difference(found.welch),
        "mwu": _mann_whitney(found),
        "smd": found.smd if isinstance(found.smd, NotEstimable) else found.smd.estimate,
        "cohen_d_pooled": found.cohen_d,
        "hedges_g_exactJ": found.hedges_g,
        "var_F": _f_test(found.variance_ratio),
        **_unless_perfect_fit("brown_forsythe", found.brown_forsythe),
        **_unless_perfect_fit("levene_mean", found.levene),
        "shapiro_a": _shapiro(found.shapiro_a),
        "shapiro_b": _shapiro(found.shapiro_b),
    }


def _description(found: Description) -> dict[str, Any]:
    if found.n == 0:
        # R's minimum of nothing is Inf; we offer none.
        return {"n": 0, "mean": None, "sd": None, "q1": None, "median": None, "q3": None}
    return {
        "n": found.n,
        "mean": found.mean,
        "sd": found.sd,
        "min": found.minimum,
        "q1": found.q1,
        "median": found.median,
        "q3": found.q3,
        "max": found.maximum,
    }


def _mean_difference(found: MeanDifference | NotEstimable) -> Any:
    if isinstance(found, NotEstimable):
        return found
    return {
        "diff": found.difference,
        "se": found.standard_error,
        "t": found.statistic,
        "df": found.df,
        "p": found.p_value,
        "ci_low": found.ci_low,
        "ci_high": found.ci_high,
    }


def _mann_whitney(found: ContinuousComparison) -> Any:
    test: MannWhitney | NotEstimable = found.mann_whitney
    if isinstance(test, NotEstimable):
        return test
    # wilcox.test takes the exact p when both samples are under 50 and nothing is tied.
    is_exact = max(found.a.n, found.b.n) < 50 and not isinstance(test.p_exact, NotEstimable)
    return {
        "U_a": test.statistic,
        "p_normal_cc": test.p_normal_corrected,
        "p_normal_nocc": test.p_normal_uncorrected,
        "p_exact": test.p_exact,
        "p_r_default": test.p_exact if is_exact else test.p_normal_corrected,
        "hodges_lehmann_exact": test.hodges_lehmann,
        "auc_a_gt_b": test.auc,
    }


def _f_test(found: FTest | NotEstimable) -> Any:
    if isinstance(found, NotEstimable):
        return found
    return {"F": found.statistic, "df1": found.df1, "df2": found.df2, "p": found.p_value}


def _unless_perfect_fit(name: str, found: FTest | NotEstimable) -> dict[str, Any]:
    # Without variation within the groups R divides by a rounding error, and warns; we offer nothing.
    if isinstance(found, NotEstimable) and found.reason == "perfect_fit":
        return {}
    return {name: _f_test(found)}


def _shapiro(found: ShapiroWilk | NotEstimable) -> Any:
    if isinstance(found, NotEstimable):
        return found
    return {"W": found.statistic, "p": found.p_value}


KINDS = {"compare_continuous": continuous}
