"""Two groups, more groups and categories compared."""

from typing import Any

import numpy as np
import pandas as pd

from analytics.questions import answer
from analytics.statistics import NotEstimable
from analytics.statistics.comparison import (
    ContinuousComparison,
    Description,
    FisherExact,
    FTest,
    MannWhitney,
    MeanDifference,
    TwoByTwo,
    compare_categorical,
    compare_continuous,
    compare_k_groups,
)
from analytics.statistics.comparison.mann_whitney import hodges_lehmann_interval
from analytics.statistics.comparison.skewness import skewness
from tests.reference.pack import Case, Pack, label, labels, parts


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
        **_unless_constant(
            smd=found.smd if isinstance(found.smd, NotEstimable) else found.smd.estimate,
            cohen_d_pooled=found.cohen_d,
            hedges_g_exactJ=found.hedges_g,
            var_F=_f_test(found.variance_ratio),
            brown_forsythe=_f_test(found.brown_forsythe),
            levene_mean=_f_test(found.levene),
        ),
        "shapiro_a": parts(found.shapiro_a, W="statistic", p="p_value"),
        "shapiro_b": parts(found.shapiro_b, W="statistic", p="p_value"),
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
    return parts(
        found,
        diff="difference",
        se="standard_error",
        t="statistic",
        df="df",
        p="p_value",
        ci_low="ci_low",
        ci_high="ci_high",
    )


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
    return parts(found, F="statistic", df1="df1", df2="df2", p="p_value")


def _unless_constant(**found: Any) -> dict[str, Any]:
    # Without variation R divides by zero or by a rounding error, and prints what we refuse.
    return {
        name: result
        for name, result in found.items()
        if not (isinstance(result, NotEstimable) and result.reason in ("constant", "perfect_fit"))
    }


def categorical(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    values, groups = labels(frame[case.inputs["value"]]), labels(frame[case.inputs["group"]])
    levels, names = case.inputs["levels"], case.inputs["groups"]
    counts = np.array([[((values == row) & (groups == column)).sum() for column in names] for row in levels])
    found = compare_categorical(counts)
    return {
        "table": counts,
        "rows": levels,
        "cols": names,
        "chisq": found.chi_square
        if isinstance(found.chi_square, NotEstimable)
        else {
            "chisq": found.chi_square.statistic,
            "df": found.chi_square.df,
            "p": found.chi_square.p_value,
            "expected": found.expected,
            "min_expected": found.min_expected,
        },
        "chisq_yates": parts(found.chi_square_yates, chisq="statistic", p="p_value"),
        "fisher": _fisher(found.fisher, is_two_by_two=counts.shape == (2, 2)),
        "effect": _effect(found.effect),
        "trend": parts(found.trend, chisq="statistic", p="p_value"),
        "cramers_v": found.cramers_v,
        "smd_abs": found.smd,
    }


def _fisher(found: FisherExact | NotEstimable, *, is_two_by_two: bool) -> Any:
    if isinstance(found, NotEstimable) or not is_two_by_two:
        return parts(found, p="p_value")
    ratio = {"or_cmle": found.odds_ratio, "ci_low": found.ci_low, "ci_high": found.ci_high}
    return {"p": found.p_value, **ratio, "r_fisher_test": ratio}


def _effect(found: TwoByTwo | NotEstimable) -> Any:
    if isinstance(found, NotEstimable):
        return found
    return {
        "or": found.odds_ratio,
        "or_woolf_low": found.odds_ratio_low,
        "or_woolf_high": found.odds_ratio_high,
        "rr": found.risk_ratio,
        "rr_log_low": found.risk_ratio_low,
        "rr_log_high": found.risk_ratio_high,
        "rd": found.risk_difference,
        "rd_wald_low": found.wald_low,
        "rd_wald_high": found.wald_high,
        "rd_newcombe": [found.newcombe_low, found.newcombe_high],
    }


def many_groups(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    names = case.inputs["groups"]
    found = compare_k_groups(
        frame[case.inputs["value"]].to_numpy(), labels(frame[case.inputs["group"]]), levels=names
    )
    pairwise: list[list[Any]] = [[None] * (len(names) - 1) for _ in names[1:]]
    for pair in found.pairwise:
        pairwise[names.index(pair.b) - 1][names.index(pair.a)] = pair.p_adjusted
    anova = _f_test(found.anova)
    if isinstance(anova, dict):
        anova |= {"eta2": found.eta_squared}
    tukey: Any = found.tukey
    if not isinstance(tukey, NotEstimable):
        tukey = {
            "pairs": [f"{pair.a}-{pair.b}" for pair in tukey],
            "diff": [pair.difference for pair in tukey],
            "low": [pair.ci_low for pair in tukey],
            "high": [pair.ci_high for pair in tukey],
            "p": [pair.p_value for pair in tukey],
        }
    return {
        "n": [group.n for group in found.descriptions],
        "mean": [group.mean for group in found.descriptions],
        "sd": [group.sd for group in found.descriptions],
        "anova": anova,
        "welch": _f_test(found.welch),
        "kruskal": parts(found.kruskal_wallis, H="statistic", df="df", p="p_value"),
        **_unless_constant(brown_forsythe=_f_test(found.brown_forsythe)),
        "pairwise_mwu_holm": pairwise,
        "tukey": tukey,
    }


def leaning(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    sample = frame[case.inputs["value"]].dropna().to_numpy(dtype=float)
    return {"n": sample.size, "skewness": skewness(sample)}


def shift_interval(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    samples = []
    for group, step in (("control", 1.0), ("MHD", np.sqrt(2))):
        values = frame.loc[frame["group"] == group, case.inputs["value"]].dropna()
        sample = values.to_numpy(dtype=float)[: case.inputs["most"]]
        samples.append(sample + case.inputs["jitter"] * step * np.arange(1, sample.size + 1) / 9973)
    low, high = hodges_lehmann_interval(*samples, is_exact=case.inputs["exact"])
    return {"ci_low": low, "ci_high": high}


def standardised_share(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    """Through the question, which gives the difference its side."""
    value, least = case.inputs["value"], case.inputs["least"]
    variables = {
        "high": {"label": "High", "from": value, "at_least": least},
        "group": {"label": "Group", "levels": [{"code": "control"}, {"code": "MHD"}]},
    }
    asked = {"slug": "share", "kind": "comparison", "by": "group", "groups": ["control", "MHD"]}
    [row] = answer(asked | {"variables": ["high"]}, variables, frame).payload["rows"]
    names = {"smd": "smd", "se": "smd_standard_error", "ci_low": "smd_ci_low", "ci_high": "smd_ci_high"}
    return {ours: row[name] for ours, name in names.items()}


KINDS = {
    "compare_continuous": continuous,
    "compare_categorical": categorical,
    "compare_kgroups": many_groups,
    "skewness": leaning,
    "standardised_share": standardised_share,
    "hodges_lehmann_interval": shift_interval,
}
