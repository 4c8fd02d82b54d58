"""Aalen-Johansen cumulative incidence, Gray's test and the Fine-Gray model."""

from typing import Any

import numpy as np
import pandas as pd

from analytics.statistics.competing.cumulative_incidence import CumulativeIncidence, cumulative_incidence
from analytics.statistics.competing.fine_gray import fine_gray
from analytics.statistics.competing.gray import gray_test
from analytics.statistics.survival.cox import cox
from analytics.statistics.survival.kaplan_meier import kaplan_meier
from tests.reference.pack import Case, Pack, labels


def competing(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    inputs = case.inputs
    time, status = frame[inputs["time"]].to_numpy(float), frame[inputs["status"]].to_numpy(float)
    kept = ~np.isnan(time) & ~np.isnan(status)
    group, groups = np.full(len(frame), "all", dtype=object), ["all"]
    if inputs["group"]:
        group, groups = labels(frame[inputs["group"]]), inputs["groups"]
        kept &= np.isin(group, groups)
    time, status, group = time[kept], status[kept], group[kept]
    tests = [
        gray_test(time, status, group, cause=cause, groups=groups) for cause in (1, 2) if len(groups) > 1
    ]
    return {
        "groups": {
            name: _group(time[group == name], status[group == name], inputs["times"]) for name in groups
        },
        "gray_test": {
            "chisq": [test.statistic for test in tests],
            "p": [test.p_value for test in tests],
            "df": [test.df for test in tests],
        }
        if tests
        else None,
    }


def _group(time: np.ndarray, status: np.ndarray, times: list[float]) -> dict[str, Any]:
    first, second = cumulative_incidence(time, status, cause=1), cumulative_incidence(time, status, cause=2)
    points, others = first.at(times), second.at(times)
    alone = kaplan_meier(time, status == 1).at(times).survival
    return {
        "n": first.n,
        "n_cause1": first.n_events,
        "n_cause2": second.n_events,
        "n_censored": first.n_censored,
        "times": points.time,
        "cif1": points.cumulative_incidence,
        "cif2": others.cumulative_incidence,
        "se_ij_cif1": points.standard_error,
        "se_ij_cif2": others.standard_error,
        "ci_log_low_cif1": points.ci_low,
        "ci_log_high_cif1": points.ci_high,
        "cuminc_est1": _until_last(first, times, points.cumulative_incidence),
        "cuminc_var1": first.gray_variance_at(times),
        "cuminc_var2": second.gray_variance_at(times),
        "etm_greenwood_se1": points.standard_error,
        "etm_greenwood_se2": others.standard_error,
        "naive_1_minus_km_cause1": [1 - survival for survival in alone],
    }


def _until_last(
    curve: CumulativeIncidence, times: list[float], values: tuple[float, ...]
) -> list[float | None]:
    """cmprsk gives nothing after the last observation."""
    return [value if time <= curve.time[-1] else None for time, value in zip(times, values, strict=True)]


def subdistribution(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    inputs = case.inputs
    time, status = frame[inputs["time"]].to_numpy(float), frame[inputs["status"]].to_numpy(float)
    x = frame[inputs["vars"]].to_numpy(float)
    kept = ~np.isnan(time) & ~np.isnan(status) & ~np.isnan(x).any(axis=1)
    time, status, x = time[kept], status[kept], x[kept]
    cause = inputs["cause"]
    model = fine_gray(time, status, x, cause=cause)
    low, high = model.hazard_ratio_interval()
    weighted = {
        rule: fine_gray(time, status, x, cause=cause, efron=rule == "efron", censored_last=True).coefficients
        for rule in ("breslow", "efron")
    }
    specific = [cox(time, status == each, x) for each in (1, 2)]
    return {
        "n": model.n,
        "vars": inputs["vars"],
        "beta": model.coefficients,
        "se": model.standard_error,
        "shr": model.subdistribution_hazard_ratio,
        "shr_low": low,
        "shr_high": high,
        "p": model.p_value,
        "loglik": model.log_likelihood,
        "finegray_coxph_breslow_beta": weighted["breslow"],
        "finegray_coxph_efron_beta": weighted["efron"],
        "cause_specific_cox": [{"beta": each.coefficients, "se": each.standard_error} for each in specific],
        "predicted_cif": {
            "profile": inputs["profile"],
            "times": inputs["times"],
            "cif": model.predicted_incidence(inputs["profile"], inputs["times"]),
        },
    }


def robust_subdistribution(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    inputs = case.inputs
    strata = inputs.get("strata")
    model = fine_gray(
        frame[inputs["time"]],
        frame[inputs["status"]],
        frame[inputs["vars"]],
        strata=None if strata is None else frame[strata],
        cluster=frame[inputs["cluster"]],
        efron=inputs["ties"] == "efron",
        censored_last=True,
    )
    return {"n": model.n, "beta": model.coefficients, "se": model.standard_error}


def incidence_limits(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    curve = cumulative_incidence(frame[case.inputs["time"]], frame[case.inputs["status"]], cause=1)
    read = {scale: curve.at(case.inputs["times"], scale=scale) for scale in ("log", "log-log", "plain")}
    return {
        "incidence": read["log"].cumulative_incidence,
        "standard_error": read["log"].standard_error,
        "limits": {
            scale.replace("-", ""): {"low": points.ci_low, "high": points.ci_high}
            for scale, points in read.items()
        },
    }


KINDS = {
    "competing": competing,
    "fine_gray": subdistribution,
    "fine_gray_robust": robust_subdistribution,
    "incidence_limits": incidence_limits,
}
