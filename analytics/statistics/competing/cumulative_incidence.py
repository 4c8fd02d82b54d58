"""Aalen-Johansen cumulative incidence: how many have had each event, given that another may come first."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analytics.statistics.design import numbers
from analytics.statistics.survival.limits import IntervalScale, interval_limits
from analytics.statistics.survival.observations import FloatArray, IntArray, finite_or_none, from_then_on
from analytics.statistics.survival.outcomes import CENSORED, competing_follow_up


@dataclass(frozen=True)
class IncidencePoints:
    """A cumulative incidence read at chosen times.

    Attributes
    ----------
    time : tuple of float
    n_risk : tuple of int
        Patients still followed just before each time.
    cumulative_incidence, standard_error : tuple of float
    ci_low, ci_high : tuple of (float or None)
        Cut at 0 and 1; None while nobody has had the event.
    """

    time: tuple[float, ...]
    n_risk: tuple[int, ...]
    cumulative_incidence: tuple[float, ...]
    standard_error: tuple[float, ...]
    ci_low: tuple[float | None, ...]
    ci_high: tuple[float | None, ...]


@dataclass(frozen=True, eq=False)
class CumulativeIncidence:
    """Cumulative incidence of one cause: constant between the times, 0 before the first.

    Attributes
    ----------
    cause : int
    n, n_events, n_competing, n_censored : int
    time : ndarray of shape (n_times,)
        Distinct times of event or censoring, ascending.
    n_risk, n_event : ndarray of shape (n_times,)
    cumulative_incidence : ndarray of shape (n_times,)
    variance : ndarray of shape (n_times,)
        Greenwood type (multinomial at each time): the infinitesimal jackknife of R's survfit, and etm's.
    gray_variance : ndarray of shape (n_times,)
        As cmprsk::cuminc computes it: hypergeometric, and renewed only at events of this cause.
    """

    cause: int
    n: int
    n_events: int
    n_competing: int
    n_censored: int
    time: FloatArray
    n_risk: IntArray
    n_event: IntArray
    cumulative_incidence: FloatArray
    variance: FloatArray
    gray_variance: FloatArray

    def at(self, times: ArrayLike, *, scale: IntervalScale = "log", level: float = 0.95) -> IncidencePoints:
        """The curve read at chosen times; after the last observation its last value is carried forward.

        Parameters
        ----------
        times : array_like of shape (n_points,)
        scale : {"log", "log-log", "plain"}
            Scale on which the interval is symmetric. R's default is log.
        level : float
            Coverage of the interval, between 0 and 1.
        """
        points = numbers(times, "times")
        last = np.searchsorted(self.time, points, side="right")
        standard_error = np.sqrt(self.variance)
        relative = np.divide(
            standard_error,
            self.cumulative_incidence,
            out=np.zeros(self.time.size),
            where=self.cumulative_incidence > 0,
        )
        low, high = interval_limits(self.cumulative_incidence, relative, scale, level)
        return IncidencePoints(
            time=tuple(points.tolist()),
            n_risk=tuple(np.r_[self.n_risk, 0][np.searchsorted(self.time, points)].tolist()),
            cumulative_incidence=tuple(np.r_[0.0, self.cumulative_incidence][last].tolist()),
            standard_error=tuple(np.r_[0.0, standard_error][last].tolist()),
            ci_low=finite_or_none(np.r_[0.0, low][last]),
            ci_high=finite_or_none(np.r_[0.0, high][last]),
        )

    def gray_variance_at(self, times: ArrayLike) -> tuple[float | None, ...]:
        """cmprsk's variance at chosen times; None after the last observation, as in cmprsk."""
        points = numbers(times, "times")
        found = np.r_[0.0, self.gray_variance][np.searchsorted(self.time, points, side="right")]
        return finite_or_none(np.where(points > self.time[-1], np.nan, found))


def cumulative_incidence(time: ArrayLike, status: ArrayLike, *, cause: int = 1) -> CumulativeIncidence:
    """Aalen-Johansen estimate of the probability that an event of one cause has come first.

    Parameters
    ----------
    time : array_like of shape (n_patients,)
        Follow-up in any one unit, zero or more.
    status : array_like of shape (n_patients,)
        0 for censored, otherwise the cause as a positive whole number.
    cause : int
        The cause of interest.

    Returns
    -------
    CumulativeIncidence

    Raises
    ------
    NotEstimable
        As `competing_follow_up`.

    References
    ----------
    Aalen OO, Johansen S. Scand J Stat 1978;5:141-150. Gray RJ. Ann Stat 1988;16:1141-1154.

    Examples
    --------
    >>> curve = cumulative_incidence([1, 2, 3, 4], [1, 2, 0, 1])
    >>> curve.at([1, 4]).cumulative_incidence
    (0.25, 0.75)
    """
    patients = competing_follow_up(time, status)
    ours, theirs = patients.status == cause, (patients.status != cause) & (patients.status != CENSORED)
    distinct, position = np.unique(patients.time, return_inverse=True)
    n_risk = from_then_on(np.bincount(position))
    d1 = np.bincount(position[ours], minlength=distinct.size)
    d2 = np.bincount(position[theirs], minlength=distinct.size)
    survival = np.cumprod((n_risk - d1 - d2) / n_risk, dtype=np.float64)
    before = np.r_[1.0, survival[:-1]]
    incidence = np.cumsum(before * d1 / n_risk)
    return CumulativeIncidence(
        cause=cause,
        n=patients.n,
        n_events=int(ours.sum()),
        n_competing=int(theirs.sum()),
        n_censored=int((patients.status == CENSORED).sum()),
        time=distinct,
        n_risk=n_risk,
        n_event=d1,
        cumulative_incidence=incidence,
        variance=_greenwood(before, incidence, n_risk, d1, d2),
        gray_variance=_gray(before, survival, incidence, n_risk, d1, d2),
    )


def _greenwood(
    before: FloatArray, incidence: FloatArray, n_risk: IntArray, d1: IntArray, d2: IntArray
) -> FloatArray:
    """Sum over the times of the variance that each adds to the present estimate.

    An event of the cause at u moves the estimate F(t) by S(u-) - L, a competing event by -L, where
    L = (F(t) - F(u)) S(u-) / S(u) is what those still at risk can lose. Expanded in powers of F(t), what each
    time adds is the same for every t.
    """
    left = n_risk - d1 - d2
    # The estimate moves by a - b F(t) on an event of the cause, by c - b F(t) on a competing one.
    alive = left > 0
    b = np.divide(n_risk, left, out=np.zeros(left.size), where=alive)
    c = b * incidence
    a = before + c
    p1, p2 = d1 / n_risk, d2 / n_risk

    def cumulated(x1: FloatArray, y1: FloatArray, x2: FloatArray, y2: FloatArray) -> FloatArray:
        moment = p1 * x1 * y1 + p2 * x2 * y2 - (p1 * x1 + p2 * x2) * (p1 * y1 + p2 * y2)
        total: FloatArray = np.cumsum(moment / n_risk)
        return total

    square, cross, linear = cumulated(a, a, c, c), cumulated(a, b, c, b), cumulated(b, b, b, b)
    return np.maximum(square - 2 * incidence * cross + incidence**2 * linear, 0.0)


def _gray(
    before: FloatArray,
    survival: FloatArray,
    incidence: FloatArray,
    n_risk: IntArray,
    d1: IntArray,
    d2: IntArray,
) -> FloatArray:
    """Gray's delta-method variance with a correction for ties, as cmprsk renews it at events of the cause."""
    inverse = np.divide(1.0, survival, out=np.zeros(survival.size), where=survival > 0)
    relative = inverse * incidence

    def spread(events: IntArray) -> FloatArray:
        ties = 1 - (events - 1) / np.maximum(n_risk - 1, 1)
        squared: FloatArray = before**2 * np.where(events > 1, ties, 1.0) * events / n_risk**2
        return squared

    own, other = spread(d1), spread(d2)
    v1 = np.cumsum((1 + relative) ** 2 * own + relative**2 * other)
    v2 = np.cumsum(inverse * (1 + relative) * own + inverse * relative * other)
    v3 = np.cumsum(inverse**2 * (own + other))
    now = v1 + incidence**2 * v3 - 2 * incidence * v2
    renewed = np.maximum.accumulate(np.where(d1 > 0, np.arange(1, d1.size + 1), 0))
    variance: FloatArray = np.maximum(np.r_[0.0, now][renewed], 0.0)
    return variance
