"""How much an area, and a cut-off chosen by the data, owe to chance."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.statistics.design import numbers
from analytics.statistics.errors import NotEstimable
from analytics.statistics.resampling.scores import areas
from analytics.statistics.roc.construction import roc_curve
from analytics.statistics.roc.curve import RocCurve

Floats = NDArray[np.float64]

# Resamples drawn together; each batch has its own random stream.
_BATCH = 100


@dataclass(frozen=True, eq=False)
class CutoffStability:
    """A data-driven cut-off under resampling of cases and controls apart.

    Attributes
    ----------
    threshold : float
        Youden's cut-off in the patients themselves, in the unit of the marker.
    auc_low, auc_high : float
        Percentile interval of the area.
    threshold_low, threshold_high : float
        Percentile interval of the cut-off; one that calls all or none positive is infinite.
    apparent_sensitivity, apparent_specificity : float
        At the cut-off, in the patients it was chosen in.
    sensitivity, specificity : float
        Means over the resamples, each at its own cut-off in the patients that the resample left out.
    n_resamples : int
        Drawn.
    """

    threshold: float
    auc_low: float
    auc_high: float
    threshold_low: float
    threshold_high: float
    apparent_sensitivity: float
    apparent_specificity: float
    sensitivity: float
    specificity: float
    n_resamples: int


def bootstrap_cutoff(
    outcome: ArrayLike,
    marker: ArrayLike,
    *,
    direction: Literal["auto", "<", ">"] = "auto",
    n_resamples: int = 2000,
    seed: int,
    level: float = 0.95,
) -> CutoffStability:
    """Resample cases and controls apart, and choose the cut-off anew in each resample.

    The direction is decided once, by all patients: chosen anew it would flatter areas near one half.

    Parameters
    ----------
    outcome : array_like of shape (n_patients,), bool
        Whether the outcome occurred.
    marker : array_like of shape (n_patients,)
        In its dictionary unit.
    direction : {"auto", "<", ">"}
        As in `analytics.statistics.roc.roc_curve`.
    n_resamples : int
        How many.
    seed : int
        The same seed gives the same resamples.
    level : float
        Confidence level of the percentile intervals.

    Returns
    -------
    CutoffStability

    Raises
    ------
    NotEstimable
        ``too_few_cases`` or ``too_few_controls`` below two; as `roc_curve` otherwise.

    References
    ----------
    Leeflang MMG et al. Clin Chem 2008;54:729-737. Robin X et al. BMC Bioinformatics 2011;12:77.

    Examples
    --------
    >>> marker = np.arange(40.0)
    >>> outcome = (marker + 8 * np.sin(marker)) > 20
    >>> found = bootstrap_cutoff(outcome, marker, n_resamples=200, seed=1)
    >>> found.apparent_sensitivity >= found.sensitivity, found.threshold_low <= found.threshold
    (True, True)
    """
    curve = roc_curve(outcome, marker, direction=direction)
    for reason, n in (("too_few_cases", curve.n_cases), ("too_few_controls", curve.n_controls)):
        if n < 2:
            raise NotEstimable(reason, n=n, needed=2)
    values, member = np.unique(numbers(marker, "marker"), return_inverse=True)
    occurred = numbers(outcome, "outcome") == 1
    # Positions in the curve's order, so that the patients called positive come last.
    rank = member if curve.direction == "<" else values.size - 1 - member
    ordered = values if curve.direction == "<" else values[::-1]
    parts = []
    for batch, first in enumerate(range(0, n_resamples, _BATCH)):
        stream = np.random.default_rng([seed, batch])
        size = min(_BATCH, n_resamples - first)
        drawn = [_redrawn(rank[side], values.size, stream, size) for side in (occurred, ~occurred)]
        parts.append(_of_batch(ordered, curve, *drawn))
    auc, threshold, sensitivity, specificity = (np.concatenate([part[k] for part in parts]) for k in range(4))
    tails = [(1 - level) / 2, (1 + level) / 2]
    best = curve.youden()[0]
    auc_low, auc_high = np.quantile(auc, tails)
    # Infinite cut-offs cannot be interpolated between.
    low, high = np.quantile(threshold, tails, method="inverted_cdf")
    return CutoffStability(
        threshold=best.threshold,
        auc_low=float(auc_low),
        auc_high=float(auc_high),
        threshold_low=float(low),
        threshold_high=float(high),
        apparent_sensitivity=best.sensitivity,
        apparent_specificity=best.specificity,
        sensitivity=_mean_of_known(sensitivity),
        specificity=_mean_of_known(specificity),
        n_resamples=n_resamples,
    )


def _redrawn(
    rank: NDArray[np.intp], n_values: int, stream: np.random.Generator, size: int
) -> tuple[Floats, Floats]:
    """Counts at each value of the patients drawn, and of those left out, shape (size, n_values)."""
    rows = stream.integers(0, rank.size, size=(_BATCH, rank.size), dtype=np.intp)[:size]
    offset = np.arange(size)[:, None]
    left_out = np.ones((size, rank.size))
    left_out[offset, rows] = 0
    drawn = np.bincount((rank[rows] + n_values * offset).ravel(), minlength=size * n_values)
    outside = np.bincount(
        (rank + n_values * offset).ravel(), weights=left_out.ravel(), minlength=size * n_values
    )
    shape = (size, n_values)
    return drawn.reshape(shape).astype(np.float64), outside.reshape(shape).astype(np.float64)


def _of_batch(
    ordered: Floats, curve: RocCurve, cases: tuple[Floats, Floats], controls: tuple[Floats, Floats]
) -> tuple[Floats, ...]:
    """Area, cut-off, and sensitivity and specificity outside, of each resample."""
    position = np.broadcast_to(np.arange(ordered.size, dtype=np.float64), cases[0].shape)
    (auc,) = areas(position, (cases[0], controls[0]))
    missed, cleared = (_below(side[0]) for side in (cases, controls))
    score = cleared * curve.n_cases - missed * curve.n_controls
    cut = score.argmax(axis=1)
    seen = (cases[0] + controls[0]) > 0
    threshold = np.array([_midpoint(ordered, row, k) for row, k in zip(seen, cut, strict=True)])
    if curve.direction == ">":
        threshold = np.where(np.isinf(threshold), -threshold, threshold)
    rows = np.arange(len(cut))
    missed_outside, cleared_outside = (_below(side[1])[rows, cut] for side in (cases, controls))
    n_cases, n_controls = cases[1].sum(axis=1), controls[1].sum(axis=1)
    absent = np.full(len(cut), np.nan)
    sensitivity = np.divide(n_cases - missed_outside, n_cases, out=absent.copy(), where=n_cases > 0)
    specificity = np.divide(cleared_outside, n_controls, out=absent.copy(), where=n_controls > 0)
    return auc, threshold, sensitivity, specificity


def _below(counts: Floats) -> Floats:
    """Patients before each cut: none before the first, all before the last."""
    return np.hstack([np.zeros((len(counts), 1)), np.cumsum(counts, axis=1)])


def _midpoint(ordered: Floats, seen: NDArray[np.bool_], cut: int) -> float:
    """The cut-off between the values drawn on either side of a cut."""
    before, after = np.flatnonzero(seen[:cut]), np.flatnonzero(seen[cut:])
    if before.size == 0:
        return float("-inf")
    if after.size == 0:
        return float("inf")
    return float(ordered[before[-1]] / 2 + ordered[cut + after[0]] / 2)


def _mean_of_known(values: Floats) -> float:
    known = values[~np.isnan(values)]
    if known.size == 0:
        raise NotEstimable("no_usable_resample", n_resamples=int(values.size))
    return float(known.mean())
