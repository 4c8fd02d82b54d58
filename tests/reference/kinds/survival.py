"""Kaplan-Meier, log-rank, incidence rates and time-dependent AUC."""

from typing import Any

import numpy as np
import pandas as pd

from analytics.statistics.errors import NotEstimable, attempt
from analytics.statistics.survival.concordance import concordance
from analytics.statistics.survival.kaplan_meier import SurvivalCurve, follow_up_curve, kaplan_meier
from analytics.statistics.survival.logrank import LogRankTest, logrank_test
from analytics.statistics.survival.rates import incidence_rate, rate_ratio
from analytics.statistics.survival.time_dependent_roc import time_dependent_roc
from tests.reference.formula import outcome
from tests.reference.pack import NOT_OFFERED, Case, Pack, labels


def km(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    inputs = case.inputs
    time = frame[inputs["time"]].to_numpy(float)
    event = outcome(frame, inputs["event"], inputs["event_values"])
    kept = ~np.isnan(time) & ~np.isnan(event)
    group = np.full(len(frame), "all", dtype=object)
    groups = ["all"]
    if inputs["group"]:
        group, groups = labels(frame[inputs["group"]]), inputs["groups"]
        kept &= np.isin(group, groups)
    time, event, group, frame = time[kept], event[kept], group[kept], frame[kept]

    def compare(**options: Any) -> LogRankTest | None:
        return logrank_test(time, event, group, groups=groups, **options) if len(groups) > 1 else None

    stratified = None
    if inputs["strata"] and len(groups) > 1:
        stratum = labels(frame[inputs["strata"]])
        in_one = np.array([label is not None for label in stratum])
        stratified = logrank_test(
            time[in_one], event[in_one], group[in_one], groups=groups, strata=stratum[in_one]
        )
    return {
        "strata": {
            name: _curve(kaplan_meier(time[group == name], event[group == name]), inputs) for name in groups
        },
        "reverse_km_median_followup": follow_up_curve(time, event).quantile(0.5).time,
        "logrank": _test(compare()),
        "peto_rho1": _test(compare(rho=1.0)),
        "stratified_logrank": stratified and {"chisq": stratified.statistic, "p": stratified.p_value},
    }


def _curve(curve: SurvivalCurve, inputs: Any) -> dict[str, Any]:
    table = curve.at_event_times()
    at = {scale: curve.at(inputs["times"], scale=scale) for scale in ("log", "log-log", "plain")}
    mean = curve.restricted_mean(inputs["tau"])
    return {
        "n": curve.n,
        "events": curve.n_events,
        "table": {
            "time": table.time,
            "n_risk": table.n_risk,
            "n_event": curve.n_event[curve.n_event > 0],
            "surv": table.survival,
            "se": table.standard_error,
        }
        if inputs["table"]
        else None,
        "quantiles_log": _quantiles(curve, "log"),
        "quantiles_loglog": _quantiles(curve, "log-log"),
        "times": at["log"].time,
        "surv": at["log"].survival,
        "se": at["log"].standard_error,
        "n_risk": at["log"].n_risk,
        "ci_log_low": at["log"].ci_low,
        "ci_log_high": at["log"].ci_high,
        "ci_loglog_low": at["log-log"].ci_low,
        "ci_loglog_high": at["log-log"].ci_high,
        "ci_plain_low": at["plain"].ci_low,
        "ci_plain_high": at["plain"].ci_high,
        "cumhaz_nelson_aalen": at["log"].cumulative_hazard,
        "cumhaz_se": at["log"].cumulative_hazard_standard_error,
        "rmst_tau": mean.horizon,
        "rmst": mean.mean,
        "rmst_se": mean.standard_error,
    }


def _quantiles(curve: SurvivalCurve, scale: Any) -> dict[str, Any]:
    found = [curve.quantile(share, scale=scale) for share in (0.25, 0.5, 0.75)]
    return {
        "q": [each.time for each in found],
        "low": [each.ci_low for each in found],
        "high": [each.ci_high for each in found],
    }


def _test(test: LogRankTest | None) -> dict[str, Any] | None:
    return test and {
        "chisq": test.statistic,
        "df": test.df,
        "p": test.p_value,
        "observed": test.observed,
        "expected": test.expected,
        "var": test.variance,
    }


def td_auc(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    inputs = case.inputs
    time, status = frame[inputs["time"]].to_numpy(float), frame[inputs["status"]].to_numpy(float)
    marker = inputs["sign"] * frame[inputs["marker"]].to_numpy(float)
    kept = ~np.isnan(time) & ~np.isnan(status) & ~np.isnan(marker)
    time, status, marker = time[kept], status[kept], marker[kept]
    curves = [attempt(time_dependent_roc, time, status, marker, horizon) for horizon in inputs["times"]]
    survivors = [
        attempt(time_dependent_roc, time, status, marker, horizon, controls="survivors")
        for horizon in inputs["times"]
    ]
    event_free = [_of(curve, "auc") for curve in curves]
    alone = not (status == 2).any()
    return {
        "n": int(kept.sum()),
        "times": inputs["times"],
        "score_auc": event_free,
        "score_se": [_of(curve, "standard_error") for curve in curves],
        "auc_survivors_as_controls": [_of(curve, "auc") for curve in survivors],
        "auc_nonevent_as_controls": event_free,
        "G_t": [_known(curve, "uncensored") for curve in curves],
        "n_cases": [_known(curve, "n_cases") for curve in curves],
        "n_survivors": [_known(curve, "n_survivors") for curve in curves],
        "n_competing": [_known(curve, "n_competing") for curve in curves],
        "n_censored": [_known(curve, "n_censored") for curve in curves],
        "harrell_c": concordance(time, status, marker).estimate if alone else None,
    }


def _of(found: Any, field: str) -> Any:
    return found if isinstance(found, NotEstimable) else getattr(found, field)


def _known(found: Any, field: str) -> Any:
    """A count beside the estimate, which is not offered where the estimate is refused."""
    return NOT_OFFERED if isinstance(found, NotEstimable) else getattr(found, field)


def incidence_rates(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    group = labels(frame[case.inputs["group"]])
    time, event = (frame["stop"] - frame["start"]).to_numpy(float), frame["event"].to_numpy(float)
    rates = {
        name: incidence_rate(time[group == name], event[group == name]) for name in case.inputs["groups"]
    }
    ratio = rate_ratio(*rates.values())
    return {
        "rates": {
            name: {
                "events": rate.n_events,
                "time": rate.time_at_risk,
                "rate": rate.rate,
                "low": rate.ci_low,
                "high": rate.ci_high,
            }
            for name, rate in rates.items()
        },
        "ratio": ratio.ratio,
        "low": ratio.ci_low,
        "high": ratio.ci_high,
        "p": ratio.p_value,
    }


KINDS = {"km": km, "td_auc": td_auc, "incidence_rates": incidence_rates}
