"""Detection of separated data, in which the likelihood has no maximum."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import null_space
from scipy.optimize import linprog

from analytics.statistics.errors import NotEstimable

Floats = NDArray[np.float64]

# A linear programme meets its constraints to 1e-7; what exceeds this is truly positive.
_POSITIVE = 1e-6


@dataclass(frozen=True, eq=False)
class Separation:
    """Where the data are separated.

    Attributes
    ----------
    overlapping : ndarray of shape (n_patients,), bool
        Patients whom no direction separates; they carry all that can be estimated.
    direction : ndarray of shape (n_columns,)
        A direction in which the likelihood never falls.
    unidentified : ndarray of shape (n_columns, n_lost)
        Directions in which the overlapping patients do not vary.
    """

    overlapping: NDArray[np.bool_]
    direction: Floats
    unidentified: Floats


def find_separation(basis: Floats, sign: Floats) -> Separation | None:
    """Find the patients that some direction of the coefficients predicts perfectly.

    Parameters
    ----------
    basis : ndarray of shape (n_patients, n_columns)
        Of full rank, with columns of similar size.
    sign : ndarray of shape (n_patients,)
        1 where the outcome occurred, -1 where not.

    Returns
    -------
    Separation or None
        None when the maximum likelihood estimates exist.

    Raises
    ------
    NotEstimable
        ``not_converged`` if the linear programme cannot be solved.

    References
    ----------
    Albert A, Anderson JA. Biometrika 1984;71:1-10. Konis K. Linear programming algorithms for detecting
    separated data in binary logistic regression models. DPhil thesis, Oxford, 2007.

    Examples
    --------
    >>> basis = np.array([[1.0, -1.5], [1.0, -0.5], [1.0, 0.5], [1.0, 1.5]])
    >>> find_separation(basis, np.array([-1.0, 1.0, -1.0, 1.0])) is None
    True
    >>> find_separation(basis, np.array([-1.0, -1.0, 1.0, 1.0])).overlapping
    array([False, False, False, False])
    """
    signed = basis * (sign / np.abs(basis).max())[:, None]
    overlapping = np.ones(sign.size, dtype=bool)
    direction = np.zeros(basis.shape[1])
    while overlapping.any():
        # What one direction leaves undecided, another may separate.
        rows = signed[overlapping]
        found = linprog(
            -rows.sum(axis=0), A_ub=-rows, b_ub=np.zeros(len(rows)), bounds=(-1, 1), method="highs"
        )
        if found.status != 0:
            raise NotEstimable("not_converged", step="separation")
        way = np.asarray(found.x, dtype=np.float64)
        separated = rows @ way > _POSITIVE
        if not separated.any():
            break
        if not direction.any():
            direction = way
        overlapping[np.flatnonzero(overlapping)[separated]] = False
    if overlapping.all():
        return None
    lost = null_space(basis[overlapping]) if overlapping.any() else np.eye(basis.shape[1])
    return Separation(overlapping, direction, lost)
