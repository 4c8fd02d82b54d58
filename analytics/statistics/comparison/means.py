"""Differences between two means: Welch, Student, standardised."""

from dataclasses import dataclass
from math import exp, lgamma, log, sqrt

import numpy as np
from scipy import special

from analytics.statistics.errors import NotEstimable
from analytics.statistics.samples import Moments, Scale


@dataclass(frozen=True)
class MeanDifference:
    """Mean of a minus mean of b, with the interval of the same t test."""

    difference: float
    standard_error: float
    statistic: float
    df: float
    p_value: float
    ci_low: float
    ci_high: float


@dataclass(frozen=True)
class StandardisedDifference:
    """A difference of means in standard deviations, with a normal interval."""

    estimate: float
    standard_error: float
    ci_low: float
    ci_high: float


def welch_test(a: Moments, b: Moments, scale: Scale, level: float) -> MeanDifference:
    """Welch's t test with Satterthwaite's degrees of freedom.

    Parameters
    ----------
    a, b : Moments
        Of the two samples on `scale`; at least two values each.
    scale : Scale
        Common to both.
    level : float
        Coverage of the interval.

    Returns
    -------
    MeanDifference
        In the samples' unit.

    Raises
    ------
    NotEstimable
        ``too_few``, ``constant``.

    References
    ----------
    Welch BL. Biometrika 1947;34:28-35.
    """
    _require(min(a.n, b.n), 2)
    part_a, part_b = a.variance / a.n, b.variance / b.n
    standard_error = sqrt(part_a + part_b)
    _refuse_constant(a, b, standard_error, scale)
    df = (part_a + part_b) ** 2 / (part_a**2 / (a.n - 1) + part_b**2 / (b.n - 1))
    return _t_test(a, b, standard_error, df, scale, level)


def student_test(a: Moments, b: Moments, scale: Scale, level: float) -> MeanDifference:
    """Student's t test with the pooled variance.

    Parameters
    ----------
    a, b : Moments
        Of the two samples on `scale`; three values in all are enough.
    scale : Scale
        Common to both.
    level : float
        Coverage of the interval.

    Returns
    -------
    MeanDifference
        In the samples' unit.

    Raises
    ------
    NotEstimable
        ``too_few``, ``constant``.

    References
    ----------
    Student. Biometrika 1908;6:1-25.
    """
    _require(min(a.n, b.n), 1)
    _require(a.n + b.n, 3)
    standard_error = sqrt((a.squares + b.squares) / (a.n + b.n - 2) * (1 / a.n + 1 / b.n))
    _refuse_constant(a, b, standard_error, scale)
    return _t_test(a, b, standard_error, a.n + b.n - 2, scale, level)


def standardised_difference(a: Moments, b: Moments, level: float) -> StandardisedDifference:
    """Difference of means over the root of the mean of the two variances, as balance tables give it.

    Parameters
    ----------
    a, b : Moments
        On a common scale; at least two values each.
    level : float
        Coverage of the interval.

    Returns
    -------
    StandardisedDifference
        Dimensionless; positive when a is the larger.

    Raises
    ------
    NotEstimable
        ``too_few``, ``constant``.

    References
    ----------
    Austin PC. Stat Med 2009;28:3083-3107; standard error: Hedges LV, Olkin I. Statistical methods for
    meta-analysis. Academic Press 1985, p. 86.
    """
    _require(min(a.n, b.n), 2)
    spread = sqrt((a.variance + b.variance) / 2)
    _require_spread(spread)
    return with_interval((a.mean - b.mean) / spread, a.n, b.n, level=level)


def with_interval(estimate: float, n_a: int, n_b: int, *, level: float = 0.95) -> StandardisedDifference:
    """The normal interval of a standardised difference, of means or of two shares.

    Parameters
    ----------
    estimate : float
        Dimensionless.
    n_a, n_b : int
        Sizes of the two samples, at least 1.
    level : float
        Coverage of the interval.

    Returns
    -------
    StandardisedDifference

    References
    ----------
    Hedges LV, Olkin I. Statistical methods for meta-analysis. Academic Press 1985, p. 86; of shares: Yang D,
    Dalton JE. SAS Global Forum 2012, paper 335.

    Examples
    --------
    >>> found = with_interval(0.5, 40, 60)
    >>> round(found.standard_error, 4), round(found.ci_low, 4), round(found.ci_high, 4)
    (0.2072, 0.094, 0.906)
    """
    standard_error = sqrt(1 / n_a + 1 / n_b + estimate**2 / (2 * (n_a + n_b)))
    half = float(special.ndtri((1 + level) / 2)) * standard_error
    return StandardisedDifference(estimate, standard_error, estimate - half, estimate + half)


def cohen_d(a: Moments, b: Moments) -> float:
    """Difference of means over the pooled standard deviation.

    Parameters
    ----------
    a, b : Moments
        On a common scale; at least two values each.

    Returns
    -------
    float
        Without a unit; a minus b.

    Raises
    ------
    NotEstimable
        ``too_few``, ``constant``.

    References
    ----------
    Cohen J. Statistical power analysis for the behavioral sciences. 2nd ed. Erlbaum 1988, p. 67.
    """
    _require(min(a.n, b.n), 2)
    pooled = sqrt((a.squares + b.squares) / (a.n + b.n - 2))
    _require_spread(pooled)
    return (a.mean - b.mean) / pooled


def hedges_g(a: Moments, b: Moments) -> float:
    """Cohen's d times Hedges' exact correction for small samples.

    Parameters
    ----------
    a, b : Moments
        On a common scale; at least two values each.

    Returns
    -------
    float
        Without a unit; a minus b.

    Raises
    ------
    NotEstimable
        ``too_few``, ``constant``.

    References
    ----------
    Hedges LV. J Educ Stat 1981;6:107-128.
    """
    d = cohen_d(a, b)
    df = a.n + b.n - 2
    return exp(lgamma(df / 2) - log(sqrt(df / 2)) - lgamma((df - 1) / 2)) * d


def _require(n: int, needed: int) -> None:
    if n < needed:
        raise NotEstimable("too_few", n=n, needed=needed)


def _require_spread(spread: float) -> None:
    if spread == 0:
        raise NotEstimable("constant")


def _refuse_constant(a: Moments, b: Moments, standard_error: float, scale: Scale) -> None:
    largest = max(abs(a.mean + scale.shift), abs(b.mean + scale.shift))
    if standard_error <= 10 * np.finfo(float).eps * largest:
        raise NotEstimable("constant")


def _t_test(
    a: Moments, b: Moments, standard_error: float, df: float, scale: Scale, level: float
) -> MeanDifference:
    difference = a.mean - b.mean
    statistic = difference / standard_error
    half = float(special.stdtrit(df, (1 + level) / 2)) * standard_error
    return MeanDifference(
        difference=scale.spread(difference),
        standard_error=scale.spread(standard_error),
        statistic=statistic,
        df=float(df),
        p_value=float(2 * special.stdtr(df, -abs(statistic))),
        ci_low=scale.spread(difference - half),
        ci_high=scale.spread(difference + half),
    )
