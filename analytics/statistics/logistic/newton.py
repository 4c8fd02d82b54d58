"""The maximum of a logistic likelihood by Newton's method with step halving."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import dposv

from analytics.statistics.errors import NotEstimable

Floats = NDArray[np.float64]
Evaluation = tuple[float, Floats, Floats]
"""Log likelihood, its gradient and the information at some coefficients."""

# Rows whose columns stay in the processor's cache while their cross-products are formed. Products are
# written `dot`, which lets go of the interpreter where `@` of so narrow a matrix does not.
_BLOCK = 1 << 14

# So many factors of at most 2 stay below the largest number.
_FACTORS = 512

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
    first = np.zeros(basis.shape[1]) if start is None else start
    return climb(lambda theta: evaluate(basis, sign, theta, offset), first, steps=steps)


def climb(
    at: Callable[[Floats], Evaluation],
    start: Floats,
    *,
    steps: int = _MOST_STEPS,
    converged: float = _CONVERGED,
    bend: Callable[[Floats, Floats], Floats] | None = None,
) -> Optimum:
    """Newton's method with step halving, however the likelihood is evaluated.

    Parameters
    ----------
    at : callable
        `Evaluation` at given coefficients.
    start : ndarray of shape (n_columns,)
        Where to begin.
    steps : int
        Most Newton steps to take.
    converged : float
        Squared Newton decrement, in units of log likelihood, at which the last step is taken.
    bend : callable, optional
        About what the gradient at given coefficients gains by curving along a given step; with it a step
        reaches farther (Chebyshev's method), and fewer are needed.

    Returns
    -------
    Optimum
        As `maximise`.
    """
    theta = start
    likelihood, gradient, information = at(theta)
    for _ in range(steps):
        step = newton_step(information, gradient)
        if step is None:
            return Optimum(theta, likelihood, information, False)
        if gradient @ step <= converged:
            return Optimum(theta + step, likelihood, information, True)
        if bend is not None:
            step = _bent(information, step, bend(theta, step))
        for candidate in _halvings(theta, step):
            tried = at(candidate)
            if tried[0] >= likelihood - 1e-12 * abs(likelihood):
                break
        else:
            return Optimum(theta, likelihood, information, False)
        theta, (likelihood, gradient, information) = candidate, tried
    return Optimum(theta, likelihood, information, False)


def evaluate(
    basis: Floats,
    sign: Floats,
    theta: Floats,
    offset: Floats | None = None,
    counts: Floats | None = None,
) -> Evaluation:
    """Log likelihood, its gradient and the information, in one pass over the rows.

    Parameters
    ----------
    basis, sign, theta, offset
        As in `maximise`.
    counts : ndarray of shape (n_patients,), optional
        How many patients each row stands for; one by default.

    Returns
    -------
    tuple of float, ndarray of shape (n_columns,) and ndarray of shape (n_columns, n_columns)
    """
    likelihood = 0.0
    gradient = np.zeros(theta.size)
    information = np.zeros((theta.size, theta.size))
    for first in range(0, sign.size, _BLOCK):
        rows = slice(first, first + _BLOCK)
        # A slice of columns that lie one after the other is read far faster as a whole of its own.
        columns, s = np.asfortranarray(basis[rows]), sign[rows]
        margin = columns.dot(theta)
        if offset is not None:
            margin += offset[rows]
        margin *= s
        # Written with exp(-|margin|) so that neither tail overflows or loses digits; of it the root, so that
        # the root of a weight is there too: the information is then a product with itself.
        root = np.abs(margin)
        root *= -0.5
        np.exp(root, out=root)
        one = root * root
        one += 1
        root_weight = root / one
        # No branch: the processor could not guess it. The tail gains nothing and stays exact.
        wrong = root * root_weight
        wrong += (1 / one - wrong) * (margin < 0)
        if counts is None:
            loss = _log_of_product(one) - np.minimum(margin, 0.0).sum()
        else:
            count = counts[rows]
            loss = count @ np.log(one) - count @ np.minimum(margin, 0.0)
            wrong *= count
            root_weight *= np.sqrt(count)
        likelihood -= float(loss)
        wrong *= s
        gradient += wrong.dot(columns)
        weighted = columns * root_weight[:, None]
        information += weighted.T.dot(weighted)
    return likelihood, gradient, information


def _log_of_product(factors: Floats) -> float:
    """Log of a product of numbers between 1 and 2: far fewer logarithms than numbers, and no overflow."""
    products = np.multiply.reduceat(factors, np.arange(0, factors.size, _FACTORS))
    return float(np.log(products).sum())


def newton_step(information: Floats, gradient: Floats) -> Floats | None:
    """Solve for a step, or a column of them.

    Parameters
    ----------
    information : ndarray of shape (n_columns, n_columns)
    gradient : ndarray of shape (n_columns,) or (n_columns, n_steps)

    Returns
    -------
    ndarray of the gradient's shape, or None
        None when the information is singular to working precision.
    """
    scale = np.sqrt(np.diagonal(information))
    if not scale.size:
        return np.zeros_like(gradient)
    if not scale.min() > 0:
        return None
    # One call of LAPACK: a small model spends more time on the way there than in it.
    _, step, failed = dposv(information / (scale[:, None] * scale), (gradient.T / scale).T)
    return None if failed else np.asarray((step.T / scale).T)


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
    found = newton_step(information, np.eye(len(information)))
    if found is None:
        raise NotEstimable("not_converged", step="covariance")
    return found


def _bent(information: Floats, step: Floats, gained: Floats) -> Floats:
    """The step corrected for the gradient's curve, where that is the smaller part of it."""
    correction = newton_step(information, gained)
    if correction is None or 4 * (correction @ gained) > step @ information @ step:
        return step
    return step + correction


def _halvings(theta: Floats, step: Floats) -> Iterator[Floats]:
    for power in range(40):
        yield theta + step / 2**power
