"""Follow-up as arrays: checked, with times that differ only by rounding made equal, and counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.statistics.design import numbers
from analytics.statistics.errors import NotEstimable

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
Number = TypeVar("Number", np.float64, np.int64)

# Two times closer than this are one time, as in R's survival: 0.1 + 0.2 years is 0.3 years.
TIE_TOLERANCE = float(np.sqrt(np.finfo(np.float64).eps))


@dataclass(frozen=True, eq=False)
class FollowUp:
    """Time to an event or to the end of observation.

    Attributes
    ----------
    time : ndarray of shape (n_patients,)
        In the unit given, zero or more.
    event : ndarray of shape (n_patients,), bool
        True where the event ended the follow-up, False where the patient was censored.
    """

    time: FloatArray
    event: BoolArray

    @property
    def n(self) -> int:
        """Number of patients."""
        return int(self.time.size)

    @property
    def n_events(self) -> int:
        """Number of events."""
        return int(self.event.sum())


@dataclass(frozen=True, eq=False)
class RiskTable:
    """Patients at risk, events and censorings at each distinct time.

    Attributes
    ----------
    time : ndarray of shape (n_times,)
        Distinct times of event or censoring, ascending.
    n_risk : ndarray of shape (n_times,)
        Patients still followed just before the time.
    n_event, n_censored : ndarray of shape (n_times,)
    """

    time: FloatArray
    n_risk: IntArray
    n_event: IntArray
    n_censored: IntArray


def follow_up(time: ArrayLike, event: ArrayLike) -> FollowUp:
    """Check the times and events of the patients.

    Parameters
    ----------
    time : array_like of shape (n_patients,)
        Follow-up, in any one unit, zero or more.
    event : array_like of shape (n_patients,)
        1 or True where the event occurred, 0 or False where the patient was censored.

    Returns
    -------
    FollowUp

    Raises
    ------
    NotEstimable
        ``no_patients``, ``unequal_lengths``, ``negative_time``, ``not_binary``; ``not_numeric``, ``missing``
        or ``infinite`` with the `variable`.

    Examples
    --------
    >>> follow_up([3, 5, 5], [True, False, True]).n_events
    2
    """
    times, occurred = numbers(time, "time"), indicator(event, "event")
    if times.shape != occurred.shape:
        raise NotEstimable("unequal_lengths", variable="event")
    return FollowUp(checked_times(times), occurred)


def checked_times(times: FloatArray) -> FloatArray:
    """Refuse an empty cohort and negative times; make times equal that differ by rounding alone.

    Parameters
    ----------
    times : ndarray of shape (n_patients,)

    Returns
    -------
    ndarray of shape (n_patients,)

    Raises
    ------
    NotEstimable
        ``no_patients``, ``negative_time``.
    """
    if times.size == 0:
        raise NotEstimable("no_patients")
    if times.min() < 0:
        raise NotEstimable("negative_time", smallest=float(times.min()))
    return merge_rounded(times)


def merge_rounded(times: FloatArray) -> FloatArray:
    """Times within the tolerance of the next smaller one take its value.

    Parameters
    ----------
    times : ndarray of shape (n_times,)

    Returns
    -------
    ndarray of shape (n_times,)

    Examples
    --------
    >>> merge_rounded(np.array([0.1 + 0.2, 0.3, 0.5])).tolist()
    [0.3, 0.3, 0.5]
    """
    distinct = np.unique(times)
    step = np.diff(distinct)
    same = (step <= TIE_TOLERANCE) | (step <= TIE_TOLERANCE * np.abs(distinct).mean())
    if not same.any():
        return times
    kept = distinct[np.r_[True, ~same]]
    return kept[np.searchsorted(kept, times, side="right") - 1]


def indicator(values: ArrayLike, variable: str) -> BoolArray:
    """A yes/no column, refused when it holds anything but 0 and 1.

    Parameters
    ----------
    values : array_like of shape (n_patients,)
    variable : str
        Its name, for the refusal.

    Returns
    -------
    ndarray of shape (n_patients,), bool

    Raises
    ------
    NotEstimable
        ``not_binary``, ``not_numeric``, ``missing`` or ``infinite``, with the `variable`.
    """
    coded = numbers(values, variable)
    if not np.isin(coded, (0.0, 1.0)).all():
        raise NotEstimable("not_binary", variable=variable)
    return coded.astype(np.bool_)


def group_codes(
    group: ArrayLike, groups: Sequence[object] | None = None, *, variable: str = "group"
) -> tuple[tuple[str, ...], IntArray]:
    """Labels of the groups, in the order given or sorted, and the position of each patient's among them.

    Parameters
    ----------
    group : array_like of shape (n_patients,)
    groups : sequence, optional
        The labels in the order wanted.
    variable : str
        Name of the column, for the refusal.

    Returns
    -------
    labels : tuple of str
    codes : ndarray of shape (n_patients,), int

    Raises
    ------
    NotEstimable
        ``missing`` or ``unknown_level``, with the `variable`.

    Examples
    --------
    >>> group_codes(["MHD", "control", "MHD"])
    (('MHD', 'control'), array([0, 1, 0]))
    """
    column = np.asarray(group)
    # Of all values only NaN differs from itself.
    if np.any(column != column) or (column.dtype == object and None in column.tolist()):
        raise NotEstimable("missing", variable=variable)
    labels = column.astype(np.str_)
    found, position = np.unique(labels, return_inverse=True)
    if groups is None:
        return tuple(found.tolist()), position
    ordered = [str(label) for label in groups]
    if not set(found.tolist()) <= set(ordered):
        raise NotEstimable("unknown_level", variable=variable)
    places = np.array([ordered.index(label) for label in found.tolist()], dtype=np.int64)
    return tuple(ordered), places[position]


def risk_table(patients: FollowUp) -> RiskTable:
    """Count patients at risk, events and censorings at each distinct time.

    Parameters
    ----------
    patients : FollowUp

    Returns
    -------
    RiskTable

    Examples
    --------
    >>> counts = risk_table(follow_up([1, 2, 2], [1, 0, 1]))
    >>> counts.n_risk, counts.n_event, counts.n_censored
    (array([3, 2]), array([1, 1]), array([0, 1]))
    """
    time, position = np.unique(patients.time, return_inverse=True)
    n_event = np.bincount(position[patients.event], minlength=time.size)
    n_all = np.bincount(position, minlength=time.size)
    return RiskTable(time, from_then_on(n_all), n_event, n_all - n_event)


def from_then_on(counts: NDArray[Number]) -> NDArray[Number]:
    """Sum of each row and all the later ones.

    Parameters
    ----------
    counts : ndarray of shape (n_rows, ...)

    Returns
    -------
    ndarray of shape (n_rows, ...)
    """
    sums: NDArray[Number] = np.cumsum(counts[::-1], axis=0)[::-1]
    return sums


def finite_or_none(values: FloatArray) -> tuple[float | None, ...]:
    """Numbers as a tuple, None where a number is not defined.

    Parameters
    ----------
    values : ndarray of shape (n_values,)

    Returns
    -------
    tuple of (float or None)
    """
    return tuple(value if np.isfinite(value) else None for value in values.tolist())
