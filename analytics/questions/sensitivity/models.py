"""One logistic model of complete patients, and one pooled over imputed tables."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.figures.words import gettext_noop
from analytics.plan import EVENTS_NEEDED, Definition
from analytics.questions.adequacy import overlap, require_unblocked
from analytics.questions.answer import why_not
from analytics.questions.columns import Columns, Floats
from analytics.questions.events import require_events
from analytics.questions.logistic.fitting import Fit, Fitted, fit_as_asked, named
from analytics.questions.sensitivity.tables import Table, coded, entered
from analytics.statistics import NotEstimable
from analytics.statistics.design import design_matrix
from analytics.statistics.firth import FirthFit
from analytics.statistics.missing import Imputed, pool

TITLES = {"complete": gettext_noop("Complete patients"), "imputed": gettext_noop("Multiple imputation")}


def complete_model(definition: Definition, columns: Columns, rows: NDArray[np.bool_]) -> dict[str, Any]:
    """The model in the patients who lack nothing."""
    codes = definition["covariates"]
    try:
        table = {code: coded(code, columns)[rows] for code in (definition["outcome"], *codes)}
        occurred = table[definition["outcome"]] == 1
        if min(occurred.sum(), (~occurred).sum()) < EVENTS_NEEDED:
            # How many there are would tell how many of the patients are incomplete.
            raise NotEstimable("too_few_complete", needed=EVENTS_NEEDED)
        fitted = _fitted(table, definition, columns)
        numbers = _numbers(fitted.model)
    except NotEstimable as refusal:
        return _model("complete", definition, why_not(refusal))
    return _model("complete", definition) | named(fitted) | {"terms": _terms(fitted.model, numbers, columns)}


def imputed_model(
    definition: Definition,
    columns: Columns,
    known: NDArray[np.bool_],
    completed: Imputed | NotEstimable,
) -> dict[str, Any]:
    """The model in each completed table, pooled by Rubin's rules."""
    try:
        require_events(columns.numbers(definition["outcome"])[known] == 1)
        if isinstance(completed, NotEstimable):
            raise completed
        fits = [_fitted(table, definition, columns) for table in completed.tables]
        penalised = next((each for each in fits if isinstance(each.model, FirthFit)), None)
        if penalised is not None:
            # What is pooled is estimated alike in every table.
            fits = [_fitted(table, definition | {"method": "firth"}, columns) for table in completed.tables]
        models: list[Fit] = [each.model for each in fits]
        if len({model.terms for model in models}) > 1:
            raise NotEstimable("aliased")
        found = pool(
            [model.coefficients for model in models],
            [model.standard_errors for model in models],
            df_complete=models[0].n - len(models[0].terms),
        )
    except NotEstimable as refusal:
        return _model("imputed", definition, why_not(refusal))
    numbers = {
        "coefficient": found.estimate,
        "standard_error": found.standard_error,
        "ci_low": found.ci_low,
        "ci_high": found.ci_high,
        "statistic": found.statistic,
        "p_value": found.p_value,
        "df": found.df,
        "fraction_missing": found.fmi,
    }
    terms = _terms(models[0], numbers, columns)
    return _model("imputed", definition) | named(penalised or fits[0]) | {"terms": terms}


def _model(name: str, definition: Definition, reason: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "name": name,
        "title": TITLES[name],
        "covariates": definition["covariates"],
        "is_primary": name == "imputed",
        "is_replication": definition.get("is_replication", False),
        "method": None,
        "switched_because": None,
        "separated": False,
        "infinite": [],
        "terms": [],
        "reason": reason,
    }


def _fitted(table: Table, definition: Definition, columns: Columns) -> Fitted:
    """The model as the logistic question fits it, so that both pages show the same odds ratios."""
    values, levels = entered(table, definition["covariates"], columns)
    design = design_matrix(values, factors=levels)
    fitted = fit_as_asked(design, table[definition["outcome"]] == 1, definition)
    require_unblocked({"name": "", **definition}, overlap(design, fitted.likelihood), columns.variables)
    return fitted


def _numbers(model: Fit) -> dict[str, Floats]:
    """By maximum likelihood with Wald's interval and P, penalised with those of the profile."""
    shown = {"coefficient": model.coefficients, "standard_error": model.standard_errors}
    if isinstance(model, FirthFit):
        low, high = np.transpose([model.profile_interval(term) for term in model.terms])
        p_values = np.array([model.likelihood_ratio_test(term).p_value for term in model.terms])
        return {**shown, "ci_low": low, "ci_high": high, "p_value": p_values}
    found = model.wald()
    return {
        **shown,
        "ci_low": found.ci_low,
        "ci_high": found.ci_high,
        "statistic": found.statistic,
        "p_value": found.p_value,
    }


def _terms(fitted: Fit, numbers: dict[str, Floats], columns: Columns) -> list[dict[str, Any]]:
    """Every number of every term, and the odds ratio again per the unit that is shown."""
    found = []
    for k, (term, owner) in enumerate(zip(fitted.terms, fitted.estimable.owners, strict=True)):
        per = float(columns.variables.get(owner, {}).get("per", 1))
        own: dict[str, Any] = {name: float(values[k]) for name, values in numbers.items()}
        limits = (own.pop("ci_low"), own.pop("ci_high"))
        found.append(
            {
                "term": term,
                "variable": owner,
                **columns.measured(owner, term, per),
                "statistic": None,
                **own,
                "coefficient_ci": limits,
                **_odds_ratio(own["coefficient"], limits, 1.0),
                "scaled": _odds_ratio(own["coefficient"], limits, per),
            }
        )
    return found


def _odds_ratio(coefficient: float, limits: tuple[float, float], per: float) -> dict[str, float]:
    with np.errstate(over="ignore"):
        ratio, low, high = np.exp(np.array([coefficient, *limits]) * per)
    return {"odds_ratio": float(ratio), "ci_low": float(low), "ci_high": float(high)}
