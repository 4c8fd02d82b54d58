"""The empirical ROC curve, from patients or from one table of value and class counts."""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from analytics.statistics.design import both_classes, numbers, two_classes
from analytics.statistics.errors import NotEstimable
from analytics.statistics.roc.curve import Counts, Direction, Floats, RocCurve


def roc_curve(
    outcome: ArrayLike, marker: ArrayLike, *, direction: Literal["auto", "<", ">"] = "auto"
) -> RocCurve:
    """Empirical ROC curve of a marker.

    Parameters
    ----------
    outcome : array_like of shape (n_patients,), bool
        Whether the outcome occurred.
    marker : array_like of shape (n_patients,)
        In its dictionary unit; complete cases only.
    direction : {"auto", "<", ">"}
        "<": controls lie lower, positive when marker >= threshold. ">": the reverse. "auto" takes "<" when
        the median of the controls is at most that of the cases. A stated direction is never turned.

    Returns
    -------
    RocCurve

    Raises
    ------
    NotEstimable
        ``no_patients``; ``one_class`` if the outcome occurred in nobody or everybody; ``not_numeric``,
        ``missing`` or ``infinite`` for the marker or the outcome; ``unequal_lengths``.

    References
    ----------
    Robin X et al. BMC Bioinformatics 2011;12:77.

    Examples
    --------
    >>> curve = roc_curve([True, True, False, False], [0.62, 0.71, 0.71, 0.95])
    >>> curve.direction, curve.auc
    ('>', 0.875)
    >>> [(point.threshold, point.tp, point.fp) for point in curve.youden()]
    [(0.83, 2, 1), (0.665, 1, 0)]
    """
    occurred = two_classes(outcome)
    observed = numbers(marker, "marker")
    if observed.shape != occurred.shape:
        raise NotEstimable("unequal_lengths", variable="marker")
    values, position = np.unique(observed, return_inverse=True)
    cases = np.bincount(position[occurred], minlength=values.size)
    controls = np.bincount(position[~occurred], minlength=values.size)
    return roc_curve_from_counts(values, cases, controls, direction=direction)


def roc_curve_from_counts(
    values: ArrayLike,
    cases: ArrayLike,
    controls: ArrayLike,
    *,
    direction: Literal["auto", "<", ">"] = "auto",
) -> RocCurve:
    """Empirical ROC curve from a table of value and class counts, which merges and subtracts exactly.

    Parameters
    ----------
    values : array_like of shape (n_values,)
        Distinct finite values of the marker, ascending.
    cases, controls : array_like of shape (n_values,), int
        Patients of each class at each value; rows without either are left out of the curve.
    direction : {"auto", "<", ">"}
        As in `roc_curve`.

    Returns
    -------
    RocCurve
        The same as from the patients themselves.

    Raises
    ------
    NotEstimable
        ``no_patients`` or ``one_class``.

    References
    ----------
    Robin X et al. BMC Bioinformatics 2011;12:77.

    Examples
    --------
    >>> roc_curve_from_counts([1.0, 2.0, 3.0], [0, 1, 2], [3, 1, 0]).auc
    0.9583333333333334
    """
    value = np.asarray(values, dtype=np.float64)
    case, control = np.asarray(cases, dtype=np.int64), np.asarray(controls, dtype=np.int64)
    seen = case + control > 0
    if not seen.all():
        value, case, control = value[seen], case[seen], control[seen]
    both_classes(int(case.sum()), int(control.sum()))
    chosen: Direction
    if direction == "auto":
        chosen = "<" if _median(value, control) <= _median(value, case) else ">"
    else:
        chosen = direction

    if chosen == "<":
        tn, fn = _cumulated(control), _cumulated(case)
        thresholds = _thresholds(value, chosen)
    else:
        tn, fn = _cumulated(control[::-1]), _cumulated(case[::-1])
        thresholds = _thresholds(value, chosen)[::-1]
    return RocCurve(chosen, value, case, control, thresholds, fn[-1] - fn, tn[-1] - tn, tn, fn)


def _cumulated(counts: Counts) -> Counts:
    return np.concatenate(([0], np.cumsum(counts)))


def _median(values: Floats, counts: Counts) -> float:
    """Median of a counted table, halves added before halving, as R's mean of two values."""
    reached = np.cumsum(counts)
    n = int(reached[-1])
    low, high = np.searchsorted(reached, [(n - 1) // 2, n // 2], side="right")
    return float(values[low] / 2 + values[high] / 2)


def _thresholds(values: Floats, direction: Direction) -> Floats:
    """Midpoints, ascending; one that rounds onto a value moves to the value that keeps the classification."""
    low, high = values[:-1], values[1:]
    if max(-values[0], values[-1]) > 1e100:
        # Halved before adding where the sum could overflow, as pROC.
        large = np.maximum(np.abs(low), np.abs(high)) > 1e100
        with np.errstate(over="ignore"):
            middle = np.where(large, low / 2 + high / 2, (low + high) / 2)
    else:
        middle = low + high
        middle /= 2
    rounded = (middle == low) | (middle == high)
    if rounded.any():
        middle = np.where(rounded, high if direction == "<" else low, middle)
    return np.concatenate(([-np.inf], middle, [np.inf]))
