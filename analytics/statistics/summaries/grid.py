"""Measurements as whole numbers of their last decimal."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.statistics.errors import NotEstimable
from analytics.statistics.samples import measured

MOST_DECIMALS = 10
_LARGEST_CODE = 2**62


def decimals_of(values: ArrayLike, variable: str = "values") -> int:
    """Fewest decimals that hold every measurement exactly.

    Parameters
    ----------
    values : array_like of shape (n_patients,)
        In one unit; NaN is missing.
    variable : str
        For the refusal.

    Returns
    -------
    int
        0 to 10.

    Raises
    ------
    NotEstimable
        ``off_grid`` when ten decimals are not enough; as `analytics.statistics.samples.measured`.

    Examples
    --------
    >>> decimals_of([0.8, 1.25, float("nan")])
    2
    """
    column = measured(values, variable)
    known = column[~np.isnan(column)]
    for decimals in range(MOST_DECIMALS + 1):
        # A few values refuse most of the grids that are too coarse.
        if _is_on_grid(known[:256], decimals) and _is_on_grid(known, decimals):
            return decimals
    raise NotEstimable("off_grid", variable=variable, decimals=MOST_DECIMALS)


def codes_of(
    values: ArrayLike, decimals: int, variable: str = "values"
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Measurements as multiples of their last decimal.

    Parameters
    ----------
    values : array_like of shape (n_patients,)
        In one unit; NaN is missing.
    decimals : int
        0 or more.
    variable : str
        For the refusal.

    Returns
    -------
    codes : ndarray of shape (n_patients,), int64
        The value times ten to the power of `decimals`; 0 where missing.
    is_missing : ndarray of shape (n_patients,), bool

    Raises
    ------
    NotEstimable
        ``off_grid`` when a value has more decimals, ``overflow`` when a code would not fit 64 bits; as
        `analytics.statistics.samples.measured`.

    Examples
    --------
    >>> codes_of([0.8, float("nan"), 1.25], 2)
    (array([ 80,   0, 125]), array([False,  True, False]))
    """
    column = measured(values, variable)
    is_missing = np.isnan(column)
    known = np.where(is_missing, 0.0, column)
    if known.size and np.abs(known).max() >= _LARGEST_CODE / 10**decimals:
        raise NotEstimable("overflow", variable=variable, decimals=decimals)
    if not _is_on_grid(known, decimals):
        raise NotEstimable("off_grid", variable=variable, decimals=decimals)
    return np.rint(known * 10**decimals).astype(np.int64), is_missing


def _is_on_grid(known: NDArray[np.float64], decimals: int) -> bool:
    unit = 10.0**decimals
    return bool((np.rint(known * unit) / unit == known).all())
