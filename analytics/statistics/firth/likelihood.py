"""The logistic likelihood penalised by Jeffreys' prior, and its derivatives."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import dtrtrs

Floats = NDArray[np.float64]

# Numbers beyond which the curvature costs more than the steps that it saves.
_MOST_PRODUCTS = 5_000_000


@dataclass(frozen=True, eq=False)
class Penalised:
    """The penalised likelihood at some coefficients of a basis.

    Attributes
    ----------
    likelihood : float
        Log likelihood and half the log determinant of the information; minus infinity where that is singular.
    score : ndarray of shape (n_columns,)
        Its gradient.
    information : ndarray of shape (n_columns, n_columns)
        Of the likelihood without the penalty.
    basis, margin, weight, leverage, half
        The columns, of each patient the log odds, the binomial weight and the leverage, and the columns
        divided by the Cholesky factor of the information, shape (n_columns, n_patients).
    """

    likelihood: float
    score: Floats
    information: Floats
    basis: Floats
    margin: Floats
    weight: Floats
    leverage: Floats
    half: Floats

    def curvature(self) -> Floats | None:
        """Minus the second derivatives, shape (n_columns, n_columns); None where they cost too much.

        The score holds the leverage times one half minus the risk; the leverage changes with the risks of all
        patients, by the squares of the entries of the hat matrix. Those are inner products too: of the
        products of each two columns of its root.
        """
        first, second, times = _pairs(len(self.half))
        if first.size * self.margin.size > _MOST_PRODUCTS:
            return None
        beyond = np.tanh(self.margin / 2) / 2
        root = self.half * np.sqrt(self.weight)
        along = (root[first] * root[second]) @ (self.basis * beyond[:, None])
        own = self.weight + self.leverage * (self.weight - 2 * beyond * beyond)
        return np.asarray((self.basis * own[:, None]).T @ self.basis + (along * times[:, None]).T @ along)


def penalised(basis: Floats, sign: Floats, theta: Floats) -> Penalised:
    """Penalised log likelihood, its score and the information.

    Parameters
    ----------
    basis : ndarray of shape (n_patients, n_columns)
        Of full rank.
    sign : ndarray of shape (n_patients,)
        1 where the outcome occurred, -1 where not.
    theta : ndarray of shape (n_columns,)
        Coefficients of the basis.

    Returns
    -------
    Penalised

    References
    ----------
    Firth D. Biometrika 1993;80:27-38.

    Examples
    --------
    >>> at_zero = penalised(np.ones((3, 1)), np.array([1.0, -1.0, -1.0]), np.zeros(1))
    >>> at_zero.score, at_zero.information, at_zero.curvature()
    (array([-0.5]), array([[0.75]]), array([[1.]]))
    """
    margin = basis @ theta
    small = np.exp(-np.abs(margin))
    one = 1 + small
    weight = small / (one * one)
    information = (basis * weight[:, None]).T @ basis
    half, leverage, half_determinant = _leverage(basis, weight, information)
    signed = sign * margin
    likelihood = -float(np.log(one).sum() - np.minimum(signed, 0.0).sum())
    wrong = sign * np.where(signed >= 0, small, 1.0) / one
    # Half minus the risk is minus half the hyperbolic tangent of half the predictor.
    score = (wrong - leverage * np.tanh(margin / 2) / 2) @ basis
    return Penalised(likelihood + half_determinant, score, information, basis, margin, weight, leverage, half)


def _leverage(basis: Floats, weight: Floats, information: Floats) -> tuple[Floats, Floats, float]:
    """The columns divided by the information's Cholesky factor, leverages, and half the log determinant."""
    nowhere = np.zeros_like(basis.T), np.zeros_like(weight), float("-inf")
    try:
        factor = np.linalg.cholesky(information)
    except np.linalg.LinAlgError:
        return nowhere
    with np.errstate(over="ignore", invalid="ignore"):
        half = dtrtrs(factor, basis.T, lower=1)[0]
        leverage = weight * np.einsum("ij,ij->j", half, half)
    if not np.isfinite(leverage).all():
        return nowhere
    return half, leverage, float(np.log(np.diagonal(factor)).sum())


@cache
def _pairs(k: int) -> tuple[NDArray[np.intp], NDArray[np.intp], Floats]:
    """Each two of k columns, and how often their product counts in a second derivative."""
    first, second = np.triu_indices(k)
    return first, second, np.where(first == second, 2.0, 4.0)
