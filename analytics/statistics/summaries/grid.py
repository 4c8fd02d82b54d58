"""Measurements as whole numbers of their last decimal, or of a power of two where no decimals hold them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.statistics.errors import NotEstimable
from analytics.statistics.samples import Floats, measured
from analytics.statistics.summaries.exact import LARGEST_CODE, Whole, places_of, scaled_by

MOST_DECIMALS = 10
_BLOCK = 1 << 16
"""Values coded at once, so that they stay in the processor's cache."""
_DECIMALS = {10**decimals: decimals for decimals in range(MOST_DECIMALS + 1)}


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
    decimals = decimals_in(Coded.fewest(values, variable).unit)
    if decimals is None:
        raise NotEstimable("off_grid", variable=variable, decimals=MOST_DECIMALS)
    return decimals


def decimals_in(unit: int) -> int | None:
    """Decimals of a grid.

    Parameters
    ----------
    unit : int
        A code is the value times this.

    Returns
    -------
    int or None
        None for a grid of powers of two.
    """
    return _DECIMALS.get(unit)


@dataclass(frozen=True, eq=False)
class Coded:
    """One measurement as multiples of its last decimal, for every summary that needs it.

    Attributes
    ----------
    unit : int
        A code is the value times this: a power of ten, or of two where ten decimals are not enough.
    codes : ndarray of shape (n_patients,), int64
        0 where missing; Python's whole numbers where 64 bits do not hold them.
    is_missing : ndarray of shape (n_patients,), bool
    extent : tuple of int
        Lowest and highest code, 0 among them where a value is missing; 0 and 0 without patients.
    """

    unit: int
    codes: Whole
    is_missing: NDArray[np.bool_]
    extent: tuple[int, int]

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
            return _multiplied(column, decimals, variable)
        with np.errstate(over="ignore"):
            return cls._rounded(column, decimals, variable)

    @classmethod
    def _rounded(cls, column: NDArray[np.generic], decimals: int, variable: str) -> "Coded":
        if column.dtype != np.float64 or column.ndim != 1:
            column = measured(column, variable)
        codes, is_missing = np.empty(column.size, dtype=np.int64), np.zeros(column.size, dtype=np.bool_)
        unit, low, high = 10.0**decimals, np.inf, -np.inf
        buffers = np.empty((2, min(column.size, _BLOCK)))
        for start in range(0, column.size, _BLOCK):
            rows = slice(start, start + _BLOCK)
            known, (scaled, again) = column[rows], buffers[:, : column.size - start]
            np.rint(np.multiply(known, unit, out=scaled), out=scaled)
            exact = np.divide(scaled, unit, out=again) == known
            # No missing value equals itself, so most blocks need no look for one.
            if not exact.all():
                is_missing[rows] = np.isnan(known)
                exact |= is_missing[rows]
                scaled[is_missing[rows]] = 0.0
            low, high = min(low, scaled.min()), max(high, scaled.max())
            if max(-low, high) >= LARGEST_CODE:
                reason = "infinite" if np.isinf(known).any() else "overflow"
                raise NotEstimable(reason, variable=variable, decimals=decimals)
            if not exact.all():
                raise NotEstimable("off_grid", variable=variable, decimals=decimals)
            codes[rows] = scaled
        return cls(10**decimals, codes, is_missing, (int(low), int(high)) if column.size else (0, 0))

    @classmethod
    def fewest(cls, values: ArrayLike, variable: str = "values", *, at_least: int = 0) -> "Coded":
        """Code a measurement with the fewest decimals that hold it, exactly as floats where ten do not.

        Parameters
        ----------
        values, variable
            As in `of`.
        at_least : int
            Decimals to begin with.

        Returns
        -------
        Coded

        Raises
        ------
        NotEstimable
            As `of`, never ``off_grid``.

        Examples
        --------
        >>> Coded.fewest([0.8, 1.25]).codes
        array([ 80, 125])
        >>> Coded.fewest([2.0**-20, 0.25]).unit == 2**20
        True
        """
        column = np.asarray(values)
        for decimals in range(at_least, MOST_DECIMALS + 1):
            try:
                return cls.of(column, decimals, variable)
            except NotEstimable as refusal:
                if refusal.reason == "overflow" and decimals and fewest_decimals(column) is None:
                    break
                if refusal.reason != "off_grid":
                    raise
        return cls.exactly(column, variable)

    @classmethod
    def exactly(cls, values: ArrayLike, variable: str = "values") -> "Coded":
        """Code a measurement by the fewest binary places, which hold every float.

        Parameters
        ----------
        values, variable
            As in `of`.

        Returns
        -------
        Coded

        Raises
        ------
        NotEstimable
            ``overflow``, ``not_numeric``, ``infinite``.

        Examples
        --------
        >>> Coded.exactly([0.5, float("nan"), 3.0]).codes
        array([1, 0, 6])
        """
        column = measured(values, variable)
        is_missing = np.isnan(column)
        known = np.where(is_missing, 0.0, column)
        places = places_of(known, variable)
        codes = scaled_by(known, places)
        extent = (int(codes.min()), int(codes.max())) if codes.size else (0, 0)
        return cls(2**places, codes, is_missing, extent)


def fewest_decimals(values: ArrayLike) -> int | None:
    """Fewest decimals that hold every value, however large its code; None where ten are not enough.

    Parameters
    ----------
    values : array_like of shape (n_patients,)
        In one unit; NaN is missing.

    Returns
    -------
    int or None

    Examples
    --------
    >>> fewest_decimals([0.8, 1.25])
    2
    """
    column = np.asarray(values)
    if column.dtype.kind != "f":
        return 0
    known = column[~np.isnan(column)]
    return next((d for d in range(MOST_DECIMALS + 1) if _on_grid(known, d)), None)


def _on_grid(known: Floats, decimals: int) -> bool:
    with np.errstate(over="ignore"):
        return bool((np.rint(known * 10.0**decimals) / 10.0**decimals == known).all())


def _multiplied(column: NDArray[np.generic], decimals: int, variable: str) -> Coded:
    """Whole numbers times a power of ten."""
    if column.ndim != 1:
        raise ValueError(f"{variable} must have one dimension, not {column.ndim}")
    low, high = (int(column.min()), int(column.max())) if column.size else (0, 0)
    unit = 10**decimals
    if max(-low, high) * unit >= LARGEST_CODE:
        raise NotEstimable("overflow", variable=variable, decimals=decimals)
    codes = column.astype(np.int64) * unit
    return Coded(unit, codes, np.zeros(column.size, dtype=np.bool_), (low * unit, high * unit))
