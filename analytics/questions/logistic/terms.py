"""The terms of a fitted model: coefficients per unit, odds ratios per unit and per the step that is shown."""

from collections.abc import Collection
from math import prod
from typing import Any

import numpy as np

from analytics.plan import Variables
from analytics.questions.answer import Reason
from analytics.questions.columns import Columns, Floats
from analytics.questions.logistic.fitting import Fit
from analytics.questions.logistic.likelihood import variable_tests
from analytics.statistics import NotEstimable
from analytics.statistics.errors import attempt
from analytics.statistics.firth import FirthFit
from analytics.statistics.logistic import profile_interval, standardised_coefficients, wald

Term = dict[str, Any]
Interval = tuple[float | None, float | None]

NUMBERS = (
    "coefficient",
    "coefficient_ci",
    "standard_error",
    "odds_ratio",
    "ci_low",
    "ci_high",
    "statistic",
    "p_value",
    "scaled",
    "profile_ci",
    "likelihood_ratio",
    "standardised",
    "robust",
)


def terms_of(
    model: Fit, columns: Columns, variables: Variables, bent: Collection[str], robust: Floats | None
) -> list[Term]:
    """Every term: by maximum likelihood with Wald's interval and P, penalised with those of the profile.

    The profile interval, the likelihood-ratio test of the term's variable, the coefficient per standard
    deviation and, where patients are clustered, the robust interval stand beside.
    """
    found, tests = wald(model.coefficients, model.standard_errors), variable_tests(model)
    standardised = standardised_coefficients(model)
    terms = []
    for k, (term, owner) in enumerate(zip(model.terms, model.estimable.owners, strict=True)):
        per, described = _measured(owner, term, columns, variables)
        coefficient, profile = float(model.coefficients[k]), _profile(model, term)
        if isinstance(model, FirthFit):
            shown, statistic = profile, None
            p_value = model.likelihood_ratio_test(term).p_value
        else:
            shown = (float(found.ci_low[k]), float(found.ci_high[k]))
            statistic, p_value = found.statistic[k], found.p_value[k]
        terms.append(
            {
                "term": term,
                "variable": owner,
                **described,
                "is_bent": owner in bent,
                "coefficient": coefficient,
                "coefficient_ci": shown,
                "standard_error": model.standard_errors[k],
                **_odds_ratio(coefficient, shown, 1.0),
                "statistic": statistic,
                "p_value": p_value,
                "scaled": {
                    **_odds_ratio(coefficient, shown, per),
                    "profile_low": _ratio(profile[0], per),
                    "profile_high": _ratio(profile[1], per),
                },
                "profile_ci": profile,
                "likelihood_ratio": tests.get(owner),
                "standardised": standardised.get(term),
                "robust": None if robust is None else _robust(coefficient, float(robust[k]), per),
                "reason": None,
            }
        )
    return terms


def without_numbers(terms: list[Term], blocked: Collection[str], reason: Reason) -> list[Term]:
    """The terms of the blocked variables, their products included, with the reason in place of numbers."""
    return [
        {**term, **dict.fromkeys(NUMBERS), "reason": reason}
        if set(term["variable"].split(":")) & set(blocked)
        else term
        for term in terms
    ]


def _measured(owner: str, term: str, columns: Columns, variables: Variables) -> tuple[float, Term]:
    """What the odds ratio of a term is for; a product is for the steps of its parts together."""
    if ":" in owner:
        parts = [
            _measured(part, level, columns, variables)
            for part, level in zip(owner.split(":"), term.split(":"), strict=True)
        ]
        named = [
            {"variable": part, **described}
            for part, (_per, described) in zip(owner.split(":"), parts, strict=True)
        ]
        whole = {"level": None, "reference": None, "per": None, "parts": named}
        return prod(per for per, _described in parts), whole
    per = float(variables.get(owner, {}).get("per", 1))
    return per, {**columns.measured(owner, term, per), "parts": []}


def _profile(model: Fit, term: str) -> Interval:
    """The limits of the profile likelihood, None where it has none."""
    if isinstance(model, FirthFit):
        found = attempt(model.profile_interval, term)
    else:
        found = attempt(profile_interval, model, term)
    return (None, None) if isinstance(found, NotEstimable) else found


def _odds_ratio(coefficient: float, limits: Interval, per: float) -> dict[str, float | None]:
    return {
        "odds_ratio": _ratio(coefficient, per),
        "ci_low": _ratio(limits[0], per),
        "ci_high": _ratio(limits[1], per),
    }


def _ratio(log_odds_ratio: float | None, per: float) -> float | None:
    if log_odds_ratio is None:
        return None
    with np.errstate(over="ignore"):
        return float(np.exp(log_odds_ratio * per))


def _robust(coefficient: float, error: float, per: float) -> dict[str, float | None]:
    """Wald's interval and P with the error between clusters."""
    found = wald(np.array([coefficient]), np.array([error]))
    return {
        "standard_error": error,
        "ci_low": _ratio(float(found.ci_low[0]), per),
        "ci_high": _ratio(float(found.ci_high[0]), per),
        "p_value": float(found.p_value[0]),
    }
