"""The Kaplan-Meier curve, its intervals, quantiles and restricted mean."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analytics.statistics.design import numbers
from analytics.statistics.errors import NotEstimable
from analytics.statistics.survival.limits import IntervalScale, interval_limits
from analytics.statistics.survival.observations import (
    TIE_TOLERANCE,
    FloatArray,
    IntArray,
    finite_or_none,
    follow_up,
    risk_table,
)


@dataclass(frozen=True)
class CurvePoints:
    """A survival curve read at chosen times; None where the number is not defined.

    Attributes
    ----------
    time : tuple of float
    n_risk : tuple of int
        Patients still followed just before each time.
    survival : tuple of float
        Probability of no event by each time.
    standard_error, ci_low, ci_high : tuple of (float or None)
        None once nobody is left (survival 0); the log-log interval also while nobody has had an event.
    cumulative_hazard, cumulative_hazard_standard_error : tuple of float
        Nelson-Aalen.
    """

    time: tuple[float, ...]
    n_risk: tuple[int, ...]
    survival: tuple[float, ...]
    standard_error: tuple[float | None, ...]
    ci_low: tuple[float | None, ...]
    ci_high: tuple[float | None, ...]
    cumulative_hazard: tuple[float, ...]
    cumulative_hazard_standard_error: tuple[float, ...]


@dataclass(frozen=True)
class SurvivalQuantile:
    """Time by which a given share has had the event; None where the curve does not come down so far."""

    probability: float
    time: float | None
    ci_low: float | None
    ci_high: float | None


@dataclass(frozen=True)
class RestrictedMean:
    """Mean event-free time up to a horizon, in the unit of the times."""

    horizon: float
    mean: float
    standard_error: float


@dataclass(frozen=True, eq=False)
class SurvivalCurve:
    """A Kaplan-Meier curve: constant between the times, 1 before the first.

    Attributes
    ----------
    n, n_events : int
    time : ndarray of shape (n_times,)
        Distinct times of event or censoring, ascending.
    n_risk, n_event, n_censored : ndarray of shape (n_times,)
    survival : ndarray of shape (n_times,)
        Product-limit estimate, right-continuous.
    cumulative_hazard : ndarray of shape (n_times,)
        Nelson-Aalen estimate.
    greenwood : ndarray of shape (n_times,)
        Variance of log survival; infinite once survival is 0.
    """

    n: int
    n_events: int
    time: FloatArray
    n_risk: IntArray
    n_event: IntArray
    n_censored: IntArray
    survival: FloatArray
    cumulative_hazard: FloatArray
    greenwood: FloatArray

    def at(self, times: ArrayLike, *, scale: IntervalScale = "log", level: float = 0.95) -> CurvePoints:
        """The curve read at chosen times; after the last observation its last value is carried forward.

        Parameters
        ----------
        times : array_like of shape (n_points,)
            In the unit of the follow-up.
        scale : {"log", "log-log", "plain"}
            Scale on which the interval is symmetric. R's default is log, lifelines' is log-log.
        level : float
            Coverage of the interval, between 0 and 1.
        """
        points = numbers(times, "times")
        last = np.searchsorted(self.time, points, side="right")
        next_ = np.searchsorted(self.time, points, side="left")
        low, high = self._limits(scale, level)
        hazard_variance = np.cumsum(self.n_event / self.n_risk**2)
        return CurvePoints(
            time=tuple(points.tolist()),
            n_risk=tuple(np.r_[self.n_risk, 0][next_].tolist()),
            survival=tuple(np.r_[1.0, self.survival][last].tolist()),
            standard_error=finite_or_none(np.r_[0.0, self._standard_error()][last]),
            ci_low=finite_or_none(np.r_[1.0, low][last]),
            ci_high=finite_or_none(np.r_[1.0, high][last]),
            cumulative_hazard=tuple(np.r_[0.0, self.cumulative_hazard][last].tolist()),
            cumulative_hazard_standard_error=tuple(np.r_[0.0, np.sqrt(hazard_variance)][last].tolist()),
        )

    def at_event_times(self, *, scale: IntervalScale = "log", level: float = 0.95) -> CurvePoints:
        """The curve at each time with an event: the life table."""
        return self.at(self.time[self.n_event > 0], scale=scale, level=level)

    def quantile(
        self, probability: float, *, scale: IntervalScale = "log", level: float = 0.95
    ) -> SurvivalQuantile:
        """Smallest time by which the share `probability` has had the event.

        Where the curve is level at exactly that share, the middle of the level stretch is taken. The interval
        is read from the limits of the curve in the same way (Brookmeyer and Crowley).

        Raises
        ------
        ValueError
            If `probability` is not between 0 and 1.

        Examples
        --------
        >>> curve = kaplan_meier([2, 4, 6, 8], [1, 1, 1, 1])
        >>> curve.quantile(0.5).time
        5.0
        """
        if not 0 < probability < 1:
            raise ValueError("probability must lie between 0 and 1")
        low, high = self._limits(scale, level)
        return SurvivalQuantile(
            probability,
            _crossing(self.time, self.survival, probability),
            _crossing(self.time, low, probability),
            _crossing(self.time, high, probability),
        )

    def restricted_mean(self, horizon: float) -> RestrictedMean:
        """Mean event-free time up to a horizon, the area under the curve.

        A horizon after the last observation carries the last value of the curve forward, as R does.

        Parameters
        ----------
        horizon : float
            In the unit of the follow-up, more than zero.

        Raises
        ------
        NotEstimable
            ``horizon_not_positive``.

        References
        ----------
        Royston P, Parmar MKB. BMC Med Res Methodol 2013;13:152.
        """
        if not 0 < horizon < np.inf:
            raise NotEstimable("horizon_not_positive", horizon=horizon)
        kept = self.time <= horizon
        widths = np.diff(np.r_[0.0, self.time[kept], horizon])
        areas = widths * np.r_[1.0, self.survival[kept]]
        remaining = np.cumsum(areas[:0:-1])[::-1]
        left = (self.n_risk - self.n_event)[kept]
        events = self.n_event[kept]
        weight = np.divide(events, self.n_risk[kept] * left, out=np.zeros(left.size), where=left > 0)
        variance = float(np.sum(remaining**2 * weight))
        return RestrictedMean(horizon, float(areas.sum()), float(np.sqrt(variance)))

    def _standard_error(self) -> FloatArray:
        return np.where(self.survival > 0, self.survival * np.sqrt(self._finite_greenwood()), np.nan)

    def _finite_greenwood(self) -> FloatArray:
        return np.where(self.survival > 0, self.greenwood, 0.0)

    def _limits(self, scale: IntervalScale, level: float) -> tuple[FloatArray, FloatArray]:
        """Limits at each time, NaN where they are not defined."""
        return interval_limits(self.survival, np.sqrt(self._finite_greenwood()), scale, level)


def kaplan_meier(time: ArrayLike, event: ArrayLike) -> SurvivalCurve:
    """Kaplan-Meier estimate of the probability of no event.

    Patients censored at a time are at risk at that time.

    Parameters
    ----------
    time : array_like of shape (n_patients,)
        Follow-up in any one unit, zero or more.
    event : array_like of shape (n_patients,)
        1 or True where the event occurred.

    Returns
    -------
    SurvivalCurve

    Raises
    ------
    NotEstimable
        As `follow_up`.

    References
    ----------
    Kaplan EL, Meier P. J Am Stat Assoc 1958;53:457-481.

    Examples
    --------
    >>> curve = kaplan_meier([1, 2, 2, 3, 4], [1, 1, 0, 1, 0])
    >>> curve.at([2.5]).survival
    (0.6000000000000001,)
    """
    patients = follow_up(time, event)
    counts = risk_table(patients)
    left = counts.n_risk - counts.n_event
    with np.errstate(divide="ignore"):
        increments = np.where(counts.n_event > 0, counts.n_event / (counts.n_risk * left.astype(float)), 0.0)
    return SurvivalCurve(
        n=patients.n,
        n_events=patients.n_events,
        time=counts.time,
        n_risk=counts.n_risk,
        n_event=counts.n_event,
        n_censored=counts.n_censored,
        survival=np.cumprod(left / counts.n_risk, dtype=np.float64),
        cumulative_hazard=np.cumsum(counts.n_event / counts.n_risk),
        greenwood=np.cumsum(increments),
    )


def follow_up_curve(time: ArrayLike, event: ArrayLike) -> SurvivalCurve:
    """Reverse Kaplan-Meier: how long patients were, or would have been, followed.

    Its median is the median follow-up.

    Parameters
    ----------
    time : array_like of shape (n_patients,)
    event : array_like of shape (n_patients,)
        1 or True where the event occurred: here the end of what could be observed.

    Returns
    -------
    SurvivalCurve

    Raises
    ------
    NotEstimable
        As `follow_up`.

    References
    ----------
    Schemper M, Smith TL. Control Clin Trials 1996;17:343-346.

    Examples
    --------
    >>> follow_up_curve([2, 5, 6, 8], [1, 0, 1, 0]).quantile(0.5).time
    8.0
    """
    patients = follow_up(time, event)
    return kaplan_meier(patients.time, ~patients.event)


def _crossing(time: FloatArray, survival: FloatArray, probability: float) -> float | None:
    """Where the share of events first reaches `probability`; the middle of a stretch level at just that."""
    share = 1.0 - np.r_[1.0, survival]
    start = np.r_[0.0, time]
    # Only steps count: a censoring repeats the value before it, and a limit that is not defined is no step.
    distinct, first = np.unique(share, return_index=True)
    defined = ~np.isnan(distinct)
    distinct, first = distinct[defined], first[defined]
    reached = int(np.searchsorted(distinct + TIE_TOLERANCE, probability, side="left"))
    if reached == distinct.size:
        return None
    passed = int(np.searchsorted(distinct - TIE_TOLERANCE, probability, side="left"))
    begin = start[first[reached]]
    if passed == distinct.size:
        at_end = not np.isnan(share[-1]) and abs(probability - distinct[-1]) < TIE_TOLERANCE
        return float((begin + time[-1]) / 2) if at_end else None
    return float((begin + start[first[passed]]) / 2)
