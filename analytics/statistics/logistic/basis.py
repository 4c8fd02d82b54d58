"""Coordinates in which a design is well conditioned, and the columns that it can estimate."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular

Floats = NDArray[np.float64]

# R's glm drops a column whose residual, given the columns before it, is below this share of its norm.
_ALIASED = 1e-11

# A residual above this share leaves the cross-products accurate enough to work with the columns as they are.
_WELL_CONDITIONED = 1e-3


@dataclass(frozen=True, eq=False)
class Basis:
    """The estimable columns of a design, centred and scaled.

    Attributes
    ----------
    matrix : ndarray of shape (n_patients, n_kept)
        Spans the same space as the kept columns.
    kept : ndarray of shape (n_kept,), int
        Positions of the estimable columns; the others depend on columns before them.
    back : ndarray of shape (n_kept, n_kept)
        Coefficients of the kept columns are ``back @ theta``.
    """

    matrix: Floats
    kept: NDArray[np.intp]
    back: Floats

    @property
    def size(self) -> Floats:
        """Largest entry of each row of `back`, shape (n_kept,): the magnitude of one coefficient's unit."""
        return np.asarray(np.abs(self.back).max(axis=1))

    def errors(self, covariance: Floats) -> tuple[Floats, Floats]:
        """Standard errors and correlations of the coefficients from a covariance of `theta`.

        The squares of errors in very large or small units leave the range of numbers; the errors do not.

        Parameters
        ----------
        covariance : ndarray of shape (n_kept, n_kept)
            Of `theta`.

        Returns
        -------
        errors : ndarray of shape (n_kept,)
        correlation : ndarray of shape (n_kept, n_kept)
        """
        rows = self.back / self.size[:, None]
        scaled = rows @ covariance @ rows.T
        error = np.sqrt(np.diagonal(scaled))
        correlation = scaled / np.outer(error, error)
        return error * self.size, (correlation + correlation.T) / 2


def covariance_of(errors: Floats, correlation: Floats) -> Floats:
    """Covariance from errors and correlations.

    Parameters
    ----------
    errors : ndarray of shape (n_terms,)
    correlation : ndarray of shape (n_terms, n_terms)

    Returns
    -------
    ndarray of shape (n_terms, n_terms)
        Infinite beyond the largest number and for infinite errors.
    """
    finite = np.isfinite(errors)
    known = np.where(finite, errors, 0.0)
    with np.errstate(over="ignore", under="ignore"):
        covariance = correlation * known[:, None] * known[None, :]
    covariance[~finite] = np.inf
    covariance[:, ~finite] = np.inf
    return covariance


def stable_basis(matrix: Floats) -> Basis:
    """Centre and scale a design; drop, as R does, the columns that depend on earlier ones.

    Centring subtracts a number that a column can represent: one with an offset of 1e9 keeps its digits.

    Parameters
    ----------
    matrix : ndarray of shape (n_patients, n_terms)
        Finite; the first column is 1.

    Returns
    -------
    Basis

    Examples
    --------
    >>> stable_basis(np.array([[1.0, 2.0, 4.0], [1.0, 3.0, 6.0], [1.0, 5.0, 10.0]])).kept
    array([0, 1])
    """
    peak = np.maximum(matrix.max(axis=0), -matrix.min(axis=0))
    # Powers of two scale without rounding; without them the squares of very large values overflow.
    extreme = (peak < 1e-100) | (peak > 1e100)
    scale = np.where(extreme, np.exp2(np.frexp(peak)[1] - 1.0), 1.0)
    scaled = matrix / scale if extreme.any() else matrix
    norm = _root_mean_square(scaled)
    centre = scaled.mean(axis=0)
    centre[0] = 0.0
    centred = scaled - centre
    spread = _root_mean_square(centred)
    kept = np.flatnonzero(spread > _ALIASED * norm)
    if kept.size < matrix.shape[1]:
        centred = centred[:, kept]
    centred /= spread[kept]
    factor = _well_conditioned_factor(centred)
    if factor is None:
        chosen, orthonormal, factor = _orthonormalised(centred, norm[kept] / spread[kept])
        kept, basis = kept[chosen], orthonormal
        within = solve_triangular(factor, np.eye(kept.size))
    else:
        basis, within = centred, np.eye(kept.size)

    shift = np.diag(1 / (scale * spread)[kept])
    shift[0, 1:] = -centre[kept[1:]] / spread[kept[1:]]
    return Basis(basis, kept, shift @ within)


def _root_mean_square(columns: Floats) -> Floats:
    return np.asarray(np.sqrt(np.einsum("ij,ij->j", columns, columns) / columns.shape[0]))


def _well_conditioned_factor(columns: Floats) -> Floats | None:
    """The Cholesky factor of the columns' correlations, or None where a column is nearly dependent."""
    if columns.shape[0] < columns.shape[1]:
        return None
    try:
        factor = np.linalg.cholesky(columns.T @ columns / columns.shape[0])
    except np.linalg.LinAlgError:
        return None
    return factor if np.diag(factor).min() > _WELL_CONDITIONED else None


def _orthonormalised(columns: Floats, norm: Floats) -> tuple[NDArray[np.intp], Floats, Floats]:
    """Which columns R keeps, an orthonormal basis of them, and its triangular factor."""
    kept = list(range(columns.shape[1]))
    limit = _ALIASED * norm * np.sqrt(columns.shape[0])
    while True:
        orthonormal, factor = np.linalg.qr(columns[:, kept])
        residual = np.zeros(len(kept))
        residual[: factor.shape[0]] = np.abs(np.diagonal(factor))
        dependent = np.flatnonzero(residual <= limit[kept])
        if dependent.size == 0:
            return np.array(kept), orthonormal, factor
        kept.pop(int(dependent[0]))
