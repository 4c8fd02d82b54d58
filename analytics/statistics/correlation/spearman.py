"""The permutation test of Spearman's coefficient."""

from functools import cache
from itertools import permutations
from math import exp, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from analytics.statistics.correlation.pair import correlate, paired
from analytics.statistics.errors import NotEstimable

_EXACT_UP_TO = 9
_SERIES_BELOW = 1290


def spearman_permutation_p(x: ArrayLike, y: ArrayLike) -> float:
    """Two-sided p of Spearman's coefficient without ties: exact up to 9 pairs, else by Edgeworth series.

    Parameters
    ----------
    x, y : array_like of shape (n_patients,)
        In any units; NaN is missing.

    Returns
    -------
    float
        Twice the smaller tail, at most 1.

    Raises
    ------
    NotEstimable
        As `correlate`; ``ties``; ``too_many`` from 1290 pairs on, where t is as good.

    References
    ----------
    Best DJ, Roberts DE. Algorithm AS 89. Appl Stat 1975;24:377-379.

    Examples
    --------
    >>> spearman_permutation_p([1.5, 2.5, 4.0], [2.0, 1.0, 7.0])
    1.0
    """
    first, second = paired(x, y)
    n = first.size
    if n >= _SERIES_BELOW:
        raise NotEstimable("too_many", n=n, limit=_SERIES_BELOW)
    if max(len(first) - len(np.unique(first)), len(second) - len(np.unique(second))) > 0:
        raise NotEstimable("ties")
    squares = round((n**3 - n) / 6 * (1 - correlate(first, second, method="spearman").r))
    # The sum of squares is even: from the next one up is all that lies above it.
    falls = squares > (n**3 - n) // 6
    return min(1.0, 2 * (_upper_tail(squares, n) if falls else 1 - _upper_tail(squares + 2, n)))


def squared_rank_differences(x: ArrayLike, y: ArrayLike) -> float:
    """Sum of squared differences of mid-ranks as R reports it: (n³ - n)(1 - rho)/6, ties or not.

    Parameters
    ----------
    x, y : array_like of shape (n_patients,)
        In any units; NaN is missing.

    Returns
    -------
    float

    Raises
    ------
    NotEstimable
        As `correlate`.

    References
    ----------
    R Core Team. cor.test, method = "spearman": the statistic S.

    Examples
    --------
    >>> round(squared_rank_differences([1, 2, 3, 4], [2, 1, 4, 3]), 10)
    4.0
    """
    first, second = paired(x, y)
    n = first.size
    return (n**3 - n) / 6 * (1 - correlate(first, second, method="spearman").r)


def _upper_tail(squares: int, n: int) -> float:
    """Probability that the sum of squared rank differences is at least `squares`."""
    if n <= _EXACT_UP_TO:
        sums = _all_sums(n)
        return float((sums >= squares).mean())
    b = 1 / n
    x = (6 * (squares - 1) * b / (n**2 - 1) - 1) * sqrt(n - 1)
    y = x * x
    inner = 0.0879 + 0.0151 * b - y * (0.0072 - 0.0831 * b + y * b * (0.0131 - 4.6e-4 * y))
    series = 0.2274 + b * (0.2531 + 0.1745 * b) + y * (-0.0758 + b * (0.1033 + 0.3932 * b) - y * b * inner)
    return float(min(1.0, max(0.0, x * b * series / exp(y / 2) + special.ndtr(-x))))


@cache
def _all_sums(n: int) -> NDArray[np.int64]:
    ranks = np.arange(n)
    orders = np.array(list(permutations(range(n))), dtype=np.int64)
    sums: NDArray[np.int64] = ((orders - ranks) ** 2).sum(axis=1)
    return sums
