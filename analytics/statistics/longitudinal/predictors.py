"""Repeated measurements as predictors: at a landmark, averaged over time, or updated as they come."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.statistics.errors import NotEstimable
from analytics.statistics.longitudinal.series import series_of
from analytics.statistics.survival.observations import (
    BoolArray,
    FloatArray,
    IntArray,
    follow_up,
    group_codes,
)


@dataclass(frozen=True, eq=False)
class PatientValues:
    """One value for each patient who has one.

    Attributes
    ----------
    patient : tuple of str
    value : ndarray of shape (n_patients,)
    n_measurements : ndarray of shape (n_patients,), int
        Measurements that each value rests on.
    """

    patient: tuple[str, ...]
    value: FloatArray
    n_measurements: IntArray


@dataclass(frozen=True, eq=False)
class Spells:
    """Follow-up cut at each new measurement, for a Cox model with entry times.

    Attributes
    ----------
    patient : ndarray of shape (n_spells,), str
    entry, time : ndarray of shape (n_spells,)
        At risk in (entry, time].
    event : ndarray of shape (n_spells,), bool
    value : ndarray of shape (n_spells,)
        The latest measurement at the entry.
    """

    patient: NDArray[np.str_]
    entry: FloatArray
    time: FloatArray
    event: BoolArray
    value: FloatArray


def landmark_values(
    patient: ArrayLike, time: ArrayLike, value: ArrayLike, *, landmark: float, window: float
) -> PatientValues:
    """The latest measurement at or before a landmark, not older than the window.

    Follow-up for a model of these values starts at the landmark, with those still at risk then: nothing
    measured later enters.

    Parameters
    ----------
    patient, time, value : array_like of shape (n_measurements,)
    landmark : float
        In the unit of the times.
    window : float
        Greatest age of a measurement at the landmark.

    Returns
    -------
    PatientValues

    Raises
    ------
    NotEstimable
        ``no_measurements`` in the window; ``unequal_lengths``, ``not_numeric``, ``missing`` or ``infinite``
        with the `variable`.

    References
    ----------
    Anderson JR, Cain KC, Gelber RD. J Clin Oncol 1983;1:710-719.

    Examples
    --------
    >>> found = landmark_values(list("aabb"), [0, 5, 1, 9], [1.1, 1.3, 0.9, 2.0], landmark=6, window=6)
    >>> found.patient, found.value
    (('a', 'b'), array([1.3, 0.9]))
    """
    series = series_of(patient, time, value)
    inside = np.flatnonzero((series.time <= landmark) & (series.time >= landmark - window))
    if not inside.size:
        raise NotEstimable("no_measurements")
    last = inside[np.r_[np.diff(series.codes[inside]) != 0, True]]
    return PatientValues(
        tuple(series.labels[code] for code in series.codes[last]),
        series.value[last],
        np.bincount(series.codes[inside])[series.codes[last]],
    )


def time_averages(
    patient: ArrayLike, time: ArrayLike, value: ArrayLike, *, start: float, end: float
) -> PatientValues:
    """Mean of each patient's measurements between two times, weighted by the time that each stands for.

    The area under straight lines between the measurements, over the time from the first to the last; the
    measurement itself where there is but one. Only a mean that ends before the follow-up starts may predict
    events.

    Parameters
    ----------
    patient, time, value : array_like of shape (n_measurements,)
    start, end : float
        Measurements from `start` to `end`, both included, count.

    Returns
    -------
    PatientValues

    Raises
    ------
    NotEstimable
        As `landmark_values`.

    Examples
    --------
    >>> found = time_averages(["a", "a", "a", "b"], [0, 2, 6, 3], [1.0, 2.0, 2.0, 5.0], start=0, end=6)
    >>> found.value.round(4)
    array([1.8333, 5.    ])
    """
    series = series_of(patient, time, value)
    inside = (series.time >= start) & (series.time <= end)
    if not inside.any():
        raise NotEstimable("no_measurements")
    codes, times, values = series.codes[inside], series.time[inside], series.value[inside]
    present, first, count = np.unique(codes, return_index=True, return_counts=True)
    same = np.diff(codes) == 0
    width = np.where(same, np.diff(times), 0.0)
    position = np.repeat(np.arange(present.size), count)
    area = np.bincount(position[1:], width * (values[:-1] + values[1:]) / 2, minlength=present.size)
    span = np.bincount(position[1:], width, minlength=present.size)
    mean = np.divide(area, span, out=values[first].copy(), where=span > 0)
    return PatientValues(tuple(series.labels[code] for code in present), mean, count)


def time_updated_spells(
    patient: ArrayLike,
    time: ArrayLike,
    value: ArrayLike,
    *,
    followed: ArrayLike,
    end: ArrayLike,
    event: ArrayLike,
) -> Spells:
    """Cut each follow-up at each measurement, so that a Cox model knows at any time only what was known then.

    A patient is at risk from the first measurement, or from time 0 when that is earlier; a measurement at or
    after the end of the follow-up is not used.

    Parameters
    ----------
    patient, time, value : array_like of shape (n_measurements,)
    followed : array_like of shape (n_patients,)
        Label of each patient followed, each once.
    end : array_like of shape (n_patients,)
        End of follow-up.
    event : array_like of shape (n_patients,)
        1 or True where the event ended it.

    Returns
    -------
    Spells
        Ordered by patient and time.

    Raises
    ------
    NotEstimable
        ``duplicate_patients``; ``no_measurements`` before the end of any follow-up; as `landmark_values` and
        `follow_up`.

    References
    ----------
    Therneau TM, Grambsch PM. Modeling Survival Data. Springer 2000, section 3.7.

    Examples
    --------
    >>> spells = time_updated_spells(
    ...     ["a", "a", "b"], [0, 4, 0], [1.2, 0.9, 1.0], followed=["a", "b"], end=[10, 3], event=[1, 0]
    ... )
    >>> spells.entry, spells.time, spells.event
    (array([0., 4., 0.]), array([ 4., 10.,  3.]), array([False,  True, False]))
    """
    series = series_of(patient, time, value)
    patients = follow_up(end, event)
    labels, order = group_codes(followed, variable="followed")
    if order.size != patients.n:
        raise NotEstimable("unequal_lengths", variable="followed")
    if len(labels) < order.size:
        raise NotEstimable("duplicate_patients")
    ends, occurred = np.empty(order.size), np.zeros(order.size, dtype=np.bool_)
    ends[order], occurred[order] = patients.time, patients.event

    # Both lists of labels are sorted, so a patient's place in one gives the place in the other.
    place = np.searchsorted(np.array(labels), np.array(series.labels)[series.codes])
    place = np.minimum(place, order.size - 1)
    known = np.array(labels)[place] == np.array(series.labels)[series.codes]
    entry = np.maximum(series.time, 0.0)
    superseded = np.r_[(np.diff(series.codes) == 0) & (series.time[1:] <= 0), False]
    used = known & (entry < ends[place]) & ~superseded
    if not used.any():
        raise NotEstimable("no_measurements")
    place, entry, values = place[used], entry[used], series.value[used]
    is_last = np.r_[np.diff(place) != 0, True]
    stop = np.where(is_last, ends[place], np.r_[entry[1:], np.inf])
    return Spells(np.array(labels)[place], entry, stop, is_last & occurred[place], values)
