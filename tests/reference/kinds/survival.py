"""Kaplan-Meier, log-rank, Cox and time-dependent AUC."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from analytics.statistics.errors import NotEstimable
from analytics.statistics.survival.baseline import baseline_hazard, predicted_survival
from analytics.statistics.survival.concordance import concordance
from analytics.statistics.survival.cox import CoxModel, ModelTest, cox
from analytics.statistics.survival.kaplan_meier import SurvivalCurve, follow_up_curve, kaplan_meier
from analytics.statistics.survival.logrank import LogRankTest, logrank_test
from analytics.statistics.survival.proportional_hazards import proportional_hazards_test
from analytics.statistics.survival.residuals import deviance_residuals, dfbeta, martingale_residuals
from analytics.statistics.survival.time_dependent_roc import time_dependent_roc
from tests.reference.formula import Design, design, outcome
from tests.reference.pack import Case, Pack, labels


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

    stratified = compare(strata=labels(frame[inputs["strata"]])) if inputs["strata"] else None
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


def cox_model(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    inputs = case.inputs
    time = frame[inputs["time"]].to_numpy(float)
    event = outcome(frame, inputs["event"], inputs["event_values"])
    columns = design(frame, inputs["formula"], inputs["factors"], intercept=False)
    kept = ~np.isnan(time) & ~np.isnan(event) & columns.complete
    time, event, x = time[kept], event[kept], columns.x[kept]
    strata = None if columns.strata is None else columns.strata[kept]
    result: dict[str, Any] = {
        "n": int(kept.sum()),
        "events": int(event.sum()),
        "terms": columns.names,
        "times": inputs["times"],
        "fit_means": np.where(_uncentred(x, inputs["ties"]), 0.0, x.mean(axis=0)),
    }
    zph = {f"zph_{transform}": NotEstimable("no_events") for transform in ("km", "identity", "rank", "log")}
    if not event.any():
        return result | zph
    model = cox(time, event, x, strata=strata, ties=inputs["ties"])
    return result | _fitted(model, columns, time, event, strata, inputs, result["fit_means"])


def _uncentred(x: np.ndarray, ties: str) -> np.ndarray:
    """R leaves columns of -1, 0 and 1 as they are, except under exact ties."""
    return np.isin(x, (-1, 0, 1)).all(axis=0) & (ties != "exact")


def _fitted(
    model: CoxModel,
    columns: Design,
    time: np.ndarray,
    event: np.ndarray,
    strata: np.ndarray | None,
    inputs: Any,
    means: np.ndarray,
) -> dict[str, Any]:
    terms = list(dict.fromkeys(columns.terms))
    places = [[k for k, each in enumerate(columns.terms) if each == term] for term in terms]
    low, high = model.hazard_ratio_interval()
    ranked = concordance(time, event, model.linear_predictor, strata=strata)
    uno = concordance(time, event, model.linear_predictor, strata=strata, method="uno", horizon=inputs["tau"])
    centred = np.zeros(model.n) if strata is None else _stratum_means(model.linear_predictor, strata)
    reference = (means - model.means) @ model.coefficients if strata is None else centred
    result = {
        "beta": model.coefficients,
        "se": model.standard_error,
        "z": model.z,
        "p": model.p_value,
        "hr": model.hazard_ratio,
        "hr_low": low,
        "hr_high": high,
        "vcov": model.covariance,
        "loglik": [model.log_likelihood_null, model.log_likelihood],
        "lr": _model_test(model.likelihood_ratio_test),
        "wald": _model_test(model.wald_test),
        "score": _model_test(model.score_test),
        "concordance": ranked.estimate,
        "concordance_se": ranked.standard_error,
        "aic": model.aic,
        "lrt_by_term": _lrt_by_term(model, terms, places, time, event, strata),
        "robust_se": part(lambda: _robust_standard_error(model, time, event, strata)),
        "vif_rms": model.variance_inflation if len(columns.names) > 1 else None,
        "martingale_head": martingale_residuals(model)[:5],
        "deviance_resid_head": deviance_residuals(model)[:5],
        "dfbeta_first_row": part(lambda: dfbeta(model)[0]),
        "lp_centred_head": (model.linear_predictor - reference)[:5],
        "uno_c_n_over_G2": {"C": uno.estimate, "se": uno.standard_error},
    }
    for transform in ("km", "identity", "rank", "log"):
        result[f"zph_{transform}"] = part(lambda t=transform: _zph(model, [*terms, "GLOBAL"], places, t))
    if strata is None:
        predicted = predicted_survival(model, means, inputs["times"])
        result["baseline_cumhaz_uncentred_first_stratum"] = baseline_hazard(model, inputs["times"])
        result["surv_at_fit_means"] = {
            "surv": predicted.survival,
            "ci_log_low": predicted.ci_low,
            "ci_log_high": predicted.ci_high,
        }
    return result


def part(compute: Callable[[], Any]) -> Any:
    """A part of a result, or why it is not estimable."""
    try:
        return compute()
    except NotEstimable as refusal:
        return refusal


def _stratum_means(predictor: np.ndarray, strata: np.ndarray) -> np.ndarray:
    return pd.Series(predictor).groupby(strata).transform("mean").to_numpy()


def _model_test(test: ModelTest) -> dict[str, Any]:
    return {"chisq": test.statistic, "df": test.df, "p": test.p_value}


def _robust_standard_error(
    model: CoxModel, time: np.ndarray, event: np.ndarray, strata: np.ndarray | None
) -> np.ndarray:
    each_its_own = np.arange(model.n)
    x = model.risk_sets.design
    return cox(time, event, x, strata=strata, cluster=each_its_own, ties=model.ties).standard_error


def _lrt_by_term(
    model: CoxModel,
    terms: list[str],
    places: list[list[int]],
    time: np.ndarray,
    event: np.ndarray,
    strata: np.ndarray | None,
) -> dict[str, Any]:
    tests = [model.without(columns) for columns in places]
    chisq, p = [test.statistic for test in tests], [test.p_value for test in tests]
    if strata is None:
        return {"chisq": chisq, "p": p}
    pooled = cox(time, event, model.risk_sets.design, ties=model.ties)
    return {"chisq": [*chisq, 2 * (model.log_likelihood - pooled.log_likelihood)], "p": [*p, None]}


def _zph(model: CoxModel, names: list[str], places: list[list[int]], transform: Any) -> dict[str, Any]:
    test = proportional_hazards_test(model, terms=places, transform=transform)
    tests = [*test.terms, test.overall]
    return {
        "term": names,
        "chisq": [each.statistic for each in tests],
        "df": [each.df for each in tests],
        "p": [each.p_value for each in tests],
    }


def td_auc(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    inputs = case.inputs
    time, status = frame[inputs["time"]].to_numpy(float), frame[inputs["status"]].to_numpy(float)
    marker = inputs["sign"] * frame[inputs["marker"]].to_numpy(float)
    kept = ~np.isnan(time) & ~np.isnan(status) & ~np.isnan(marker)
    time, status, marker = time[kept], status[kept], marker[kept]
    curves = [time_dependent_roc(time, status, marker, horizon) for horizon in inputs["times"]]
    survivors = [
        time_dependent_roc(time, status, marker, horizon, controls="survivors") for horizon in inputs["times"]
    ]
    event_free = [curve.auc for curve in curves]
    alone = not (status == 2).any()
    return {
        "n": int(kept.sum()),
        "times": inputs["times"],
        "score_auc": event_free,
        "score_se": [curve.standard_error for curve in curves],
        "auc_survivors_as_controls": [curve.auc for curve in survivors],
        "auc_nonevent_as_controls": event_free,
        "G_t": [curve.uncensored for curve in curves],
        "n_cases": [curve.n_cases for curve in curves],
        "n_survivors": [curve.n_survivors for curve in curves],
        "n_competing": [curve.n_competing for curve in curves],
        "n_censored": [curve.n_censored for curve in curves],
        "harrell_c": concordance(time, status, marker).estimate if alone else None,
    }


KINDS = {"km": km, "cox": cox_model, "td_auc": td_auc}
