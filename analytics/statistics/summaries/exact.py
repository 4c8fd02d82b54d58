"""Measurements that no grid of decimals holds, as multiples of a power of two: every float is one."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.statistics.errors import NotEstimable
from analytics.statistics.samples import Floats

LARGEST_CODE = 2**62
_MANTISSA = 53
_MOST_PLACES = 900
"""Beyond so many binary places a scaled value could leave the range of floats."""

Whole = NDArray[Any]
"""Whole numbers: of 64 bits where all of them fit, of any size elsewhere."""


def places_of(values: Floats, variable: str = "values") -> int:
    """Fewest binary places that hold every value exactly.

    Parameters
    ----------
    values : ndarray of shape (n_values,)
        Finite.
    variable : str
        For the refusal.

    Returns
    -------
    int

    Raises
    ------
    NotEstimable
        ``overflow`` when a value reaches 2^62 or lies too near to zero.

    Examples
    --------
    >>> places_of(np.array([0.25, 3.0, 1.5]))
    2
    """
    mantissa, exponent = np.frexp(values[values != 0])
    whole = np.ldexp(mantissa, _MANTISSA).astype(np.int64)
    # The lowest bit of a whole number stands alone in it and its negative.
    lowest = np.frexp((whole & -whole).astype(np.float64))[1] - 1
    places = int(np.max(_MANTISSA - exponent - lowest, initial=0))
    if places > _MOST_PLACES or np.max(np.abs(values), initial=0.0) >= LARGEST_CODE:
        raise NotEstimable("overflow", variable=variable)
    return places


def scaled_by(values: Floats, places: int) -> Whole:
    """Multiples of ``2**-places`` that the values are exactly.

    Parameters
    ----------
    values : ndarray of shape (n_values,)
        Finite.
    places : int
        As `places_of` gives it, or more.

    Returns
    -------
    ndarray of shape (n_values,)
    """
    scaled = np.ldexp(values, places)
    if np.max(np.abs(scaled), initial=0.0) < LARGEST_CODE:
        return scaled.astype(np.int64)
    return np.asarray(np.frompyfunc(int, 1, 1)(scaled), dtype=object)


def times(codes: Whole, factor: int) -> Whole:
    """The codes on a finer grid, in 64 bits where they fit.

    Parameters
    ----------
    codes : ndarray of shape (n_values,)
    factor : int
        Steps of the finer grid in one of the coarser.

    Returns
    -------
    ndarray of shape (n_values,)
    """
    if factor == 1 or not codes.size:
        return codes
    largest = max(abs(int(codes.min())), abs(int(codes.max())))
    return codes * factor if largest * factor < LARGEST_CODE else codes.astype(object) * factor


def values_of(codes: Whole, unit: int) -> Floats:
    """Codes in the measurement's unit, rounded once.

    Parameters
    ----------
    codes : ndarray of shape (n_values,)
    unit : int
        A code is the value times this.

    Returns
    -------
    ndarray of shape (n_values,)
    """
    if codes.dtype == object or unit >= LARGEST_CODE:
        return np.asarray(codes.astype(object) / unit, dtype=np.float64)
    return np.asarray(codes / float(unit))
