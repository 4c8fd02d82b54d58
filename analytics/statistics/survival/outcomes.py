"""Follow-up that ends in one of several ways."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analytics.statistics.design import numbers
from analytics.statistics.errors import NotEstimable
from analytics.statistics.survival.observations import FloatArray, IntArray, checked_times

CENSORED = 0


@dataclass(frozen=True, eq=False)
class CompetingFollowUp:
    """Time to the first event and its cause.

    Attributes
    ----------
    time : ndarray of shape (n_patients,)
        In the unit given, zero or more.
    status : ndarray of shape (n_patients,), int
        0 where the patient was censored, otherwise the cause: 1, 2, ...
    """

    time: FloatArray
    status: IntArray

    @property
    def n(self) -> int:
        """Number of patients."""
        return int(self.time.size)


def competing_follow_up(time: ArrayLike, status: ArrayLike) -> CompetingFollowUp:
    """Check the times and causes of the patients.

    Parameters
    ----------
    time : array_like of shape (n_patients,)
        Follow-up, in any one unit, zero or more.
    status : array_like of shape (n_patients,)
        0 for censored, otherwise the cause as a positive whole number.

    Returns
    -------
    CompetingFollowUp

    Raises
    ------
    NotEstimable
        ``no_patients``, ``unequal_lengths``, ``negative_time``, ``unknown_cause``; ``not_numeric``,
        ``missing`` or ``infinite`` with the `variable`.

    Examples
    --------
    >>> competing_follow_up([3, 5, 5], [1, 0, 2]).status
    array([1, 0, 2])
    """
    times, causes = numbers(time, "time"), numbers(status, "status")
    if times.shape != causes.shape:
        raise NotEstimable("unequal_lengths", variable="status")
    if (causes < 0).any() or (causes != np.floor(causes)).any():
        raise NotEstimable("unknown_cause")
    return CompetingFollowUp(checked_times(times), causes.astype(np.int64))
