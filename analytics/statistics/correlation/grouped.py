"""Correlation within groups, pooled, and given covariates: does pooling make or hide it?"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import atanh, sqrt, tanh
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from analytics.statistics.correlation.intervals import interval
from analytics.statistics.correlation.pair import (
    Correlation,
    correlate,
    paired,
    require_variation,
    t_of,
)
from analytics.statistics.errors import NotEstimable, attempt
from analytics.statistics.samples import Floats, Scale, measured, midranks

_ALPHA = 0.05
_CHANGE = 0.10


@dataclass(frozen=True)
class PartialCorrelation:
    """A correlation of what the covariates leave unexplained.

    Attributes
    ----------
    n : int
    r : float
    statistic : float
        t.
    df : int
        n - 2 less the number of covariates.
    p_value : float
    ci_low, ci_high : float or None
        Fisher's z with variance 1/(df - 1).
    """

    n: int
    r: float
    statistic: float
    df: int
    p_value: float
    ci_low: float | None
    ci_high: float | None


@dataclass(frozen=True)
class Homogeneity:
    """Whether the groups share one correlation: weighted squares of their Fisher z."""

    statistic: float
    df: int
    p_value: float


@dataclass(frozen=True)
class CommonCorrelation:
    """The groups' Fisher z averaged with weights n - 3, and turned back."""

    r: float
    ci_low: float
    ci_high: float


@dataclass(frozen=True)
class GroupedCorrelation:
    """One pair of measurements, pooled and within groups.

    Attributes
    ----------
    groups : tuple of str
    within : tuple of (Correlation or NotEstimable)
        One for each group.
    pooled : Correlation or NotEstimable
        As if there were no groups.
    partial : PartialCorrelation or NotEstimable
        Given the group.
    homogeneity : Homogeneity or NotEstimable
    common : CommonCorrelation or NotEstimable
    is_simpson : bool or NotEstimable
        Pooled and partial differ in sign, by more than 0.10, or only one has p < 0.05.
    """

    groups: tuple[str, ...]
    within: tuple[Correlation | NotEstimable, ...]
    pooled: Correlation | NotEstimable
    partial: PartialCorrelation | NotEstimable
    homogeneity: Homogeneity | NotEstimable
    common: CommonCorrelation | NotEstimable
    is_simpson: bool | NotEstimable


def partial_correlation(
    x: ArrayLike,
    y: ArrayLike,
    covariates: ArrayLike,
    *,
    method: Literal["pearson", "spearman"] = "pearson",
    level: float = 0.95,
) -> PartialCorrelation:
    """Correlate what remains of two measurements once both are regressed on covariates.

    Parameters
    ----------
    x, y : array_like of shape (n_patients,)
        In any units; NaN is missing.
    covariates : array_like of shape (n_patients, n_covariates)
        Without intercept; NaN is missing. Redundant columns cost no degree of freedom.
    method : {"pearson", "spearman"}
        Spearman's works on the mid-ranks of x, y and every covariate.
    level : float
        Coverage of the interval.

    Returns
    -------
    PartialCorrelation

    Raises
    ------
    NotEstimable
        ``not_numeric``, ``infinite``, ``too_few``, ``constant``; ``determined`` when the covariates leave
        nothing of x or y.

    References
    ----------
    Fisher RA. Metron 1924;3:329-332.

    Examples
    --------
    >>> found = partial_correlation([1, 2, 3, 5.0], [2, 1, 4, 4.0], [[0.0], [0], [1], [1]])
    >>> round(found.r, 4), found.df
    (-0.4472, 1)
    """
    table = np.asarray(covariates)
    if table.ndim != 2:
        raise ValueError("covariates must have two dimensions")
    given = np.column_stack([measured(column, "covariates") for column in table.T])
    first, second = measured(x, "x"), measured(y, "y")
    complete = ~(np.isnan(first) | np.isnan(second) | np.isnan(given).any(axis=1))
    first, second = paired(first[complete], second[complete])
    require_variation(first, second)
    given = given[complete]
    if method == "spearman":
        first, second = midranks(first)[0], midranks(second)[0]
        given = np.column_stack([midranks(column)[0] for column in given.T])
    basis = _orthonormal(given)
    n = first.size
    df = n - 1 - basis.shape[1]
    if df < 1:
        raise NotEstimable("too_few", n=n, needed=basis.shape[1] + 2)
    u, v = (_residual(values, basis, name) for name, values in (("x", first), ("y", second)))
    r = min(1.0, max(-1.0, float(u @ v)))
    statistic, p_value = t_of(r, df)
    # Fisher's z with n - 3 less the covariates.
    low, high = interval(r, df + 2, level=level)
    return PartialCorrelation(n, r, statistic, df, p_value, low, high)


def _orthonormal(covariates: Floats) -> Floats:
    """Columns that span the intercept and the covariates."""
    n = covariates.shape[0]
    scaled = [np.ones(n)]
    for column in covariates.T:
        values = Scale.of(column).apply(column)
        length = np.linalg.norm(values - values.mean())
        if length:
            scaled.append((values - values.mean()) / length * sqrt(n))
    left, sizes, _ = np.linalg.svd(np.column_stack(scaled), full_matrices=False)
    basis: Floats = left[:, sizes > sizes[0] * 1e-10]
    return basis


def _residual(values: Floats, basis: Floats, variable: str) -> Floats:
    scaled = Scale.of(values).apply(values)
    scaled = scaled - scaled.mean()
    left = scaled - basis @ (basis.T @ scaled)
    length = np.linalg.norm(left)
    if length <= 1e-10 * np.linalg.norm(scaled):
        raise NotEstimable("determined", variable=variable)
    residual: Floats = left / length
    return residual


def grouped_correlation(
    x: ArrayLike,
    y: ArrayLike,
    groups: NDArray[np.object_] | Sequence[str],
    *,
    levels: Sequence[str],
    level: float = 0.95,
) -> GroupedCorrelation:
    """Pearson's correlation within groups and pooled, side by side.

    Parameters
    ----------
    x, y : array_like of shape (n_patients,)
        In any units; NaN is missing.
    groups : sequence of str of shape (n_patients,)
        Label of each patient's group; patients of no listed group are left out.
    levels : sequence of str
        The groups, in order.
    level : float
        Coverage of the intervals.

    Returns
    -------
    GroupedCorrelation

    Raises
    ------
    NotEstimable
        ``not_numeric``, ``infinite``. A part that cannot be estimated holds its refusal.

    References
    ----------
    Simpson EH. J R Stat Soc B 1951;13:238-241. Hedges LV, Olkin I. Statistical methods for meta-analysis.
    Academic Press 1985, p. 235.

    Examples
    --------
    >>> x, y = [1, 2, 3, 4, 5, 6, 7, 8], [3, 1, 2, 4, 9, 7, 8, 6]
    >>> found = grouped_correlation(x, y, ["a"] * 4 + ["b"] * 4, levels=["a", "b"])
    >>> [round(within.r, 3) for within in found.within], round(found.pooled.r, 3), found.is_simpson
    ([0.4, -0.8], 0.757, True)
    """
    first, second = measured(x, "x"), measured(y, "y")
    label = np.asarray(groups, dtype=object)
    members = [label == name for name in levels]
    listed = np.logical_or.reduce(members)
    dummies = np.column_stack([member.astype(np.float64) for member in members])
    within = tuple(attempt(correlate, first[member], second[member], level=level) for member in members)
    pooled = attempt(correlate, first[listed], second[listed], level=level)
    partial = attempt(partial_correlation, first[listed], second[listed], dummies[listed], level=level)
    return GroupedCorrelation(
        groups=tuple(levels),
        within=within,
        pooled=pooled,
        partial=partial,
        homogeneity=attempt(_homogeneity, within),
        common=attempt(_common, within, level),
        is_simpson=attempt(_is_simpson, pooled, partial),
    )


def _fisher_z(within: Sequence[Correlation | NotEstimable]) -> tuple[Floats, Floats]:
    for found in within:
        if isinstance(found, NotEstimable):
            raise found
        if found.n < 4:
            raise NotEstimable("too_few", n=found.n, needed=4)
        if abs(found.r) == 1:
            raise NotEstimable("perfect_correlation")
    known = [found for found in within if isinstance(found, Correlation)]
    return np.array([atanh(found.r) for found in known]), np.array([found.n - 3.0 for found in known])


def _homogeneity(within: Sequence[Correlation | NotEstimable]) -> Homogeneity:
    z, weights = _fisher_z(within)
    statistic = float(weights @ (z - np.average(z, weights=weights)) ** 2)
    return Homogeneity(statistic, z.size - 1, float(special.chdtrc(z.size - 1, statistic)))


def _common(within: Sequence[Correlation | NotEstimable], level: float) -> CommonCorrelation:
    z, weights = _fisher_z(within)
    mean = float(np.average(z, weights=weights))
    half = float(special.ndtri((1 + level) / 2)) / sqrt(weights.sum())
    return CommonCorrelation(tanh(mean), tanh(mean - half), tanh(mean + half))


def _is_simpson(pooled: Correlation | NotEstimable, partial: PartialCorrelation | NotEstimable) -> bool:
    if isinstance(pooled, NotEstimable):
        raise pooled
    if isinstance(partial, NotEstimable):
        raise partial
    turns = np.sign(pooled.r) != np.sign(partial.r)
    one_sided = (pooled.p_value < _ALPHA) != (partial.p_value < _ALPHA)
    return bool(turns or abs(pooled.r - partial.r) > _CHANGE or one_sided)
