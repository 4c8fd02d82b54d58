"""Logistic models: maximum likelihood, with a spline, and penalised."""

import re
from typing import Any

import numpy as np
import pandas as pd

from analytics.statistics import NotEstimable, firth, logistic, splines
from analytics.statistics.bends import bend
from analytics.statistics.design import INTERCEPT, Design, design_matrix
from analytics.statistics.errors import attempt
from analytics.statistics.logistic.inference import testable
from analytics.statistics.roc import roc_curve
from tests.reference import formula
from tests.reference.pack import NOT_OFFERED, Case, Pack

# R has two profile intervals. Where they differ by more than this share of their distance from the estimate,
# the refits behind the pack's root finding diverged (they start, without step halving, at the other
# coefficients' old values), and only the interpolated one is compared.
_R_PROFILES_AGREE = 0.01

# R's interpolation errs by a few parts in 10,000 of that distance: beyond so many log odds that is more than
# the tolerance which the pack states for it.
_R_INTERPOLATES_WITHIN = 5.0


def fit_logistic(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    design, outcome = modelled(frame, case.inputs)
    model = logistic.fit(design, outcome)
    if case.tolerance["default"]["rel"] == "Inf":
        model.require_finite()
    result = _likelihood(model) | _tests(model) | _adequacy(model) | _coefficients(model)
    return result if model.separated else result | _of_finite_models(case, model)


def modelled(frame: pd.DataFrame, inputs: Any) -> tuple[Design, np.ndarray]:
    """Design and outcome of a case's complete rows."""
    found = formula.design(frame, inputs["formula"], inputs.get("factors", ()))
    outcome = formula.outcome(frame, inputs["outcome"], inputs["positive"])
    complete = found.complete & ~np.isnan(outcome)
    variables = tuple(dict.fromkeys(term for term in found.terms if term != INTERCEPT))
    assign = tuple(-1 if term == INTERCEPT else variables.index(term) for term in found.terms)
    names = tuple(_as_r_prints(name) for name in found.names)
    variables = tuple(_as_r_prints(name) for name in variables)
    return Design(found.x[complete], names, variables, assign), outcome[complete]


def _as_r_prints(name: str) -> str:
    """R writes a number of a formula back in its shorter form: 1e9 as 1e+09."""
    return re.sub(r"(?<=\d)e(\d+)", lambda power: f"e+{power[1]:0>2}", name)


def _likelihood(model: logistic.LogisticFit) -> dict[str, Any]:
    aic, bic = logistic.information_criteria(model)
    explained = logistic.explained_variation(model)
    overall = logistic.joint_test(model, model.terms[1:])
    return {
        "n": model.n,
        "events": model.n_events,
        "terms": model.design.terms,
        "aliased": model.aliased,
        "converged": True,
        "deviance": model.deviance,
        "null_deviance": model.null_deviance,
        "loglik": model.log_likelihood,
        "aic": aic,
        "bic": bic,
        "lr_chisq": overall.statistic,
        "lr_df": overall.df,
        "lr_p": overall.p_value,
        "r2_mcfadden": explained.mcfadden,
        "r2_coxsnell": explained.cox_snell,
        "r2_nagelkerke": explained.nagelkerke,
        "r2_tjur": explained.tjur,
        "brier": logistic.brier_score(model),
        "auc": roc_curve(model.outcome, model.probabilities, direction="<").auc,
        "fitted_head": model.probabilities[:5],
        "epv": attempt(logistic.events_per_variable, model),
        "vanhouwelingen_shrinkage": attempt(logistic.shrinkage, model),
    }


def _tests(model: logistic.LogisticFit) -> dict[str, Any]:
    tests = {variable: _without(model, variable) for variable in testable(model.design)}
    return {
        "lrt_by_term": {
            "term": list(tests),
            "df": [test.df for test in tests.values()],
            "chisq": [test.statistic for test in tests.values()],
            "p": [test.p_value for test in tests.values()],
        }
    }


def _without(model: logistic.LogisticFit, variable: str) -> logistic.LikelihoodRatio:
    """In R's drop1 an aliased column takes the place of the one that is left out."""
    if model.aliased:
        return logistic.compare(model, logistic.fit(model.design.without([variable]), model.outcome))
    return logistic.joint_test(model, [model.terms[k] for k in model.design.columns_of(variable)])


def _adequacy(model: logistic.LogisticFit) -> dict[str, Any]:
    result: dict[str, Any] = {}
    if not model.aliased:
        result["condition_number_scaled"] = logistic.condition_number(model.design)
    try:
        inflation = logistic.variance_inflation(model.design)
        result["vif_ols_design"] = {"column": list(inflation), "vif": list(inflation.values())}
    except NotEstimable as refusal:
        # R divides rounding by rounding for a constant column; a single column has no factor.
        if refusal.reason != "constant":
            result["vif_ols_design"] = refusal
    return result | {"hosmer_lemeshow_g10": _hosmer_lemeshow(model)}


def _hosmer_lemeshow(model: logistic.LogisticFit) -> dict[str, Any]:
    test = attempt(logistic.hosmer_lemeshow, model.outcome, model.probabilities)
    if isinstance(test, NotEstimable):
        return {"chisq": test, "p": test}
    result = {"chisq": test.statistic, "df": test.groups - 2, "groups": test.groups}
    # Without degrees of freedom R's p is 0 or NaN; ours is refused.
    return result if test.p_value is None else result | {"p": test.p_value}


def _generalised(model: logistic.LogisticFit) -> dict[str, Any]:
    inflation = logistic.generalised_inflation(model)
    if all(factor.df == 1 for factor in inflation.values()):
        return {"term": list(inflation), "vif": [factor.gvif for factor in inflation.values()]}
    return {
        "term": list(inflation),
        "gvif": [factor.gvif for factor in inflation.values()],
        "df": [factor.df for factor in inflation.values()],
        "gvif_scaled": [factor.scaled for factor in inflation.values()],
    }


def _coefficients(model: logistic.LogisticFit) -> dict[str, Any]:
    finite = [k for k, term in enumerate(model.terms) if term not in model.infinite]
    place = {model.terms[k]: position for position, k in enumerate(finite)}

    def listed(values: np.ndarray, terms: tuple[str, ...]) -> list[Any]:
        # R has NA for an aliased term, and its stopping point for one without a finite estimate.
        absent = [None if term in model.aliased else NOT_OFFERED for term in terms]
        return [
            values[place[term]] if term in place else gap for term, gap in zip(terms, absent, strict=True)
        ]

    coefficients, errors = model.coefficients[finite], model.standard_errors[finite]
    wald = logistic.wald(coefficients, errors)
    result = {
        "beta": listed(coefficients, model.design.terms),
        "or": listed(wald.odds_ratio, model.design.terms),
    }
    # With an aliased term the pack keeps R's errors from one step before the optimum: not R's best answer.
    if not model.aliased:
        covariance = model.covariance[np.ix_(finite, finite)]
        rows = iter(covariance)
        result |= {
            "se": listed(errors, model.terms),
            "z": listed(wald.statistic, model.terms),
            "p": listed(wald.p_value, model.terms),
            "or_wald_low": listed(wald.odds_ratio_low, model.terms),
            "or_wald_high": listed(wald.odds_ratio_high, model.terms),
            "vcov": [
                listed(next(rows), model.terms) if term in place else NOT_OFFERED for term in model.terms
            ],
        }
    return result


def _of_finite_models(case: Case, model: logistic.LogisticFit) -> dict[str, Any]:
    result: dict[str, Any] = {
        "max_abs_eta": np.abs(model.linear_predictor).max(),
        "vif_car_glm": attempt(_generalised, model),
    }
    if not model.aliased:
        result["se_hc0"] = np.sqrt(np.diagonal(logistic.robust_covariance(model)))
    if case.inputs["profile"]:
        result |= _profile(case, model)
    return result


def _profile(case: Case, model: logistic.LogisticFit) -> dict[str, Any]:
    exact, interpolated = case.expected["profile_exact"], case.expected["profile_r_confint"]
    if "low" not in exact or "low" not in interpolated:
        return {}
    limits = {term: np.exp(logistic.profile_interval(model, term)) for term in model.terms}
    estimates = dict(zip(model.terms, model.coefficients, strict=True))
    result: dict[str, Any] = {"profile_exact": {}, "profile_r_confint": {}}
    for side, name in enumerate(("low", "high")):
        of_terms = dict(zip(model.design.terms, interpolated[name], strict=True))
        result["profile_r_confint"][name] = [
            _near(limits[term][side], estimates[term]) if term in limits else None
            for term in model.design.terms
        ]
        result["profile_exact"][name] = [
            limits[term][side] if _agree(value, of_terms[term], estimates[term]) else NOT_OFFERED
            for term, value in zip(model.terms, exact[name], strict=True)
        ]
    return result


def _near(limit: float, estimate: float) -> Any:
    return limit if abs(np.log(limit) - estimate) <= _R_INTERPOLATES_WITHIN else NOT_OFFERED


def _agree(exact: float | None, interpolated: float | None, estimate: float) -> bool:
    if exact is None or interpolated is None:
        return False
    distance = abs(np.log(interpolated) - estimate)
    return bool(abs(np.log(exact / interpolated)) <= _R_PROFILES_AGREE * distance)


def fit_firth(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    design, outcome = modelled(frame, case.inputs)
    model = firth.fit(design, outcome)
    intervals = [model.profile_interval(term) for term in model.terms]
    tests = [model.likelihood_ratio_test(term) for term in model.terms]
    unpenalised = attempt(logistic.fit, design, outcome)
    is_finite = not isinstance(unpenalised, NotEstimable) and not unpenalised.separated
    return {
        "n": model.n,
        "events": model.n_events,
        "terms": model.terms,
        "beta": model.coefficients,
        "or": np.exp(model.coefficients),
        "se": model.standard_errors,
        "se_logistf_augmented": model.augmented_errors(),
        "ci_pl_low": [low for low, _ in intervals],
        "ci_pl_high": [high for _, high in intervals],
        "plr_chisq": [test.statistic for test in tests],
        "plr_p": [test.p_value for test in tests],
        "loglik_penalised": model.penalised_log_likelihood,
        "brglm2_beta": model.coefficients,
        "brglm2_se": model.standard_errors,
        "mean_fitted": model.probabilities.mean(),
        # Where it has no finite optimum, R's flag and figures are those of the step at which it stopped.
        "ml_fit_of_the_same_model": {"converged": True} if is_finite else NOT_OFFERED,
    }


def fit_spline(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    adjust, x = case.inputs["adjust"], case.inputs["x"]
    design, outcome = modelled(frame, {"formula": ".y ~ " + " + ".join([*adjust, x]), **case.inputs})
    values = design.matrix[:, -1]
    knots = splines.place_knots(values, case.inputs["probs"])
    model = logistic.fit(bend(design, x, knots), outcome)
    linear, smallest = logistic.fit(design, outcome), logistic.fit(design.without([x]), outcome)
    return {
        "n": model.n,
        "knots": knots,
        "basis_first5": list(splines.restricted_cubic(values[:5], knots)),
        "beta": model.coefficients,
        "se": model.standard_errors,
        "deviance_spline": model.deviance,
        "deviance_linear": linear.deviance,
        "nonlinearity": _test(logistic.compare(model, linear)),
        "overall": _test(logistic.compare(model, smallest)),
    }


def _test(test: logistic.LikelihoodRatio) -> dict[str, Any]:
    return {"chisq": test.statistic, "df": test.df, "p": test.p_value}


def fit_clustered(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    design = design_matrix({name: frame[name].to_numpy() for name in case.inputs["vars"]})
    model = logistic.fit(design, frame[case.inputs["y"]])
    covariance = logistic.robust_covariance(model, clusters=frame[case.inputs["site"]])
    return {"beta": model.coefficients, "se": np.sqrt(np.diagonal(covariance))}


KINDS = {
    "clustered_logistic": fit_clustered,
    "logistic": fit_logistic,
    "logistic_rcs": fit_spline,
    "firth": fit_firth,
}
