"""How a log hazard ratio moves over time: the curve through the scaled Schoenfeld residuals."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from analytics.statistics.design import numbers
from analytics.statistics.errors import NotEstimable
from analytics.statistics.splines import place_knots, restricted_cubic
from analytics.statistics.survival.model import CoxModel
from analytics.statistics.survival.observations import FloatArray
from analytics.statistics.survival.proportional_hazards import events_so_far
from analytics.statistics.survival.residuals import schoenfeld_residuals

KNOTS = (0.0, 1 / 3, 2 / 3, 1.0)
"""Four knots at these quantiles span what R draws with its four degrees of freedom."""


@dataclass(frozen=True, eq=False)
class CoefficientCourse:
    """Coefficients at chosen times.

    Attributes
    ----------
    time : ndarray of shape (n_points,)
    coefficient, ci_low, ci_high : ndarray of shape (n_points, n_terms)
        Log hazard ratio per unit of each column; the interval holds at each time by itself.
    """

    time: FloatArray
    coefficient: FloatArray
    ci_low: FloatArray
    ci_high: FloatArray


def coefficient_course(model: CoxModel, times: ArrayLike, *, level: float = 0.95) -> CoefficientCourse:
    """Smooth the scaled Schoenfeld residuals by a natural cubic spline in the share of events so far.

    What R draws by plot(cox.zph(model, terms = FALSE)), read at given times; R places the knots among the
    points it draws, here they lie at the thirds of the events.

    Parameters
    ----------
    model : CoxModel
    times : array_like of shape (n_points,)
        Between the first event and the last, in the unit of the follow-up.
    level : float
        Coverage of the interval.

    Returns
    -------
    CoefficientCourse

    Raises
    ------
    NotEstimable
        ``too_few_knots`` when the events lie at too few times; ``outside_events`` for a time before the first
        event or after the last.

    References
    ----------
    Grambsch PM, Therneau TM. Biometrika 1994;81:515-526.

    Examples
    --------
    >>> from analytics.statistics.survival.cox import cox
    >>> x = [[0], [2], [1], [1], [1], [0], [0], [2]]
    >>> model = cox([1, 2, 3, 4, 5, 6, 7, 8], [1, 1, 1, 1, 1, 1, 1, 0], x)
    >>> coefficient_course(model, [2, 6]).coefficient.round(2).ravel()
    array([ 0.31, -0.83])
    """
    points = numbers(times, "times")
    residuals = schoenfeld_residuals(model)
    if (points < residuals.time.min()).any() or (points > residuals.time.max()).any():
        raise NotEstimable("outside_events")
    at_events = events_so_far(model.risk_sets, residuals.time)
    knots = place_knots(at_events, KNOTS)

    def basis(share: FloatArray) -> FloatArray:
        return np.column_stack([np.ones(share.size), restricted_cubic(share, knots)])

    # The residuals are taken to scatter with the variance of the coefficients times the number of events.
    orthogonal, triangle = np.linalg.qr(basis(at_events))
    reading = np.linalg.solve(triangle.T, basis(events_so_far(model.risk_sets, points)).T).T
    fitted = reading @ (orthogonal.T @ residuals.coefficient)
    spread = np.outer(np.sum(reading**2, axis=1), model.n_events * np.diag(model.covariance))
    half = float(ndtri((1 + level) / 2)) * np.sqrt(spread)
    return CoefficientCourse(points, fitted, fitted - half, fitted + half)
