"""Measurements as whole numbers of their last decimal."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.statistics.errors import NotEstimable
from analytics.statistics.samples import measured

MOST_DECIMALS = 10
_LARGEST_CODE = 2**62
_BLOCK = 1 << 15
"""Values coded at once, so that they stay in the processor's cache."""


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


@dataclass(frozen=True, eq=False)
class Coded:
    """One measurement as multiples of its last decimal, for every summary that needs it.

    Attributes
    ----------
    decimals : int
        A code is the value times ten to this power.
    codes : ndarray of shape (n_patients,), int64
        0 where missing.
    is_missing : ndarray of shape (n_patients,), bool
    """

    decimals: int
    codes: NDArray[np.int64]
    is_missing: NDArray[np.bool_]

    @classmethod
    def of(cls, values: ArrayLike, decimals: int, variable: str = "values") -> "Coded":
        """Code a measurement; every value must be exact at these decimals.

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
        Coded

        Raises
        ------
        NotEstimable
            ``off_grid`` when a value has more decimals, ``overflow`` when a code would not fit 64 bits;
            ``not_numeric``, ``infinite``.

        Examples
        --------
        >>> Coded.of([0.8, float("nan"), 1.25], 2).codes
        array([ 80,   0, 125])
        """
        column = measured(values, variable)
        codes, is_missing = np.empty(column.size, dtype=np.int64), np.isnan(column)
        unit = 10.0**decimals
        for start in range(0, column.size, _BLOCK):
            rows = slice(start, start + _BLOCK)
            known = np.where(is_missing[rows], 0.0, column[rows]) if is_missing[rows].any() else column[rows]
            scaled = np.rint(known * unit)
            if max(-scaled.min(), scaled.max()) >= _LARGEST_CODE:
                raise NotEstimable("overflow", variable=variable, decimals=decimals)
            if not (scaled / unit == known).all():
                raise NotEstimable("off_grid", variable=variable, decimals=decimals)
            codes[rows] = scaled
        return cls(decimals, codes, is_missing)


def _is_on_grid(known: NDArray[np.float64], decimals: int) -> bool:
    unit = 10.0**decimals
    return bool((np.rint(known * unit) / unit == known).all())
