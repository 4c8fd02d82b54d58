"""Events per time at risk, and event-free time lost or gained."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaincinv, gammaincinv, ndtr, ndtri
from scipy.stats import binomtest

from analytics.statistics.errors import NotEstimable
from analytics.statistics.survival.kaplan_meier import SurvivalCurve
from analytics.statistics.survival.observations import follow_up


@dataclass(frozen=True)
class IncidenceRate:
    """Events per unit of time at risk.

    Attributes
    ----------
    n_events : int
    time_at_risk : float
        Sum over the patients, in the unit of the times.
    rate, ci_low, ci_high : float
        Per `per` units of time; the interval is exact.
    per : float
    """

    n_events: int
    time_at_risk: float
    rate: float
    ci_low: float
    ci_high: float
    per: float


@dataclass(frozen=True)
class RateRatio:
    """Ratio of two incidence rates; None where the rate below is 0."""

    ratio: float | None
    ci_low: float
    ci_high: float | None
    p_value: float


@dataclass(frozen=True)
class RestrictedMeanDifference:
    """Difference of mean event-free time up to a horizon, in the unit of the times."""

    horizon: float
    difference: float
    standard_error: float
    ci_low: float
    ci_high: float
    p_value: float


def incidence_rate(
    time: ArrayLike, event: ArrayLike, *, per: float = 1.0, level: float = 0.95
) -> IncidenceRate:
    """Incidence rate with its exact Poisson interval.

    Parameters
    ----------
    time : array_like of shape (n_patients,)
        Time at risk, zero or more.
    event : array_like of shape (n_patients,)
        1 or True where the event occurred.
    per : float
        Units of time that the rate is stated for, such as 100 patient-years.
    level : float
        Coverage of the interval.

    Returns
    -------
    IncidenceRate

    Raises
    ------
    NotEstimable
        ``no_time_at_risk``; as `follow_up`.

    References
    ----------
    Garwood F. Biometrika 1936;28:437-442.

    Examples
    --------
    >>> rate = incidence_rate([2.0, 3.5, 4.5], [1, 0, 1], per=100)
    >>> round(rate.rate, 2), round(rate.ci_low, 2), round(rate.ci_high, 2)
    (20.0, 2.42, 72.25)
    """
    patients = follow_up(time, event)
    at_risk = float(patients.time.sum())
    if at_risk <= 0:
        raise NotEstimable("no_time_at_risk")
    events, tail = patients.n_events, (1 - level) / 2
    low = float(gammaincinv(events, tail)) if events else 0.0
    high = float(gammaincinv(events + 1, 1 - tail))
    scale = per / at_risk
    return IncidenceRate(events, at_risk, events * scale, low * scale, high * scale, per)


def rate_ratio(a: IncidenceRate, b: IncidenceRate, *, level: float = 0.95) -> RateRatio:
    """Rate of `a` over rate of `b`, exact given the total number of events.

    Parameters
    ----------
    a, b : IncidenceRate
        With their times at risk in one unit.
    level : float

    Returns
    -------
    RateRatio
        The p-value is that of the exact binomial test.

    Raises
    ------
    NotEstimable
        ``no_events`` in both.

    References
    ----------
    Clopper CJ, Pearson ES. Biometrika 1934;26:404-413.

    Examples
    --------
    >>> a = incidence_rate([2.0, 3.5, 4.5], [1, 1, 1])
    >>> b = incidence_rate([2.0, 6.0, 12.0], [1, 0, 0])
    >>> rate_ratio(a, b).ratio
    6.0
    """
    total = a.n_events + b.n_events
    if total == 0:
        raise NotEstimable("no_events")
    time_ratio, tail = b.time_at_risk / a.time_at_risk, (1 - level) / 2
    low = float(betaincinv(a.n_events, b.n_events + 1, tail)) if a.n_events else 0.0
    high = float(betaincinv(a.n_events + 1, b.n_events, 1 - tail)) if b.n_events else 1.0
    share = a.time_at_risk / (a.time_at_risk + b.time_at_risk)
    return RateRatio(
        ratio=a.n_events / b.n_events * time_ratio if b.n_events else None,
        ci_low=low / (1 - low) * time_ratio,
        ci_high=high / (1 - high) * time_ratio if high < 1 else None,
        p_value=float(binomtest(a.n_events, total, share).pvalue),
    )


def restricted_mean_difference(
    a: SurvivalCurve, b: SurvivalCurve, horizon: float, *, level: float = 0.95
) -> RestrictedMeanDifference:
    """Difference of two restricted mean event-free times, `a` less `b`: needs no proportional hazards.

    Parameters
    ----------
    a, b : SurvivalCurve
        Of different patients.
    horizon : float
        Not after the end of either follow-up, unless nobody is left in it.
    level : float

    Returns
    -------
    RestrictedMeanDifference

    Raises
    ------
    NotEstimable
        ``horizon_beyond_follow_up``; ``no_events`` when neither group has one by the horizon.

    References
    ----------
    Royston P, Parmar MKB. BMC Med Res Methodol 2013;13:152.

    Examples
    --------
    >>> from analytics.statistics.survival.kaplan_meier import kaplan_meier
    >>> a, b = kaplan_meier([2, 5, 9, 12], [1, 0, 1, 0]), kaplan_meier([1, 3, 4, 10], [1, 1, 0, 0])
    >>> round(restricted_mean_difference(a, b, 8).difference, 2)
    1.5
    """
    for curve in (a, b):
        if horizon > curve.time[-1] and curve.survival[-1] > 0:
            raise NotEstimable("horizon_beyond_follow_up", last=float(curve.time[-1]))
    first, second = a.restricted_mean(horizon), b.restricted_mean(horizon)
    standard_error = float(np.hypot(first.standard_error, second.standard_error))
    if standard_error == 0:
        raise NotEstimable("no_events")
    difference = first.mean - second.mean
    half = float(ndtri((1 + level) / 2)) * standard_error
    p_value = float(2 * ndtr(-abs(difference) / standard_error))
    return RestrictedMeanDifference(
        horizon, difference, standard_error, difference - half, difference + half, p_value
    )
