"""Wilcoxon-Mann-Whitney test, its distribution without ties, and the Hodges-Lehmann shift."""

from dataclasses import dataclass
from functools import cache
from math import comb, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import special

from analytics.statistics.errors import NotEstimable, attempt
from analytics.statistics.samples import Floats, midranks, tied_cubes

EXACT_BELOW = 60
"""The exact distribution is offered while both samples are smaller than this."""

_PAIRS_AT_ONCE = 1_000_000


@dataclass(frozen=True)
class MannWhitney:
    """Two samples compared by ranks.

    Attributes
    ----------
    statistic : float
        Pairs (a, b) in which a is larger, ties counting one half (R's W).
    p_normal_corrected, p_normal_uncorrected : float or NotEstimable
        Two-sided, tie-corrected variance, with and without the continuity correction of one half.
    p_exact : float or NotEstimable
        Two-sided, from the distribution without ties: twice the smaller tail.
    hodges_lehmann : float
        Median of all differences a - b, in the samples' unit.
    auc : float
        Probability that a is larger, ties counting one half.
    """

    statistic: float
    p_normal_corrected: float | NotEstimable
    p_normal_uncorrected: float | NotEstimable
    p_exact: float | NotEstimable
    hodges_lehmann: float
    auc: float


def mann_whitney_test(a: Floats, b: Floats) -> MannWhitney:
    """Wilcoxon-Mann-Whitney test of two samples.

    Parameters
    ----------
    a, b : ndarray of shape (n_a,), (n_b,)
        Finite values in one unit.

    Returns
    -------
    MannWhitney

    Raises
    ------
    NotEstimable
        ``too_few`` when a sample is empty. Inside the result: ``constant`` when all values are tied,
        ``ties`` and ``too_many`` for the exact p.

    References
    ----------
    Mann HB, Whitney DR. Ann Math Stat 1947;18:50-60. Hodges JL, Lehmann EL. Ann Math Stat 1963;34:598-611.

    Examples
    --------
    >>> test = mann_whitney_test(np.array([3.0, 4.0, 5.0]), np.array([1.0, 2.0]))
    >>> test.statistic, test.p_exact, test.hodges_lehmann
    (6.0, 0.2, 2.5)
    """
    if not (a.size and b.size):
        raise NotEstimable("too_few", n=min(a.size, b.size), needed=1)
    ranks, ties = midranks(np.concatenate([a, b]))
    statistic = float(ranks[: a.size].sum() - a.size * (a.size + 1) / 2)
    return tested(statistic, a.size, b.size, ties, hodges_lehmann(a, b))


def tested(statistic: float, n_a: int, n_b: int, ties: NDArray[np.int64], shift: float) -> MannWhitney:
    """The test that follows from the statistic, the sizes and how many share each distinct value.

    Parameters
    ----------
    statistic : float
        Pairs (a, b) in which a is larger, ties counting one half.
    n_a, n_b : int
        Sizes of the samples.
    ties : ndarray of shape (n_distinct,), int64
        How many values share each distinct one.
    shift : float
        The Hodges-Lehmann shift, in the samples' unit.

    Returns
    -------
    MannWhitney
    """
    return MannWhitney(
        statistic=statistic,
        p_normal_corrected=attempt(normal_p, statistic, n_a, n_b, ties, 0.5),
        p_normal_uncorrected=attempt(normal_p, statistic, n_a, n_b, ties, 0.0),
        p_exact=attempt(_exact_p, statistic, n_a, n_b, ties),
        hodges_lehmann=shift,
        auc=statistic / (n_a * n_b),
    )


def normal_p(statistic: float, n_a: int, n_b: int, ties: NDArray[np.int64], correction: float) -> float:
    """Two-sided p by the normal approximation, its variance corrected for ties.

    Parameters
    ----------
    statistic : float
        Pairs (a, b) in which a is larger, ties counting one half.
    n_a, n_b : int
        Sizes of the samples.
    ties : ndarray of shape (n_distinct,), int64
        How many values share each distinct one.
    correction : float
        What the distance from the expected statistic is shortened by: 0.5 for continuity, or 0.

    Returns
    -------
    float

    Raises
    ------
    NotEstimable
        ``constant`` when all values are tied.
    """
    if len(ties) == 1:
        raise NotEstimable("constant")
    distance = max(abs(statistic - n_a * n_b / 2) - correction, 0.0)
    return float(2 * special.ndtr(-distance / sqrt(_variance(n_a, n_b, ties))))


def _exact_p(statistic: float, n_a: int, n_b: int, ties: NDArray[np.int64]) -> float:
    if (ties > 1).any():
        raise NotEstimable("ties")
    if max(n_a, n_b) >= EXACT_BELOW:
        raise NotEstimable("too_many", n=max(n_a, n_b), limit=EXACT_BELOW)
    arrangements = _arrangements(min(n_a, n_b), max(n_a, n_b))
    smaller = int(min(statistic, n_a * n_b - statistic))
    return min(1.0, 2 * float(arrangements[: smaller + 1].sum()) / comb(n_a + n_b, n_a))


@cache
def _arrangements(m: int, n: int) -> Floats:
    """How many of the orders of m and n values give each statistic from 0 to m n."""
    counts: Floats = np.zeros((m + 1, m * n + 1))
    counts[:, 0] = 1
    # The largest value is one of the m (and beats all n) or one of the n.
    for size in range(1, n + 1):
        for chosen in range(1, m + 1):
            counts[chosen, size:] += counts[chosen - 1, : m * n + 1 - size]
    largest: Floats = counts[m]
    return largest


def hodges_lehmann(a: Floats, b: Floats) -> float:
    """Median of all differences a - b without keeping them all.

    Parameters
    ----------
    a, b : ndarray of shape (n_a,), (n_b,)
        Finite values.

    Returns
    -------
    float
        In the samples' unit.
    """
    if a.size * b.size <= _PAIRS_AT_ONCE:
        return float(np.median(np.subtract.outer(a, b)))
    a, b = np.sort(a), np.sort(b)
    middle = a.size * b.size
    lower = _kth_difference(a, b, (middle + 1) // 2)
    return lower if middle % 2 else (lower + _kth_difference(a, b, middle // 2 + 1)) / 2


def hodges_lehmann_interval(
    a: Floats, b: Floats, *, is_exact: bool, level: float = 0.95
) -> tuple[float, float]:
    """Interval of the shift between two samples: the differences that the rank test would not reject.

    Parameters
    ----------
    a, b : ndarray of shape (n_a,), (n_b,)
        Finite values in one unit.
    is_exact : bool
        From the distribution without ties; else normal, with the continuity correction and a variance
        corrected for ties within each sample.
    level : float
        Coverage.

    Returns
    -------
    ci_low, ci_high : float
        Two of the differences a - b, in the samples' unit.

    Raises
    ------
    NotEstimable
        ``too_few`` when even the extreme differences would not cover so often.

    References
    ----------
    Hodges JL, Lehmann EL. Ann Math Stat 1963;34:598-611. Bauer DF. J Am Stat Assoc 1972;67:687-690.

    Examples
    --------
    >>> a, b = np.array([1.2, 3.4, 2.2, 5.6, 7.1, 2.9]), np.array([0.5, 1.9, 2.3, 4.4, 0.7])
    >>> low, high = hodges_lehmann_interval(a, b, is_exact=True)
    >>> round(low, 10), round(high, 10)
    (-1.1, 5.1)
    """
    n_pairs = a.size * b.size
    tail = (1 - level) / 2
    if is_exact:
        chance = np.cumsum(_arrangements(min(a.size, b.size), max(a.size, b.size))) / comb(
            a.size + b.size, a.size
        )
        place = int(np.searchsorted(chance, tail))
    else:
        spread = float(special.ndtri(1 - tail)) * sqrt(_variance_of_shifted(a, b))
        place = int(np.floor(n_pairs / 2 - 0.5 - spread)) + 1
    if place < 1:
        raise NotEstimable("too_few", n=min(a.size, b.size))
    if n_pairs <= _PAIRS_AT_ONCE:
        differences = np.sort(np.subtract.outer(a, b), axis=None)
        return float(differences[place - 1]), float(differences[n_pairs - place])
    ordered = np.sort(a), np.sort(b)
    return _kth_difference(*ordered, place), _kth_difference(*ordered, n_pairs + 1 - place)


def _variance_of_shifted(a: Floats, b: Floats) -> float:
    """Variance of the statistic once b is shifted off the values of a: ties are left within each sample."""
    return _variance(a.size, b.size, np.concatenate([midranks(sample)[1] for sample in (a, b)]))


def _variance(n_a: int, n_b: int, ties: NDArray[np.int64]) -> float:
    n = n_a + n_b
    return n_a * n_b / 12 * (n + 1 - tied_cubes(ties) / (n * (n - 1)))


def _kth_difference(a: Floats, b: Floats, k: int) -> float:
    """The k-th smallest difference, by halving an interval until few enough pairs are left to list."""
    low, high = float(a[0] - b[-1]), float(a[-1] - b[0])
    below = 0
    while True:
        first = np.searchsorted(b, a - high, side="left")
        last = np.searchsorted(b, a - low, side="left") if below else np.full(a.size, b.size)
        if int((last - first).sum()) <= _PAIRS_AT_ONCE or high - low <= np.spacing(max(abs(low), abs(high))):
            break
        middle = low + (high - low) / 2
        reached = int((b.size - np.searchsorted(b, a - middle, side="left")).sum())
        if reached >= k:
            high = middle
        else:
            low, below = middle, reached
    if high - low <= np.spacing(max(abs(low), abs(high))):
        return high
    kept = np.concatenate([x - b[i:j] for x, i, j in zip(a, first, last, strict=True) if j > i])
    return float(np.partition(kept, k - below - 1)[k - below - 1])
