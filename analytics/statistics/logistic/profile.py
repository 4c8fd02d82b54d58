"""Intervals of a coefficient from the profile of the likelihood."""

from collections.abc import Callable
from functools import cache
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import null_space
from scipy.optimize import brentq
from scipy.special import chdtri

from analytics.statistics.errors import NotEstimable
from analytics.statistics.logistic.basis import Basis
from analytics.statistics.logistic.model import LogisticFit
from analytics.statistics.logistic.newton import maximise

Floats = NDArray[np.float64]

# A loss in log likelihood beyond every quantile.
_FALLEN = 1e6


def profile_interval(model: LogisticFit, term: str, *, level: float = 0.95) -> tuple[float, float]:
    """Interval of a coefficient from its profile likelihood, both limits by root finding.

    Parameters
    ----------
    model : LogisticFit
        Not separated.
    term : str
        Any of the model's terms, the intercept included.
    level : float
        Confidence level.

    Returns
    -------
    tuple of float
        Limits of the log odds ratio per unit.

    Raises
    ------
    NotEstimable
        ``separated``; ``aliased`` if the term was left out of the model.

    References
    ----------
    Venzon DJ, Moolgavkar SH. Appl Stat 1988;37:87-94.

    Examples
    --------
    >>> from analytics.statistics.design import design_matrix
    >>> from analytics.statistics.logistic import fit
    >>> model = fit(design_matrix({"x": [1, 2, 3, 4, 5, 6]}), [0, 0, 1, 0, 1, 1])
    >>> low, high = profile_interval(model, "x")
    >>> round(low, 3), round(high, 3)
    (-0.066, 4.159)
    """
    model.require_finite()
    if term not in model.terms:
        raise NotEstimable("aliased", terms=(term,))
    position = model.terms.index(term)
    estimate, error = float(model.coefficients[position]), float(model.standard_errors[position])
    sign = np.where(model.outcome, 1.0, -1.0)
    along, across = constrained(model.basis, position)
    offset, reduced = model.basis.matrix @ along, model.basis.matrix @ across
    # Each search starts from the last optimum, so a limit costs a few Newton steps.
    warm = across.T @ model.theta

    def profile(value: float) -> float:
        nonlocal warm
        best = maximise(reduced, sign, start=warm, offset=offset * value)
        warm = best.theta
        return best.log_likelihood

    return limits(profile, model.log_likelihood, estimate, error, level=level)


def constrained(basis: Basis, position: int) -> tuple[Floats, Floats]:
    """Split the coordinates: a direction along which one coefficient grows by 1, and all that leave it alone.

    Parameters
    ----------
    basis : Basis
        Of a design's columns.
    position : int
        Of the coefficient, among those the basis keeps.

    Returns
    -------
    direction : ndarray of shape (n_kept,)
    others : ndarray of shape (n_kept, n_kept - 1)
    """
    size = basis.size[position]
    row = basis.back[position] / size
    return row / (row @ row) / size, null_space(row[None, :])


def limits(
    profile: Callable[[float], float], best: float, estimate: float, error: float, *, level: float
) -> tuple[float, float]:
    """Where twice the loss in profile log likelihood reaches the chi-square quantile, on both sides.

    Parameters
    ----------
    profile : callable
        Largest log likelihood at a fixed value of the coefficient.
    best : float
        Log likelihood at the estimate.
    estimate, error : float
        Where to start, and how far to go at first.
    level : float
        Confidence level.

    Returns
    -------
    tuple of float

    Raises
    ------
    NotEstimable
        ``unbounded`` if the likelihood does not fall far enough within 1e6 standard errors; ``not_converged``
        if it is not the largest at the estimate.
    """
    deviate = sqrt(float(chdtri(1, 1 - level)))

    # The root of the loss is nearly straight in the coefficient, so that few steps lead to its limit.
    @cache
    def excess(value: float) -> float:
        # Far out the likelihood may be beyond computing; that it has fallen is all that matters there.
        loss = 2 * (best - profile(value))
        return sqrt(min(max(loss, 0.0), _FALLEN) if np.isfinite(loss) else _FALLEN) - deviate

    found = []
    for side in (-1, 1):
        inner, reach = estimate, 2.0
        while excess(estimate + side * reach * error) < 0:
            inner, reach = estimate + side * reach * error, reach * 1.5
            if reach > 1e6:
                raise NotEstimable("unbounded", side="low" if side < 0 else "high")
        outer = estimate + side * reach * error
        if excess(inner) > 0:
            raise NotEstimable("not_converged", step="profile")
        found.append(float(brentq(excess, inner, outer, xtol=1e-13 * max(1.0, abs(outer)), rtol=1e-14)))
    return found[0], found[1]
