"""Measurements as whole numbers of their last decimal."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.statistics.errors import NotEstimable
from analytics.statistics.samples import measured

MOST_DECIMALS = 10
_LARGEST_CODE = 2**62
_BLOCK = 1 << 14
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
    return Coded.fewest(values, variable).decimals


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

    @cached_property
    def extent(self) -> tuple[int, int]:
        """Lowest and highest code, 0 among them where a value is missing; 0 and 0 without patients."""
        return (int(self.codes.min()), int(self.codes.max())) if self.codes.size else (0, 0)

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
        column = np.asarray(values)
        if column.dtype.kind in "biu":
            return cls(
                decimals, _multiplied(column, decimals, variable), np.zeros(column.size, dtype=np.bool_)
            )
        column = column if column.dtype == np.float64 and column.ndim == 1 else measured(values, variable)
        codes, is_missing = np.empty(column.size, dtype=np.int64), np.zeros(column.size, dtype=np.bool_)
        unit = 10.0**decimals
        for start in range(0, column.size, _BLOCK):
            rows = slice(start, start + _BLOCK)
            known = column[rows]
            scaled = np.rint(known * unit)
            exact = scaled / unit == known
            # No missing value equals itself, so most blocks need no look for one.
            if not exact.all():
                is_missing[rows] = np.isnan(known)
                exact |= is_missing[rows]
                scaled[is_missing[rows]] = 0.0
            if max(-scaled.min(), scaled.max()) >= _LARGEST_CODE:
                reason = "infinite" if np.isinf(known).any() else "overflow"
                raise NotEstimable(reason, variable=variable, decimals=decimals)
            if not exact.all():
                raise NotEstimable("off_grid", variable=variable, decimals=decimals)
            codes[rows] = scaled
        return cls(decimals, codes, is_missing)

    @classmethod
    def fewest(cls, values: ArrayLike, variable: str = "values") -> "Coded":
        """Code a measurement with the fewest decimals that hold it; refuses as `decimals_of`.

        Examples
        --------
        >>> Coded.fewest([0.8, 1.25]).codes
        array([ 80, 125])
        """
        column = np.asarray(values)
        for decimals in range(MOST_DECIMALS + 1):
            try:
                # A few values refuse most of the grids that are too coarse.
                cls.of(column[:256], decimals, variable)
                return cls.of(column, decimals, variable)
            except NotEstimable as refusal:
                if refusal.reason != "off_grid":
                    raise
        raise NotEstimable("off_grid", variable=variable, decimals=MOST_DECIMALS)


def _multiplied(column: NDArray[np.generic], decimals: int, variable: str) -> NDArray[np.int64]:
    """Whole numbers times a power of ten."""
    if column.ndim != 1:
        raise ValueError(f"{variable} must have one dimension, not {column.ndim}")
    largest = max(abs(int(column.min())), abs(int(column.max()))) if column.size else 0
    if largest * 10**decimals >= _LARGEST_CODE:
        raise NotEstimable("overflow", variable=variable, decimals=decimals)
    codes: NDArray[np.int64] = column.astype(np.int64) * 10**decimals
    return codes
