"""The chance of not being censored, with which inverse-probability weights make up for those who were."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analytics.statistics.survival.observations import FloatArray, follow_up, risk_table


@dataclass(frozen=True, eq=False)
class CensoringCurve:
    """Kaplan-Meier curve of censoring in which censorings come after events at the same time.

    Attributes
    ----------
    time : ndarray of shape (n_times,)
        Distinct times, ascending.
    at_risk : ndarray of shape (n_times,)
        Patients who may be censored at each time: those with an event then are no longer among them.
    censored : ndarray of shape (n_times,)
    curve : ndarray of shape (n_times + 1,)
        1, then the probability of not being censored by each time.
    """

    time: FloatArray
    at_risk: FloatArray
    censored: FloatArray
    curve: FloatArray

    @property
    def hazard(self) -> FloatArray:
        """Share censored at each time of those who may be."""
        return np.divide(self.censored, self.at_risk, out=np.zeros(self.time.size), where=self.at_risk > 0)

    def up_to(self, time: float) -> float:
        """Probability of not being censored by a time."""
        return float(self.curve[np.searchsorted(self.time, time, side="right")])

    def before(self, times: FloatArray) -> FloatArray:
        """Probability of not being censored before each time."""
        found: FloatArray = self.curve[np.searchsorted(self.time, times, side="left")]
        return found


def censoring_curve(time: ArrayLike, event: ArrayLike) -> CensoringCurve:
    """Estimate the curve of censoring.

    Parameters
    ----------
    time : array_like of shape (n_patients,)
    event : array_like of shape (n_patients,)
        1 or True where any event occurred, 0 or False where the patient was censored.

    Returns
    -------
    CensoringCurve

    Raises
    ------
    NotEstimable
        As `follow_up`.

    References
    ----------
    Uno H et al. Stat Med 2011;30:1105-1117.

    Examples
    --------
    >>> curve = censoring_curve([1, 2, 2, 4], [1, 0, 1, 0])
    >>> curve.before(np.array([2.0, 3.0])), curve.up_to(2)
    (array([1. , 0.5]), 0.5)
    """
    counts = risk_table(follow_up(time, event))
    at_risk = (counts.n_risk - counts.n_event).astype(np.float64)
    censored = counts.n_censored.astype(np.float64)
    hazard = np.divide(censored, at_risk, out=np.zeros(at_risk.size), where=at_risk > 0)
    return CensoringCurve(counts.time, at_risk, censored, np.r_[1.0, np.cumprod(1 - hazard)])
