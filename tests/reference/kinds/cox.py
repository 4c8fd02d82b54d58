"""Cox models: of patients, and of spells of patients with entry times, clusters and weights."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from analytics.statistics.errors import NotEstimable
from analytics.statistics.survival.baseline import baseline_hazard, predicted_survival
from analytics.statistics.survival.concordance import concordance
from analytics.statistics.survival.course import coefficient_course
from analytics.statistics.survival.cox import cox
from analytics.statistics.survival.model import CoxModel, ModelTest
from analytics.statistics.survival.proportional_hazards import proportional_hazards_test
from analytics.statistics.survival.residuals import (
    deviance_residuals,
    dfbeta,
    martingale_residuals,
    schoenfeld_residuals,
)
from tests.reference.formula import Design, design, outcome
from tests.reference.pack import Case, Pack

TRANSFORMS = ("km", "identity", "rank", "log")


@dataclass(frozen=True)
class Columns:
    """Rows with every variable of the formula observed."""

    time: np.ndarray
    event: np.ndarray
    x: np.ndarray
    strata: np.ndarray | None
    names: tuple[str, ...]
    terms: tuple[str, ...]
    before_strata: tuple[str, ...]

    def fit(self, **options: Any) -> CoxModel:
        return cox(self.time, self.event, self.x, strata=self.strata, **options)

    @property
    def term_names(self) -> list[str]:
        return list(dict.fromkeys(self.terms))

    @property
    def places(self) -> list[list[int]]:
        """Columns of each term."""
        return [[k for k, each in enumerate(self.terms) if each == term] for term in self.term_names]

    def columns(self, kept: Sequence[int]) -> "Columns":
        return replace(
            self,
            x=self.x[:, kept],
            names=tuple(self.names[k] for k in kept),
            terms=tuple(self.terms[k] for k in kept),
        )


def patients(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    inputs = case.inputs
    event = outcome(frame, inputs["event"], inputs["event_values"])
    found = design(frame, inputs["formula"], inputs["factors"], intercept=False)
    data = _observed(frame[inputs["time"]].to_numpy(float), event, found)[0]
    # R leaves columns of -1, 0 and 1 as they are.
    means = np.where(np.isin(data.x, (-1, 0, 1)).all(axis=0), 0.0, data.x.mean(axis=0))
    result = {
        "n": data.time.size,
        "events": int(data.event.sum()),
        "times": inputs["times"],
        "fit_means": means,
    }
    if not data.event.any():
        return result | {f"zph_{transform}": NotEstimable("no_events") for transform in TRANSFORMS}
    kept = _estimable(data, inputs["ties"])
    if len(kept) < len(data.names):
        return result | _with_gaps(data.columns(kept).fit(ties=inputs["ties"]), kept, len(data.names))
    model = data.fit(ties=inputs["ties"])
    result |= _estimates(model, data) | _predictions(model, data, means, inputs)
    for transform in TRANSFORMS:
        result[f"zph_{transform}"] = part(lambda t=transform: _zph(model, data, t))
    return result


def spells(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    inputs = case.inputs
    found = design(frame, inputs["formula"], inputs["factors"], intercept=False)
    data, rows = _observed(
        frame[inputs["stop"]].to_numpy(float), frame[inputs["event"]].to_numpy(float), found
    )
    frame = frame[rows]
    model = data.fit(
        ties=inputs["ties"],
        entry=frame[inputs["start"]],
        cluster=frame[inputs["cluster"]] if inputs["cluster"] else None,
        weight=frame[inputs["weight"]] if inputs["weight"] else None,
    )
    schoenfeld = schoenfeld_residuals(model)
    return {
        "n": model.n,
        "events": model.n_events,
        "beta": model.coefficients,
        "se": model.standard_error,
        "naive_se": np.sqrt(np.diag(model.covariance)),
        "loglik": [model.log_likelihood_null, model.log_likelihood],
        "score": model.score_test.statistic,
        "wald": model.wald_test.statistic,
        "martingale_head": martingale_residuals(model)[:5],
        "dfbeta_first_row": dfbeta(model)[0],
        "zph_identity": _zph(model, data, "identity"),
        "zph_km": _zph(model, data, "km"),
        "schoenfeld_first": schoenfeld.residual[0],
        "changing_coefficient_first": schoenfeld.coefficient[0],
    }


def part(compute: Callable[[], Any]) -> Any:
    """A part of a result, or why it is not estimable."""
    try:
        return compute()
    except NotEstimable as refusal:
        return refusal


def _observed(time: np.ndarray, event: np.ndarray, found: Design) -> tuple[Columns, np.ndarray]:
    rows = ~np.isnan(time) & ~np.isnan(event) & found.complete
    strata = None if found.strata is None else found.strata[rows]
    x, named = found.x[rows], (found.names, found.terms, found.before_strata)
    return Columns(time[rows], event[rows], x, strata, *named), rows


def _estimable(data: Columns, ties: str) -> list[int]:
    """The columns that R gives a coefficient: those that the columns before them do not determine."""
    kept = list(range(len(data.names)))
    while True:
        try:
            data.columns(kept).fit(ties=ties)
        except NotEstimable as refusal:
            if refusal.reason not in ("constant", "constant_at_risk", "collinear") or len(kept) == 1:
                raise
            kept.pop(int(str(refusal.details["column"])))
        else:
            return kept


def _with_gaps(model: CoxModel, kept: list[int], n_columns: int) -> dict[str, Any]:
    """What is known when some columns have no coefficient."""
    low, high = model.hazard_ratio_interval()

    def spread(values: np.ndarray) -> list[float | None]:
        return [float(values[kept.index(k)]) if k in kept else None for k in range(n_columns)]

    return {
        "beta": spread(model.coefficients),
        "z": spread(model.z),
        "p": spread(model.p_value),
        "hr": spread(model.hazard_ratio),
        "hr_low": spread(low),
        "hr_high": spread(high),
        "loglik": [model.log_likelihood_null, model.log_likelihood],
        "lr": _model_test(model.likelihood_ratio_test),
    }


def _estimates(model: CoxModel, data: Columns) -> dict[str, Any]:
    low, high = model.hazard_ratio_interval()
    each_its_own = np.arange(model.n)
    return {
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
        "aic": model.aic,
        "lrt_by_term": _lrt_by_term(model, data),
        "robust_se": part(lambda: data.fit(ties=model.ties, cluster=each_its_own).standard_error),
        "vif_rms": model.variance_inflation() if len(data.names) > 1 else None,
        "martingale_head": martingale_residuals(model)[:5],
        "deviance_resid_head": deviance_residuals(model)[:5],
        "dfbeta_first_row": part(lambda: dfbeta(model)[0]),
    }


def _predictions(
    model: CoxModel, data: Columns, means: np.ndarray, inputs: Mapping[str, Any]
) -> dict[str, Any]:
    score = model.linear_predictor
    ranked = concordance(data.time, data.event, score, strata=data.strata)
    uno = concordance(data.time, data.event, score, strata=data.strata, method="uno", horizon=inputs["tau"])
    result: dict[str, Any] = {
        "concordance": ranked.estimate,
        "concordance_se": ranked.standard_error,
        "uno_c_n_over_G2": {"C": uno.estimate, "se": uno.standard_error},
    }
    if data.strata is not None:
        # R centres within strata, and gives no single baseline.
        centre = pd.Series(score).groupby(data.strata).transform("mean").to_numpy()
        return result | {"lp_centred_head": (score - centre)[:5]}
    predicted = predicted_survival(model, means, inputs["times"])
    return result | {
        "lp_centred_head": (score - (means - model.means) @ model.coefficients)[:5],
        "baseline_cumhaz_uncentred_first_stratum": baseline_hazard(model, inputs["times"]),
        "surv_at_fit_means": {
            "surv": predicted.survival,
            "ci_log_low": predicted.ci_low,
            "ci_log_high": predicted.ci_high,
        },
    }


def _model_test(test: ModelTest) -> dict[str, Any]:
    return {"chisq": test.statistic, "df": test.df, "p": test.p_value}


def _lrt_by_term(model: CoxModel, data: Columns) -> dict[str, Any]:
    # As drop1: a main effect stays while an interaction holds it.
    parts = [set(term.split(":")) for term in data.term_names]
    free = [k for k, own in enumerate(parts) if not any(own < other for other in parts)]
    tests = [model.without(data.places[k]) for k in free]
    chisq, p = [test.statistic for test in tests], [test.p_value for test in tests]
    if data.strata is None:
        return {"chisq": chisq, "p": p}
    pooled = cox(data.time, data.event, data.x, ties=model.ties)
    place = sum(data.term_names[k] in data.before_strata for k in free)
    chisq.insert(place, 2 * (model.log_likelihood - pooled.log_likelihood))
    p.insert(place, None)
    return {"chisq": chisq, "p": p}


def _zph(model: CoxModel, data: Columns, transform: Any) -> dict[str, Any]:
    test = proportional_hazards_test(model, terms=data.places, transform=transform)
    tests = [*test.terms, test.overall]
    return {
        "chisq": [each.statistic for each in tests],
        "df": [each.df for each in tests],
        "p": [each.p_value for each in tests],
    }


def course(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    inputs = case.inputs
    model = cox(frame[inputs["time"]], frame[inputs["event"]], frame[inputs["covariates"]].to_numpy(float))
    found = coefficient_course(model, inputs["times"])
    return {"coefficient": found.coefficient, "low": found.ci_low, "high": found.ci_high}


KINDS = {"coefficient_course": course, "cox": patients, "cox_spells": spells}
