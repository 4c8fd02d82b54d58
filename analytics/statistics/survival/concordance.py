"""How well a score ranks patients by the time of their events: Harrell's and Uno's C."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from analytics.statistics.design import numbers
from analytics.statistics.errors import NotEstimable
from analytics.statistics.survival.censoring import censoring_curve
from analytics.statistics.survival.observations import (
    BoolArray,
    FloatArray,
    IntArray,
    follow_up,
    group_codes,
)


@dataclass(frozen=True)
class Concordance:
    """Probability that, of two comparable patients, the one with the higher score has the event first.

    Attributes
    ----------
    estimate : float
        Ties of the score count one half.
    standard_error : float
        Infinitesimal jackknife.
    n_pairs : float
        Comparable pairs, weighted.
    """

    estimate: float
    standard_error: float
    n_pairs: float

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Normal interval, cut at 0 and 1."""
        half = float(ndtri((1 + level) / 2)) * self.standard_error
        return max(self.estimate - half, 0.0), min(self.estimate + half, 1.0)


def concordance(
    time: ArrayLike,
    event: ArrayLike,
    score: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    method: Literal["harrell", "uno"] = "harrell",
    horizon: float | None = None,
) -> Concordance:
    """Concordance of a risk score with the times of the events.

    A pair is comparable when the earlier time is an event; two events at one time are not comparable, an
    event and a censoring at one time are.

    Parameters
    ----------
    time, event : array_like of shape (n_patients,)
        As in `kaplan_meier`.
    score : array_like of shape (n_patients,)
        Higher means an earlier event.
    strata : array_like of shape (n_patients,), optional
        Pairs are formed within strata only.
    method : {"harrell", "uno"}
        Uno weights each pair by 1/G(t-)^2, G the Kaplan-Meier curve of censoring in the stratum (censorings
        come after events at the same time), so that the limit does not depend on the censoring.
    horizon : float, optional
        Only events up to this time count.

    Returns
    -------
    Concordance

    Raises
    ------
    NotEstimable
        ``no_comparable_pairs``; as `follow_up`.

    References
    ----------
    Harrell FE et al. JAMA 1982;247:2543-2546. Uno H et al. Stat Med 2011;30:1105-1117.

    Examples
    --------
    >>> concordance([2, 4, 6, 8], [1, 1, 0, 1], [9, 3, 5, 1]).estimate
    0.8
    """
    patients = follow_up(time, event)
    scores = numbers(score, "score")
    if scores.size != patients.n:
        raise NotEstimable("unequal_lengths", variable="score")
    stratum = np.zeros(patients.n, dtype=np.int64)
    if strata is not None:
        stratum = group_codes(strata, variable="strata")[1]
    counted = patients.event if horizon is None else patients.event & (patients.time <= horizon)

    won, met = np.zeros(patients.n), np.zeros(patients.n)
    for one in np.unique(stratum):
        rows = np.flatnonzero(stratum == one)
        times, events = patients.time[rows], counted[rows]
        weight = events.astype(np.float64)
        if method == "uno":
            weight[events] = censoring_curve(times, patients.event[rows]).before(times[events]) ** -2.0
        won[rows], met[rows] = _pairs(times, events, scores[rows], weight)
    # Each pair is met by both of its patients.
    n_pairs = float(met.sum() / 2)
    if n_pairs == 0:
        raise NotEstimable("no_comparable_pairs")
    estimate = float(won.sum() / 2 / n_pairs)
    influence = (won - estimate * met) / n_pairs
    return Concordance(estimate, float(np.sqrt(np.sum(influence**2))), n_pairs)


def _pairs(
    time: FloatArray, event: BoolArray, score: FloatArray, weight: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """For each patient the weight of concordant pairs (ties of the score half) and of comparable pairs."""
    n = time.size
    rank = np.unique(score, return_inverse=True)[1]

    # Each event against those who go on: later times, and censorings at the same time.
    later_first = np.lexsort((event, -time))
    n_later = np.searchsorted(-time[later_first], -time, side="left")
    tied_censored = np.searchsorted(-time[later_first], -time, side="right") - n_later
    tied_censored -= _tied_events(time, event)
    going_on = np.where(event, n_later + tied_censored, 0)
    ones = np.ones(n)
    lower = prefix_sums_below(rank[later_first], ones, going_on, rank)
    lower_or_tied = prefix_sums_below(rank[later_first], ones, going_on, rank + 1)
    won = weight * (lower + lower_or_tied) / 2
    met = weight * going_on

    # The same pairs seen from those who went on: against the events before them.
    early_first = np.flatnonzero(event)[np.argsort(time[event], kind="stable")]
    sides = np.where(event, 0, 1)
    ordered = time[early_first]
    before = np.where(
        sides == 1, np.searchsorted(ordered, time, side="right"), np.searchsorted(ordered, time, side="left")
    )
    total = np.r_[0.0, np.cumsum(weight[early_first])][before]
    below = prefix_sums_below(rank[early_first], weight[early_first], before, rank)
    below_or_tied = prefix_sums_below(rank[early_first], weight[early_first], before, rank + 1)
    won += total - (below + below_or_tied) / 2
    met += total
    return won, met


def _tied_events(time: FloatArray, event: BoolArray) -> IntArray:
    """Events at each patient's time."""
    position = np.unique(time, return_inverse=True)[1]
    return np.bincount(position, event).astype(np.int64)[position]


def prefix_sums_below(
    rank: IntArray, weight: FloatArray, prefix: NDArray[np.int64], threshold: IntArray
) -> FloatArray:
    """Sum of the weights of those among the first `prefix` rows whose rank is below `threshold`.

    A wavelet matrix: one stable partition for each binary digit of the ranks, n log n without a loop over
    rows.

    Parameters
    ----------
    rank : ndarray of shape (n_rows,), int
        Zero or more.
    weight : ndarray of shape (n_rows,)
    prefix : ndarray of shape (n_queries,), int
        Between 0 and n_rows.
    threshold : ndarray of shape (n_queries,), int

    Returns
    -------
    ndarray of shape (n_queries,)

    Examples
    --------
    >>> prefix_sums_below(np.array([3, 0, 2, 1]), np.ones(4), np.array([3, 4]), np.array([3, 2]))
    array([2., 2.])
    """
    total = np.zeros(prefix.size)
    if rank.size == 0:
        return total
    start, end = np.zeros(prefix.size, dtype=np.int64), prefix.copy()
    digits = int(max(rank.max(), threshold.max())).bit_length()
    for digit in reversed(range(digits)):
        one = (rank >> digit & 1).astype(np.bool_)
        zeros_before = np.r_[0, np.cumsum(~one)]
        weight_before = np.r_[0.0, np.cumsum(np.where(one, 0.0, weight))]
        high = (threshold >> digit & 1).astype(np.bool_)
        total += np.where(high, weight_before[end] - weight_before[start], 0.0)
        n_zeros = zeros_before[-1]
        start = np.where(high, n_zeros + start - zeros_before[start], zeros_before[start])
        end = np.where(high, n_zeros + end - zeros_before[end], zeros_before[end])
        order = np.r_[np.flatnonzero(~one), np.flatnonzero(one)]
        rank, weight = rank[order], weight[order]
    return total
