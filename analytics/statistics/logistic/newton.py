"""The maximum of a logistic likelihood by Newton's method with step halving."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.statistics.errors import NotEstimable

Floats = NDArray[np.float64]

# Rows whose columns stay in the processor's cache while their cross-products are formed.
_BLOCK = 8192

_MOST_STEPS = 200

# The squared Newton decrement, in units of log likelihood, at which the last step is taken: the optimum is
# then exact to rounding, and the information beside it to 1e-10.
_CONVERGED = 1e-20


@dataclass(frozen=True, eq=False)
class Optimum:
    """Where the iteration stopped.

    Attributes
    ----------
    theta : ndarray of shape (n_columns,)
        Coefficients of the basis.
    log_likelihood : float
        At `theta`.
    information : ndarray of shape (n_columns, n_columns)
        At `theta`.
    converged : bool
        Whether a further step would gain nothing.
    """

    theta: Floats
    log_likelihood: float
    information: Floats
    converged: bool


def maximise(
    basis: Floats,
    sign: Floats,
    *,
    start: Floats | None = None,
    offset: Floats | None = None,
    steps: int = _MOST_STEPS,
) -> Optimum:
    """Maximise the log likelihood over the coefficients of a basis.

    Parameters
    ----------
    basis : ndarray of shape (n_patients, n_columns)
        Of full rank.
    sign : ndarray of shape (n_patients,)
        1 where the outcome occurred, -1 where not.
    start : ndarray of shape (n_columns,), optional
        Where to begin; zero by default.
    offset : ndarray of shape (n_patients,), optional
        Fixed part of the linear predictor.
    steps : int
        Most Newton steps to take.

    Returns
    -------
    Optimum
        `converged` is False after `steps`, or when the information became singular: signs of separation.

    Examples
    --------
    >>> basis = np.ones((4, 1))
    >>> best = maximise(basis, np.array([1.0, -1.0, -1.0, -1.0]))
    >>> round(float(best.theta[0]), 12) == round(float(np.log(1 / 3)), 12), best.converged
    (True, True)
    """
    theta = np.zeros(basis.shape[1]) if start is None else start
    likelihood, gradient, information = evaluate(basis, sign, theta, offset)
    for _ in range(steps):
        step = newton_step(information, gradient)
        if step is None:
            return Optimum(theta, likelihood, information, False)
        if gradient @ step <= _CONVERGED:
            return Optimum(theta + step, likelihood, information, True)
        for candidate in _halvings(theta, step):
            tried = evaluate(basis, sign, candidate, offset)
            if tried[0] >= likelihood - 1e-12 * abs(likelihood):
                break
        else:
            return Optimum(theta, likelihood, information, False)
        theta, (likelihood, gradient, information) = candidate, tried
    return Optimum(theta, likelihood, information, False)


def evaluate(
    basis: Floats, sign: Floats, theta: Floats, offset: Floats | None = None
) -> tuple[float, Floats, Floats]:
    """Log likelihood, its gradient and the information, in one pass over the rows.

    Parameters
    ----------
    basis, sign, theta, offset
        As in `maximise`.

    Returns
    -------
    tuple of float, ndarray of shape (n_columns,) and ndarray of shape (n_columns, n_columns)
    """
    likelihood = 0.0
    gradient = np.zeros(theta.size)
    information = np.zeros((theta.size, theta.size))
    for first in range(0, sign.size, _BLOCK):
        rows = slice(first, first + _BLOCK)
        columns, s = basis[rows], sign[rows]
        margin = columns @ theta
        if offset is not None:
            margin += offset[rows]
        margin *= s
        # Written with exp(-|margin|) so that neither tail overflows or loses digits.
        small = np.exp(-np.abs(margin))
        wrong = np.where(margin >= 0, small, 1.0) / (1 + small)
        likelihood -= float(np.sum(np.log1p(small)) + np.sum(np.maximum(-margin, 0.0)))
        gradient += (s * wrong) @ columns
        weight = small / ((1 + small) * (1 + small))
        information += (columns * weight[:, None]).T @ columns
    return likelihood, gradient, information


def newton_step(information: Floats, gradient: Floats) -> Floats | None:
    """Solve for the step, or None when the information is not positive definite to working precision."""
    scale = np.sqrt(np.diagonal(information))
    if scale.size and not scale.min() > 0:
        return None
    try:
        factor = np.linalg.cholesky(information / np.outer(scale, scale))
    except np.linalg.LinAlgError:
        return None
    half = np.linalg.solve(factor, gradient / scale)
    return np.asarray(np.linalg.solve(factor.T, half) / scale)


def inverse(information: Floats) -> Floats:
    """Inverse of the information.

    Parameters
    ----------
    information : ndarray of shape (n_columns, n_columns)
        Positive definite.

    Returns
    -------
    ndarray of shape (n_columns, n_columns)

    Raises
    ------
    NotEstimable
        ``not_converged`` when it is singular to working precision.
    """
    columns = [newton_step(information, unit) for unit in np.eye(len(information))]
    known = [column for column in columns if column is not None]
    if len(known) < len(columns):
        raise NotEstimable("not_converged", step="covariance")
    return np.array(known)


def _halvings(theta: Floats, step: Floats) -> Iterator[Floats]:
    for power in range(40):
        yield theta + step / 2**power
