"""Measurements in the order of patients and of time."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analytics.statistics.design import numbers
from analytics.statistics.errors import NotEstimable
from analytics.statistics.survival.observations import FloatArray, IntArray, group_codes


@dataclass(frozen=True, eq=False)
class Series:
    """Measurements by patient and time; several at one time averaged.

    Attributes
    ----------
    labels : tuple of str
        Patients, sorted.
    codes : ndarray of shape (n_times,), int
        Place of each measurement's patient among the labels.
    time, value : ndarray of shape (n_times,)
    """

    labels: tuple[str, ...]
    codes: IntArray
    time: FloatArray
    value: FloatArray


def series_of(patient: ArrayLike, time: ArrayLike, value: ArrayLike) -> Series:
    """Order measurements by patient and time.

    Parameters
    ----------
    patient, time, value : array_like of shape (n_measurements,)

    Returns
    -------
    Series

    Raises
    ------
    NotEstimable
        ``no_measurements``; ``unequal_lengths``, ``not_numeric``, ``missing`` or ``infinite`` with the
        `variable`.

    Examples
    --------
    >>> found = series_of(["b", "a", "a", "a"], [0, 3, 0, 3], [9.0, 1.0, 2.0, 5.0])
    >>> found.labels, found.codes, found.time, found.value
    (('a', 'b'), array([0, 0, 1]), array([0., 3., 0.]), array([2., 3., 9.]))
    """
    times, values = numbers(time, "time"), numbers(value, "value")
    if not times.size:
        raise NotEstimable("no_measurements")
    labels, codes = group_codes(patient, variable="patient")
    if not codes.size == times.size == values.size:
        raise NotEstimable("unequal_lengths", variable="time")
    pairs, position = np.unique(np.c_[codes, times], axis=0, return_inverse=True)
    mean = np.bincount(position, values) / np.bincount(position)
    return Series(labels, pairs[:, 0].astype(np.int64), pairs[:, 1], mean)
