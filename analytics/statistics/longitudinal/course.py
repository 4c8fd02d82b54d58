"""The course of a measurement described: its mean at each planned time."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from analytics.statistics.comparison.description import describe
from analytics.statistics.longitudinal.series import series_of


@dataclass(frozen=True)
class Occasion:
    """The measurements of one planned time.

    Attributes
    ----------
    time : float
    n : int
        Patients with a measurement near enough; each counts once.
    mean : float or None
        None without any.
    sd, ci_low, ci_high : float or None
        With n - 1, and the t interval of the mean; None below two patients.
    """

    time: float
    n: int
    mean: float | None
    sd: float | None
    ci_low: float | None
    ci_high: float | None


def mean_course(
    patient: ArrayLike,
    time: ArrayLike,
    value: ArrayLike,
    *,
    at: Sequence[float],
    window: float,
    level: float = 0.95,
) -> tuple[Occasion, ...]:
    """Mean of the measurements nearest to each planned time, one a patient; several at one time averaged.

    Parameters
    ----------
    patient, time, value : array_like of shape (n_measurements,)
    at : sequence of float
        Planned times, in the unit of the times.
    window : float
        Greatest distance of a measurement from the planned time; of two as near the earlier counts.
    level : float
        Coverage of the intervals.

    Returns
    -------
    tuple of Occasion
        One for each planned time.

    Raises
    ------
    NotEstimable
        As `series_of`.

    References
    ----------
    Matthews JNS et al. BMJ 1990;300:230-235.

    Examples
    --------
    >>> [found] = mean_course(list("aabb"), [0, 5, 6, 9], [1.0, 1.4, 1.8, 2.5], at=[6], window=2)
    >>> found.n, found.mean, round(found.ci_low, 3), round(found.ci_high, 3)
    (2, 1.6, -0.941, 4.141)
    """
    series = series_of(patient, time, value)
    found = []
    for planned in at:
        distance = np.abs(series.time - planned)
        near = np.flatnonzero(distance <= window)
        near = near[np.lexsort((series.time[near], distance[near], series.codes[near]))]
        first = np.unique(series.codes[near], return_index=True)[1]
        found.append(_occasion(planned, series.value[near[first]].tolist(), level))
    return tuple(found)


def _occasion(planned: float, values: list[float], level: float) -> Occasion:
    found = describe(values)
    if found.mean is None or found.sd is None:
        return Occasion(planned, found.n, found.mean, None, None, None)
    half = float(stdtrit(found.n - 1, (1 + level) / 2)) * found.sd / found.n**0.5
    return Occasion(planned, found.n, found.mean, found.sd, found.mean - half, found.mean + half)
