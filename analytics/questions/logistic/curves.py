"""The odds along each covariate that a model lets bend."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.questions.answer import why_not
from analytics.questions.columns import Columns, Floats
from analytics.questions.logistic.fitting import Fit
from analytics.statistics import NotEstimable
from analytics.statistics.bends import course
from analytics.statistics.errors import attempt
from analytics.statistics.normal import normal_interval

POINTS = 41


def drawn_bends(
    model: Fit, knots: Mapping[str, Floats], columns: Columns, rows: NDArray[np.bool_]
) -> list[dict[str, Any]]:
    """For each covariate the log odds ratio and its interval against the median, between the outer knots."""
    return [
        {
            "variable": variable,
            "knots": placed.tolist(),
            # With its patients an entry is withheld as its model is.
            "n": model.n,
            "n_events": model.n_events,
            **_curve(model, variable, placed, float(np.median(columns.numbers(variable)[rows]))),
        }
        for variable, placed in knots.items()
    ]


def _curve(model: Fit, variable: str, knots: Floats, median: float) -> dict[str, Any]:
    values = np.linspace(knots[0], knots[-1], POINTS)
    found = attempt(course, model, variable, knots, values, reference=median)
    if isinstance(found, NotEstimable):
        return {"reference": median, "curve": [], "reason": why_not(found)}
    low, high = normal_interval(found.log_odds_ratio, found.standard_error)
    columns = (values, found.log_odds_ratio, low, high)
    points = zip(*(column.tolist() for column in columns), strict=True)
    return {
        "reference": median,
        "curve": [
            {"value": value, "log_odds_ratio": middle, "ci_low": low, "ci_high": high}
            for value, middle, low, high in points
        ],
        "reason": None,
    }
