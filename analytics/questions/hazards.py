"""What a question says of a model of the hazard: its ratios, whether they last, which variable it refuses."""

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from analytics.questions.answer import why_not
from analytics.questions.columns import Columns
from analytics.statistics import NotEstimable
from analytics.statistics.competing.fine_gray import FineGrayModel
from analytics.statistics.design import Design
from analytics.statistics.errors import attempt
from analytics.statistics.normal import normal_interval
from analytics.statistics.survival.cox import CoxModel
from analytics.statistics.survival.proportional_hazards import proportional_hazards_test

Model = TypeVar("Model", CoxModel, FineGrayModel)

Names = list[tuple[str, str]]
"""Variable and term of each column of a model."""


def names_of(design: Design) -> Names:
    """Those of the columns after the intercept, which a model of the hazard does not have."""
    owners = design.owners[1:]
    return list(zip(owners, design.terms[1:], strict=True))


def fitted(fit: Callable[[], Model], names: Names) -> Model:
    """The model; a refusal names the variable and not the column."""
    try:
        return fit()
    except NotEstimable as refusal:
        column = refusal.details.get("column")
        if not isinstance(column, int):
            raise
        raise NotEstimable(refusal.reason, variable=names[column][0]) from refusal


def hazard_terms(model: CoxModel | FineGrayModel, names: Names, columns: Columns) -> list[dict[str, Any]]:
    """Coefficients with Wald intervals per one unit, and the hazard ratio again per the unit shown."""
    coefficients, errors = model.coefficients, model.standard_error
    low, high = normal_interval(coefficients, errors)
    terms = []
    for k, (variable, term) in enumerate(names):
        per = float(columns.variables[variable].get("per", 1))
        logarithms = (coefficients[k], low[k], high[k])
        terms.append(
            {
                "term": term,
                "variable": variable,
                **columns.measured(variable, term, per),
                "coefficient": coefficients[k],
                "coefficient_ci": (low[k], high[k]),
                "standard_error": errors[k],
                **_hazard_ratio(*logarithms),
                "statistic": coefficients[k] / errors[k],
                "p_value": model.p_value[k],
                "scaled": _hazard_ratio(*(value * per for value in logarithms)),
            }
        )
    return terms


def _hazard_ratio(*logarithms: float) -> dict[str, float]:
    with np.errstate(over="ignore"):
        ratios = np.exp(np.array(logarithms)).tolist()
    return dict(zip(("hazard_ratio", "ci_low", "ci_high"), ratios, strict=True))


def proportionality(model: CoxModel, names: Names) -> dict[str, Any]:
    """Schoenfeld's score test for each variable, and for all together."""
    variables = list(dict.fromkeys(variable for variable, _term in names))
    places = [[k for k, (owner, _term) in enumerate(names) if owner == variable] for variable in variables]
    found = attempt(proportional_hazards_test, model, terms=places)
    if isinstance(found, NotEstimable):
        return {"terms": [], "overall": None, "reason": why_not(found)}
    tested = zip(variables, found.terms, strict=True)
    return {
        "terms": [{"variable": variable, **vars(test)} for variable, test in tested],
        "overall": vars(found.overall),
        "reason": None,
    }
