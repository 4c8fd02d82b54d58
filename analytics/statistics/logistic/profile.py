"""Intervals of a coefficient from the profile of the likelihood."""

from collections.abc import Callable
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import null_space
from scipy.special import chdtri

from analytics.statistics.errors import NotEstimable
from analytics.statistics.logistic.basis import Basis
from analytics.statistics.logistic.model import LogisticFit, risk
from analytics.statistics.logistic.newton import maximise, newton_step

Floats = NDArray[np.float64]

# A loss in log likelihood beyond every quantile.
_FALLEN = 1e6

# A step of this part of the distance from the estimate is the last: the next would be its square.
_NEAR = 1e-8
_EXACT = 1e-13


def profile_interval(model: LogisticFit, term: str, *, level: float = 0.95) -> tuple[float, float]:
    """Interval of a coefficient from its profile likelihood, both limits by Newton's method.

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
        ``separated``; ``aliased`` if the term was left out of the model; as `limits`.

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
    # The others follow the coefficient as the curvature at the fit says: a limit costs a few Newton steps.
    weight = model.probabilities * (1 - model.probabilities)
    follow = newton_step((reduced * weight[:, None]).T @ reduced, (offset * weight) @ reduced)
    begin = across.T @ model.theta

    def profile(value: float) -> tuple[float, float]:
        fixed = offset * value
        start = begin if follow is None else begin - (value - estimate) * follow
        best = maximise(reduced, sign, start=start, offset=fixed)
        wrong = model.outcome - risk(reduced @ best.theta + fixed)
        return best.log_likelihood if best.converged else -np.inf, float(wrong @ offset)

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
    profile: Callable[[float], tuple[float, float]],
    best: float,
    estimate: float,
    error: float,
    *,
    level: float,
) -> tuple[float, float]:
    """Where twice the loss in profile log likelihood reaches the chi-square quantile, on both sides.

    Parameters
    ----------
    profile : callable
        Largest log likelihood at a fixed value of the coefficient, and its slope there; minus infinity where
        it cannot be found.
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
        if it falls from too little to beyond computing.
    """
    deviate = sqrt(float(chdtri(1, 1 - level)))

    def at(value: float) -> tuple[float, float]:
        """By how much the root of the loss is beyond the deviate, and the slope of that root."""
        likelihood, slope = profile(value)
        loss = 2 * (best - likelihood)
        # Far out the likelihood may be beyond computing; that it has fallen is all that matters there.
        if not (np.isfinite(loss) and np.isfinite(slope)) or loss > _FALLEN:
            return sqrt(_FALLEN) - deviate, 0.0
        root = sqrt(max(loss, 0.0))
        return root - deviate, -slope / root if root else 0.0

    return _limit(at, estimate, -error * deviate, error), _limit(at, estimate, error * deviate, error)


def _limit(at: Callable[[float], tuple[float, float]], estimate: float, first: float, error: float) -> float:
    """Newton's method from a Wald limit: the root of the loss is nearly straight in the coefficient.

    Its steps stay between the last value that is inside and the first that is outside; one that does not, or
    that follows one which did not halve the excess, is replaced by half the way, or where nothing is outside
    yet by twice the distance from the estimate.
    """
    inner, outer, reach, before = 0.0, np.inf, abs(first), np.inf
    side, fallen = 1.0 if first > 0 else -1.0, False
    while True:
        excess, slope = at(estimate + side * reach)
        inner, outer, fallen = (reach, outer, fallen) if excess < 0 else (inner, reach, slope == 0)
        if inner > 1e6 * error:
            raise NotEstimable("unbounded", side="low" if side < 0 else "high")
        step = -excess / (side * slope) if side * slope > 0 else np.inf
        if abs(step) <= _NEAR * reach:
            return estimate + side * (reach + step)
        if outer - inner <= _EXACT * (abs(estimate) + reach):
            if fallen:
                raise NotEstimable("not_converged", step="profile")
            return estimate + side * reach
        farthest = min(outer, 2 * reach)
        if inner < reach + step < farthest and abs(excess) < before / 2:
            reach += step
        else:
            reach = farthest if farthest < outer else (inner + outer) / 2
        before = abs(excess)
