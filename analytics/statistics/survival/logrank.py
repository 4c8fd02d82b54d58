"""Comparison of survival between groups: the log-rank test and its G-rho family, stratified or not."""

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
    follow_up,
    from_then_on,
    group_codes,
)


@dataclass(frozen=True, eq=False)
class LogRankTest:
    """Observed and expected events in each group, and their comparison.

    Attributes
    ----------
    groups : tuple of str
    observed, expected : ndarray of shape (n_groups,)
        Weighted when `rho` is not 0; summed over strata.
    variance : ndarray of shape (n_groups, n_groups)
        Hypergeometric covariance of observed minus expected.
    statistic : float
        Chi-square.
    df : int
    p_value : float
    """

    groups: tuple[str, ...]
    observed: FloatArray
    expected: FloatArray
    variance: FloatArray
    statistic: float
    df: int
    p_value: float


def logrank_test(
    time: ArrayLike,
    event: ArrayLike,
    group: ArrayLike,
    *,
    groups: Sequence[object] | None = None,
    strata: ArrayLike | None = None,
    rho: float = 0.0,
) -> LogRankTest:
    """Log-rank test that survival is the same in all groups.

    Parameters
    ----------
    time, event : array_like of shape (n_patients,)
        As in `kaplan_meier`.
    group : array_like of shape (n_patients,)
        Label of each patient's group.
    groups : sequence, optional
        The labels in the order wanted.
    strata : array_like of shape (n_patients,), optional
        Patients are compared within strata only.
    rho : float
        Weight S(t-)^rho of Harrington and Fleming: 0 is the log-rank test, 1 Peto and Peto's Wilcoxon test.

    Returns
    -------
    LogRankTest

    Raises
    ------
    NotEstimable
        ``one_group``, ``no_events``, or ``no_comparison`` when the groups were never at risk at one time; as
        `follow_up`.

    References
    ----------
    Harrington DP, Fleming TR. Biometrika 1982;69:553-566.

    Examples
    --------
    >>> test = logrank_test([1, 2, 3, 4, 5, 6], [1, 1, 1, 1, 0, 1], list("aabbbb"))
    >>> round(test.statistic, 4), test.df
    (5.6279, 1)
    """
    patients = follow_up(time, event)
    labels, codes = group_codes(group, groups)
    if codes.shape != patients.time.shape:
        raise NotEstimable("unequal_lengths", variable="group")
    if np.unique(codes).size < 2:
        raise NotEstimable("one_group")
    if patients.n_events == 0:
        raise NotEstimable("no_events")
    stratum = np.zeros(patients.n, dtype=np.int64)
    if strata is not None:
        stratum = group_codes(strata, variable="strata")[1]

    n_groups = len(labels)
    observed, expected = np.zeros(n_groups), np.zeros(n_groups)
    variance = np.zeros((n_groups, n_groups))
    for one in np.unique(stratum):
        rows = stratum == one
        o, e, v = _one_stratum(patients.time[rows], patients.event[rows], codes[rows], n_groups, rho)
        observed, expected, variance = observed + o, expected + e, variance + v

    compared = np.flatnonzero(expected > 0)[1:]
    difference = (observed - expected)[compared]
    inner = variance[np.ix_(compared, compared)]
    if not compared.size or np.linalg.matrix_rank(inner) < compared.size:
        raise NotEstimable("no_comparison")
    statistic = float(difference @ np.linalg.solve(inner, difference))
    df = int(compared.size)
    return LogRankTest(labels, observed, expected, variance, statistic, df, float(chdtrc(df, statistic)))


def _one_stratum(
    time: FloatArray, event: BoolArray, codes: IntArray, n_groups: int, rho: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    distinct, position = np.unique(time, return_inverse=True)
    cells = position * n_groups + codes
    shape = (distinct.size, n_groups)
    at_risk = from_then_on(np.bincount(cells, minlength=np.prod(shape)).reshape(shape))
    events = np.bincount(cells[event], minlength=np.prod(shape)).reshape(shape)
    n_risk, n_event = at_risk.sum(axis=1), events.sum(axis=1)

    before = np.r_[1.0, np.cumprod(1 - n_event / n_risk)[:-1]]
    weight = before**rho
    share = at_risk / n_risk[:, None]
    observed = weight @ events
    expected = (weight * n_event) @ share
    # One patient alone carries no variance.
    spread = weight**2 * n_event * (n_risk - n_event) / np.maximum(n_risk - 1, 1)
    variance = np.diag(spread @ share) - (share * spread[:, None]).T @ share
    return observed, expected, variance
