"""Bland and Altman's limits of agreement of two ways to measure the same."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analytics.statistics.correlation import Correlation, correlate
from analytics.statistics.errors import NotEstimable, attempt
from analytics.statistics.samples import Moments, Scale, measured


@dataclass(frozen=True)
class LimitsOfAgreement:
    """How far two measurements of a patient lie apart, in their unit.

    Attributes
    ----------
    n, n_incomplete : int
        Patients with both measurements, and those with only one.
    bias, bias_low, bias_high : float
        Mean of first minus second, with its t interval.
    sd : float
        Of the differences.
    lower, lower_low, lower_high : float
        Lower limit with its interval.
    upper, upper_low, upper_high : float
    proportional : Correlation or NotEstimable
        Of difference and mean: does the bias grow with the value?
    """

    n: int
    n_incomplete: int
    bias: float
    bias_low: float
    bias_high: float
    sd: float
    lower: float
    lower_low: float
    lower_high: float
    upper: float
    upper_low: float
    upper_high: float
    proportional: Correlation | NotEstimable


def limits_of_agreement(first: ArrayLike, second: ArrayLike, *, level: float = 0.95) -> LimitsOfAgreement:
    """Limits between which the difference of two measurements mostly lies.

    Parameters
    ----------
    first, second : array_like of shape (n_patients,)
        The same quantity measured twice, in one unit; NaN is missing.
    level : float
        Share of the differences within the limits, and coverage of the intervals.

    Returns
    -------
    LimitsOfAgreement

    Raises
    ------
    NotEstimable
        ``not_numeric``, ``infinite``; ``too_few`` below three pairs; ``constant`` when the difference never
        varies.

    References
    ----------
    Bland JM, Altman DG. Stat Methods Med Res 1999;8:135-160.

    Examples
    --------
    >>> found = limits_of_agreement([5.0, 7, 9, 12], [4.0, 8, 8, 10])
    >>> found.bias, round(found.lower, 3), round(found.upper, 3)
    (0.75, -1.716, 3.216)
    """
    a, b = measured(first, "first"), measured(second, "second")
    if a.shape != b.shape:
        raise ValueError(f"there are {a.size} first and {b.size} second measurements")
    both = ~(np.isnan(a) | np.isnan(b))
    n = int(both.sum())
    if n < 3:
        raise NotEstimable("too_few", n=n, needed=3)
    difference = a[both] - b[both]
    # A difference of nearly equal numbers keeps their rounding, not more.
    if np.ptp(difference) <= 4 * np.finfo(float).eps * np.abs(a[both]).max():
        raise NotEstimable("constant")
    scale = Scale.of(difference)
    moments = Moments.of(scale.apply(difference))
    bias, sd = scale.location(moments.mean), scale.spread(sqrt(moments.variance))
    t = float(special.stdtrit(n - 1, (1 + level) / 2))
    z = float(special.ndtri((1 + level) / 2))
    half_of_bias = t * sd / sqrt(n)
    half_of_limit = t * sd * sqrt(1 / n + z**2 / (2 * (n - 1)))
    lower, upper = bias - z * sd, bias + z * sd
    return LimitsOfAgreement(
        n=n,
        n_incomplete=int((np.isnan(a) != np.isnan(b)).sum()),
        bias=bias,
        bias_low=bias - half_of_bias,
        bias_high=bias + half_of_bias,
        sd=sd,
        lower=lower,
        lower_low=lower - half_of_limit,
        lower_high=lower + half_of_limit,
        upper=upper,
        upper_low=upper - half_of_limit,
        upper_high=upper + half_of_limit,
        proportional=attempt(correlate, difference, a[both] / 2 + b[both] / 2, level=level),
    )
