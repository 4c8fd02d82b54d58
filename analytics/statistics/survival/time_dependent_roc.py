"""How well a marker tells who has the event by a given time, when some are censored before it."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from analytics.statistics.design import numbers
from analytics.statistics.errors import NotEstimable
from analytics.statistics.survival.censoring import CensoringCurve, censoring_curve
from analytics.statistics.survival.observations import BoolArray, FloatArray
from analytics.statistics.survival.outcomes import CENSORED, CompetingFollowUp, competing_follow_up

Controls = Literal["event_free", "survivors"]


@dataclass(frozen=True, eq=False)
class TimeDependentROC:
    """Cumulative/dynamic ROC curve at one horizon.

    Attributes
    ----------
    horizon : float
    auc : float
        Probability that a case has a higher marker than a control; ties count one half.
    standard_error : float
        From the influence function, with that of the censoring curve.
    n, n_cases, n_survivors, n_competing, n_censored : int
        Patients; with the event by the horizon; followed beyond it; with a competing event or censored by it.
    uncensored : float
        Kaplan-Meier probability of not being censored by the horizon.
    threshold, sensitivity, specificity : ndarray of shape (n_thresholds + 1,)
        Weighted, for a marker at or above each threshold: infinity, then the distinct markers, descending.
    """

    horizon: float
    auc: float
    standard_error: float
    n: int
    n_cases: int
    n_survivors: int
    n_competing: int
    n_censored: int
    uncensored: float
    threshold: FloatArray
    sensitivity: FloatArray
    specificity: FloatArray

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Normal interval of the AUC, cut at 0 and 1."""
        half = float(ndtri((1 + level) / 2)) * self.standard_error
        return max(self.auc - half, 0.0), min(self.auc + half, 1.0)


def time_dependent_roc(
    time: ArrayLike,
    status: ArrayLike,
    marker: ArrayLike,
    horizon: float,
    *,
    cause: int = 1,
    controls: Controls = "event_free",
) -> TimeDependentROC:
    """ROC curve of a marker for an event by a horizon, weighted by the inverse probability of no censoring.

    Cases have the event by the horizon; they weigh 1/G(T-). Survivors of the horizon t weigh 1/G(t).

    Parameters
    ----------
    time, status : array_like of shape (n_patients,)
        As in `cumulative_incidence`.
    marker : array_like of shape (n_patients,)
        Higher means more risk: negate a protective marker.
    horizon : float
        In the unit of the times, more than zero.
    cause : int
        The cause of interest.
    controls : {"event_free", "survivors"}
        Whether those with a competing event by the horizon are controls (riskRegression's Score, timeROC's
        AUC_2) or are left out (timeROC's AUC_1). The same without competing events.

    Returns
    -------
    TimeDependentROC

    Raises
    ------
    NotEstimable
        ``no_cases``, ``no_controls``, ``horizon_not_positive``; as `competing_follow_up`.

    References
    ----------
    Blanche P, Dartigues JF, Jacqmin-Gadda H. Stat Med 2013;32:5381-5397.

    Examples
    --------
    >>> roc = time_dependent_roc([1, 2, 3, 4, 5], [1, 0, 1, 1, 0], [9, 2, 4, 5, 1], 3.5)
    >>> round(roc.auc, 4)
    0.7143
    """
    patients = competing_follow_up(time, status)
    markers = numbers(marker, "marker")
    if markers.size != patients.n:
        raise NotEstimable("unequal_lengths", variable="marker")
    if not 0 < horizon < np.inf:
        raise NotEstimable("horizon_not_positive", horizon=horizon)
    early = patients.time <= horizon
    cases = early & (patients.status == cause)
    competing = early & ~cases & (patients.status != CENSORED)
    controls_by_then = competing & (controls == "event_free")
    if not cases.any():
        raise NotEstimable("no_cases")
    if early.all() and not controls_by_then.any():
        raise NotEstimable("no_controls")

    censoring = censoring_curve(patients.time, patients.status != CENSORED)
    uncensored = censoring.up_to(horizon)
    case_weight = _weights(cases, censoring, patients.time)
    control_weight = _weights(controls_by_then, censoring, patients.time)
    control_weight[~early] = 1 / uncensored if not early.all() else 0.0

    order = np.argsort(markers, kind="stable")
    won = case_weight * _weight_below(markers, control_weight, order)
    lost = control_weight * (case_weight.sum() - _weight_below(markers, case_weight, order))
    total, n_cases, n_controls = won.sum(), case_weight.sum(), control_weight.sum()
    auc = float(total / (n_cases * n_controls))
    influence = np.zeros(patients.n)
    if total > 0:
        share = won / total - case_weight / n_cases + lost / total - control_weight / n_controls
        influence = auc * (share - _through_censoring(patients, censoring, share, horizon))

    threshold, position = np.unique(-markers, return_inverse=True)
    above_case = np.cumsum(np.bincount(position, case_weight)) / n_cases
    above_control = np.cumsum(np.bincount(position, control_weight)) / n_controls
    return TimeDependentROC(
        horizon=float(horizon),
        auc=auc,
        standard_error=float(np.sqrt(np.sum(influence**2) * patients.n / (patients.n - 1))),
        n=patients.n,
        n_cases=int(cases.sum()),
        n_survivors=int((~early).sum()),
        n_competing=int(competing.sum()),
        n_censored=int((early & (patients.status == CENSORED)).sum()),
        uncensored=uncensored,
        threshold=np.r_[np.inf, -threshold],
        sensitivity=np.r_[0.0, np.minimum(above_case, 1.0)],
        specificity=np.r_[1.0, np.maximum(1 - above_control, 0.0)],
    )


def _weights(rows: BoolArray, censoring: CensoringCurve, time: FloatArray) -> FloatArray:
    weights = np.zeros(time.size)
    weights[rows] = 1 / censoring.before(time[rows])
    return weights


def _weight_below(markers: FloatArray, weight: FloatArray, order: np.ndarray) -> FloatArray:
    """Weight of the patients with a lower marker, and half of that of those with the same."""
    ordered = markers[order]
    running = np.r_[0.0, np.cumsum(weight[order])]
    below = running[np.searchsorted(ordered, markers, side="left")]
    up_to = running[np.searchsorted(ordered, markers, side="right")]
    half: FloatArray = (below + up_to) / 2
    return half


def _through_censoring(
    patients: CompetingFollowUp, censoring: CensoringCurve, share: FloatArray, horizon: float
) -> FloatArray:
    """What each patient adds to the estimate through the censoring curve that weights the others.

    A patient weighted with G(s) depends on every censoring before s: on those up to the horizon when followed
    beyond it, else on those before the patient's own time.
    """
    late = patients.time > horizon
    last = np.where(late, np.inf, patients.time)
    order = np.argsort(last, kind="stable")
    tail = np.r_[np.cumsum(share[order][::-1])[::-1], 0.0]
    depending = tail[np.searchsorted(last[order], censoring.time, side="right")]
    left = censoring.at_risk - censoring.censored
    moved = np.divide(
        depending, left, out=np.zeros(left.size), where=(left > 0) & (censoring.time <= horizon)
    )

    running = np.r_[0.0, np.cumsum(moved * censoring.hazard)]
    own = patients.status == CENSORED
    position = np.searchsorted(censoring.time, patients.time)
    # The event of a patient comes before the censorings at its time, so the patient was not at risk of them.
    at_risk = running[np.where(own, position + 1, position)]
    through: FloatArray = at_risk - np.where(own, moved[position], 0.0)
    return through
