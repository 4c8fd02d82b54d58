"""One variable's missing values drawn from a Bayesian regression on the others."""

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular
from scipy.special import expit

from analytics.statistics.logistic.newton import climb, evaluate
from analytics.statistics.samples import Floats

Generator = np.random.Generator

_RIDGE = 1e-5
"""Share added to the predictors' squares, so that duplicate columns do no harm (as in R's mice)."""

_SETTLED = 1e-3
"""Squared Newton decrement at which the last step is taken: what is left is little beside what is drawn."""


def draw_normal(observed: Floats, having: Floats, lacking: Floats, rng: Generator) -> Floats:
    """Values of a linear model, its coefficients and spread drawn from their posterior.

    Parameters
    ----------
    observed : ndarray of shape (n_observed,)
        In any unit.
    having, lacking : ndarray of shape (n_observed, n_columns) and (n_missing, n_columns)
        Predictors of those who have and who lack a value; the first column is 1, the others are centred and
        scaled.
    rng : Generator

    Returns
    -------
    ndarray of shape (n_missing,)

    References
    ----------
    Rubin DB. Multiple imputation for nonresponse in surveys. Wiley 1987, p. 167.
    """
    _, drawn, spread = _linear(observed, having, rng)
    return lacking @ drawn + spread * rng.standard_normal(len(lacking))


def draw_matched(
    observed: Floats, having: Floats, lacking: Floats, rng: Generator, *, donors: int = 5
) -> Floats:
    """Values of patients predicted alike: predictive mean matching of type 1.

    A prediction from drawn coefficients is matched with the donors' from the estimated ones.

    Parameters
    ----------
    observed : ndarray of shape (n_observed,)
        In any unit.
    having, lacking : ndarray of shape (n_observed, n_columns) and (n_missing, n_columns)
        Predictors of those who have and who lack a value; the first column is 1, the others are centred and
        scaled.
    rng : Generator
    donors : int
        Patients with the nearest predictions, of whom one gives the value.

    Returns
    -------
    ndarray of shape (n_missing,)

    References
    ----------
    Little RJA. J Bus Econ Stat 1988;6:287-296. Van Buuren S. Flexible imputation of missing data, 2nd ed. CRC
    2018, section 3.4.
    """
    estimated, drawn, _ = _linear(observed, having, rng)
    # In random order, so that a stable sort leaves ties in random order.
    shuffled = rng.permutation(observed.size)
    predicted = (having @ estimated)[shuffled]
    order = np.argsort(predicted, kind="stable")
    predicted, values = predicted[order], observed[shuffled][order]
    wanted = lacking @ drawn
    width = min(2 * donors, values.size)
    first = np.clip(np.searchsorted(predicted, wanted) - donors, 0, values.size - width)
    near = first[:, None] + np.arange(width)
    nearest = np.argsort(np.abs(predicted[near] - wanted[:, None]), axis=1, kind="stable")
    chosen = nearest[np.arange(wanted.size), rng.integers(min(donors, values.size), size=wanted.size)]
    return np.asarray(values[first + chosen])


def draw_level(observed: Floats, having: Floats, lacking: Floats, rng: Generator) -> Floats:
    """Levels, counted from 0, by a logistic model of each against those after it.

    Some patients of little weight with and without the level are added at both sides of each predictor's
    mean, so that a level predicted perfectly still has an estimate.

    Parameters
    ----------
    observed : ndarray of shape (n_observed,)
        Levels, counted from 0.
    having, lacking : ndarray of shape (n_observed, n_columns) and (n_missing, n_columns)
        Predictors of those who have and who lack a value; the first column is 1, the others are centred and
        scaled.
    rng : Generator

    Returns
    -------
    ndarray of shape (n_missing,)

    References
    ----------
    White IR, Daniel R, Royston P. Comput Stat Data Anal 2010;54:2267-2275.
    """
    levels = np.unique(observed)
    drawn = np.full(len(lacking), levels[-1])
    open_, left = np.ones(len(lacking), dtype=bool), np.ones(observed.size, dtype=bool)
    for level in levels[:-1]:
        theta = _logistic(observed[left] == level, having[left], rng)
        # One number a patient in every round, so that who is still open does not shift the others' numbers.
        falls = open_ & (rng.random(len(lacking)) < expit(lacking @ theta))
        drawn[falls] = level
        open_ &= ~falls
        left &= observed != level
    return drawn


def _linear(observed: Floats, having: Floats, rng: Generator) -> tuple[Floats, Floats, float]:
    """Least-squares coefficients, coefficients drawn around them, and the residual spread drawn."""
    squares = having.T @ having
    factor = _factor(squares + _RIDGE * np.diag(np.diagonal(squares)))
    inner = solve_triangular(factor, having.T @ observed, lower=True)
    estimated = solve_triangular(factor, inner, lower=True, trans="T")
    residual = observed - having @ estimated
    freedom = max(observed.size - having.shape[1], 1)
    spread = float(np.sqrt(residual @ residual / rng.chisquare(freedom)))
    return estimated, estimated + spread * _around(factor, rng), spread


def _logistic(occurred: NDArray[np.bool_], having: Floats, rng: Generator) -> Floats:
    """Coefficients drawn around those of the augmented patients."""
    n_predictors = having.shape[1] - 1
    steps = np.column_stack([np.ones(2 * n_predictors), *_sides(n_predictors)])
    rows = np.concatenate([having, steps, steps])
    ends = np.repeat([1.0, -1.0], len(steps))
    sign = np.concatenate([np.where(occurred, 1.0, -1.0), ends])
    added = (n_predictors + 1) / max(ends.size, 1)
    counts = np.concatenate([np.ones(occurred.size), np.full(ends.size, added)])
    start = np.zeros(rows.shape[1])
    start[0] = np.log(counts[sign > 0].sum() / counts[sign < 0].sum())
    best = climb(lambda theta: evaluate(rows, sign, theta, counts=counts), start, converged=_SETTLED)
    return best.theta + _around(_factor(best.information), rng)


def _sides(n_predictors: int) -> Floats:
    """For each predictor, half a standard deviation to either side, the others at their mean."""
    return np.concatenate([np.eye(n_predictors), -np.eye(n_predictors)], axis=0).T / 2


def _factor(matrix: Floats) -> Floats:
    """The lower Cholesky factor."""
    return np.asarray(np.linalg.cholesky(matrix))


def _around(factor: Floats, rng: Generator) -> Floats:
    """A draw with the inverse of a matrix as its covariance, from the matrix's Cholesky factor."""
    normal = rng.standard_normal(len(factor))
    return np.asarray(solve_triangular(factor, normal, lower=True, trans="T"))
