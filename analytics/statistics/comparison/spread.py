"""Are variances equal, is a sample normal: shown beside a comparison, never used to choose one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special, stats

from analytics.statistics.errors import NotEstimable
from analytics.statistics.samples import Floats, Moments, is_constant

SHAPIRO_LIMITS = (3, 5000)


@dataclass(frozen=True)
class FTest:
    """An F statistic with its degrees of freedom."""

    statistic: float
    df1: float
    df2: float
    p_value: float


@dataclass(frozen=True)
class ShapiroWilk:
    """W and its p for the hypothesis that a sample is normal."""

    statistic: float
    p_value: float


def variance_ratio(a: Moments, b: Moments) -> FTest:
    """F test of two variances, two-sided.

    Parameters
    ----------
    a, b : Moments
        On a common scale; at least two values each.

    Returns
    -------
    FTest
        Variance of a over variance of b.

    Raises
    ------
    NotEstimable
        ``too_few``, ``constant``.
    """
    if min(a.n, b.n) < 2:
        raise NotEstimable("too_few", n=min(a.n, b.n), needed=2)
    if not (a.squares and b.squares):
        raise NotEstimable("constant")
    ratio = a.variance / b.variance
    tails = special.fdtr(a.n - 1, b.n - 1, ratio), special.fdtrc(a.n - 1, b.n - 1, ratio)
    return FTest(ratio, a.n - 1, b.n - 1, float(min(1.0, 2 * min(tails))))


def one_way(samples: Sequence[Floats]) -> tuple[FTest, float]:
    """One-way analysis of variance and the share of the squares that lies between the samples.

    Parameters
    ----------
    samples : sequence of ndarray
        At least two, none empty, on a common scale near 0.

    Returns
    -------
    FTest
    eta_squared : float

    Raises
    ------
    NotEstimable
        ``too_few``; ``constant`` when all values are the same; ``perfect_fit`` when each sample is constant.
    """
    _require_sizes([sample.size for sample in samples])
    return one_way_of_moments([Moments.of(sample) for sample in samples], rounding=_rounding(samples))


def one_way_of_moments(moments: Sequence[Moments], *, rounding: float) -> tuple[FTest, float]:
    """One-way analysis of variance from each sample's moments, as `one_way` from the samples.

    Parameters
    ----------
    moments : sequence of Moments
        At least two, none empty, on a common scale near 0.
    rounding : float
        Error of one value: variation no larger is taken for none.

    Returns
    -------
    FTest
    eta_squared : float

    Raises
    ------
    NotEstimable
        ``too_few``; ``constant`` when all values are the same; ``perfect_fit`` when each sample is constant.
    """
    n, k = sum(group.n for group in moments), len(moments)
    _require_sizes([group.n for group in moments])
    grand_mean = sum(group.n * group.mean for group in moments) / n
    within = sum(group.squares for group in moments)
    between = sum(group.n * (group.mean - grand_mean) ** 2 for group in moments)
    if within <= n * rounding**2:
        raise NotEstimable("constant" if between <= n * rounding**2 else "perfect_fit")
    statistic = (between / (k - 1)) / (within / (n - k))
    test = FTest(statistic, k - 1, n - k, float(special.fdtrc(k - 1, n - k, statistic)))
    return test, between / (between + within)


def _require_sizes(sizes: Sequence[int]) -> None:
    n, k = sum(sizes), len(sizes)
    if k < 2 or n <= k or min(sizes) == 0:
        raise NotEstimable("too_few", n=n, needed=k + 1)


def _rounding(samples: Sequence[Floats]) -> float:
    return 8 * float(np.finfo(float).eps) * max(float(np.abs(sample).max()) for sample in samples)


def levene(samples: Sequence[Floats], centre: Callable[[Floats], np.floating]) -> FTest:
    """Equality of variances by analysis of variance of the distances from each sample's centre.

    Parameters
    ----------
    samples : sequence of ndarray
        On a common scale.
    centre : callable
        ``np.median`` gives the Brown-Forsythe test, ``np.mean`` Levene's.

    Returns
    -------
    FTest

    Raises
    ------
    NotEstimable
        As `one_way`.

    References
    ----------
    Brown MB, Forsythe AB. J Am Stat Assoc 1974;69:364-367.
    """
    _require_sizes([sample.size for sample in samples])
    distances = [np.abs(sample - centre(sample)) for sample in samples]
    return one_way_of_moments([Moments.of(part) for part in distances], rounding=_rounding(samples))[0]


def shapiro_wilk(sample: Floats) -> ShapiroWilk:
    """Shapiro and Wilk's test of normality.

    Parameters
    ----------
    sample : ndarray of shape (n,)
        3 to 5000 finite values.

    Returns
    -------
    ShapiroWilk

    Raises
    ------
    NotEstimable
        ``too_few``, ``too_many``, ``constant``.

    References
    ----------
    Royston P. Appl Stat 1995;44:547-551 (AS R94).
    """
    fewest, most = SHAPIRO_LIMITS
    if sample.size < fewest:
        raise NotEstimable("too_few", n=int(sample.size), needed=fewest)
    if sample.size > most:
        raise NotEstimable("too_many", n=int(sample.size), limit=most)
    if is_constant(sample):
        raise NotEstimable("constant")
    scaled = (sample - sample.min()) / np.ptp(sample)
    test = stats.shapiro(scaled)
    return ShapiroWilk(float(test.statistic), float(test.pvalue))
