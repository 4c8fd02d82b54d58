"""Gray's test that the cumulative incidence of one cause is the same in all groups."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc

from analytics.statistics.errors import NotEstimable
from analytics.statistics.survival.observations import (
    BoolArray,
    FloatArray,
    IntArray,
    from_then_on,
    group_codes,
)
from analytics.statistics.survival.outcomes import CENSORED, competing_follow_up


@dataclass(frozen=True)
class GrayTest:
    """Chi-square test of equal cumulative incidence."""

    cause: int
    groups: tuple[str, ...]
    statistic: float
    df: int
    p_value: float


@dataclass(frozen=True, eq=False)
class _Tally:
    """Counts and estimates of each group (columns) at each time with an event (rows)."""

    n_risk: IntArray
    n_event: IntArray
    n_competing: IntArray
    before: FloatArray
    survival: FloatArray
    incidence_before: FloatArray


def gray_test(
    time: ArrayLike,
    status: ArrayLike,
    group: ArrayLike,
    *,
    cause: int = 1,
    groups: Sequence[object] | None = None,
    strata: ArrayLike | None = None,
    rho: float = 0.0,
) -> GrayTest:
    """Gray's k-sample test of the subdistribution of one cause.

    Parameters
    ----------
    time, status : array_like of shape (n_patients,)
        As in `cumulative_incidence`.
    group : array_like of shape (n_patients,)
        Label of each patient's group.
    cause : int
    groups : sequence, optional
        The labels in the order wanted.
    strata : array_like of shape (n_patients,), optional
        Patients are compared within strata only.
    rho : float
        Power of 1 minus the pooled cumulative incidence in the weight.

    Returns
    -------
    GrayTest

    Raises
    ------
    NotEstimable
        ``one_group``; ``no_events`` of the cause; ``no_comparison`` when the groups were never at risk at one
        time; ``too_few_events`` when the correction for ties leaves no variance; as `competing_follow_up`.

    References
    ----------
    Gray RJ. Ann Stat 1988;16:1141-1154.

    Examples
    --------
    >>> test = gray_test([1, 2, 3, 4, 5, 6, 7, 8], [1, 1, 2, 0, 1, 2, 1, 0], list("aabbabab"))
    >>> round(test.statistic, 4), test.df
    (5.5728, 1)
    """
    patients = competing_follow_up(time, status)
    labels, codes = group_codes(group, groups)
    if codes.size != patients.n:
        raise NotEstimable("unequal_lengths", variable="group")
    present = np.unique(codes)
    if present.size < 2:
        raise NotEstimable("one_group")
    if not (patients.status == cause).any():
        raise NotEstimable("no_events", cause=cause)
    position = np.searchsorted(present, codes)
    stratum = np.zeros(patients.n, dtype=np.int64)
    if strata is not None:
        stratum = group_codes(strata, variable="strata")[1]

    n_groups = present.size
    score, variance = np.zeros(n_groups), np.zeros((n_groups, n_groups))
    for one in np.unique(stratum):
        rows = stratum == one
        ours = patients.status[rows] == cause
        theirs = ~ours & (patients.status[rows] != CENSORED)
        if not ours.any():
            continue
        # Where everyone has had the event a weight is 0/0; the variance is refused below.
        with np.errstate(divide="ignore", invalid="ignore"):
            s, v = _one_stratum(_tally(patients.time[rows], ours, theirs, position[rows], n_groups), rho)
        score, variance = score + s, variance + v
    # The scores sum to 0, so the last group is told by the others.
    inner, u = variance[:-1, :-1], score[:-1]
    if not (np.isfinite(inner).all() and np.isfinite(u).all()) or np.linalg.matrix_rank(inner) < n_groups - 1:
        raise NotEstimable("no_comparison")
    statistic = float(u @ np.linalg.solve(inner, u))
    if statistic < 0:
        raise NotEstimable("too_few_events")
    kept = tuple(labels[code] for code in present)
    return GrayTest(cause, kept, statistic, n_groups - 1, float(chdtrc(n_groups - 1, statistic)))


def _tally(time: FloatArray, ours: BoolArray, theirs: BoolArray, group: IntArray, n_groups: int) -> _Tally:
    distinct, position = np.unique(time, return_inverse=True)
    shape = (distinct.size, n_groups)
    cells = position * n_groups + group

    def count(rows: BoolArray | slice) -> IntArray:
        counts: IntArray = np.bincount(cells[rows], minlength=distinct.size * n_groups).reshape(shape)
        return counts

    n_risk, d1, d2 = from_then_on(count(slice(None))), count(ours), count(theirs)
    at_risk = np.maximum(n_risk, 1)
    survival = np.cumprod(1 - (d1 + d2) / at_risk, axis=0)
    before = np.concatenate([np.ones((1, n_groups)), survival[:-1]])
    incidence = np.cumsum(before * d1 / at_risk, axis=0)
    incidence_before = np.concatenate([np.zeros((1, n_groups)), incidence[:-1]])
    some = (d1 + d2).sum(axis=1) > 0
    return _Tally(*(each[some] for each in (n_risk, d1, d2, before, survival, incidence_before)))


def _one_stratum(tally: _Tally, rho: float) -> tuple[FloatArray, FloatArray]:
    """Score of each group and their covariance, in the notation of Gray's section 2."""
    at_risk = tally.n_risk > 0
    n_risk = np.where(at_risk, tally.n_risk, 1)
    before = np.where(at_risk, tally.before, 1.0)
    d1 = tally.n_event.sum(axis=1)

    # h_r = Y_r / S_r(t-) estimates how many of the group would be at risk without the competing events.
    h = np.where(at_risk, n_risk / before, 0.0)
    total_h = h.sum(axis=1)
    pooled = np.cumsum(d1 / total_h)
    pooled_before = np.r_[0.0, pooled[:-1]]
    weight = (1 - pooled_before) ** rho
    subdistribution = h * (1 - tally.incidence_before)
    expected = d1[:, None] * subdistribution / subdistribution.sum(axis=1)[:, None]
    score = weight @ np.where(at_risk, tally.n_event - expected, 0.0)

    share = h / total_h[:, None]
    a = weight[:, None, None] * h[:, :, None] * (np.eye(h.shape[1]) - share[:, None, :])
    c = np.cumsum(a * (d1 / (total_h * (1 - pooled_before)))[:, None, None], axis=0)

    # How a jump of each group moves the scores, at events of the cause and at competing events.
    left = np.divide(1 - pooled[:, None], tally.survival, out=np.zeros(h.shape), where=tally.survival > 0)
    ties = 1 - (d1 - 1)[:, None] / np.maximum(total_h[:, None] * before - 1, np.finfo(float).tiny)
    own = np.where(d1[:, None] > 1, ties, 1.0) * before * d1[:, None] / (total_h[:, None] * n_risk)
    own = np.where(at_risk, own, 0.0)
    d2 = tally.n_competing
    other_ties = np.where(d2 > 1, 1 - (d2 - 1) / np.maximum(n_risk - 1, 1), 1.0)
    other = np.where(tally.survival > 0, other_ties * before**2 * d2 / n_risk**2, 0.0)

    final = c[-1]
    kept = (1 - left)[:, None, :]
    by_event = a - kept * c + kept * final
    by_other = left[:, None, :] * (c - final)
    variance = np.einsum("tik,tjk,tk->ij", by_event, by_event, own)
    variance += np.einsum("tik,tjk,tk->ij", by_other, by_other, other)
    return score, variance
