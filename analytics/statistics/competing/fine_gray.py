"""Fine and Gray's model: covariates act on the hazard of the subdistribution of one cause."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri

from analytics.statistics.design import numbers
from analytics.statistics.errors import NotEstimable
from analytics.statistics.survival.baseline import profile_risk
from analytics.statistics.survival.censoring import censoring_curve
from analytics.statistics.survival.cox import design_columns, label_codes, robust_covariance
from analytics.statistics.survival.kaplan_meier import kaplan_meier
from analytics.statistics.survival.model import exponential
from analytics.statistics.survival.newton import Fit, fit
from analytics.statistics.survival.observations import BoolArray, FloatArray, IntArray, from_then_on
from analytics.statistics.survival.outcomes import CENSORED, CompetingFollowUp, competing_follow_up
from analytics.statistics.survival.risk_sets import RiskSets


@dataclass(frozen=True, eq=False)
class SubdistributionRiskSets(RiskSets):
    """Risk sets in which patients stay after a competing event, weighted down as others are censored.

    Attributes
    ----------
    competing : ndarray of shape (n_patients,), bool
    uncensored : ndarray of shape (n_patients,)
        G(T-): probability of not being censored before each patient's time.
    """

    competing: BoolArray
    uncensored: FloatArray

    @cached_property
    def weight_left(self) -> FloatArray:
        """1/G(T-) of those who had a competing event, 0 for the others."""
        return np.divide(1.0, self.uncensored, out=np.zeros(self.time.size), where=self.competing)

    @cached_property
    def block_uncensored(self) -> FloatArray:
        """G(t-) of its stratum at each block of tied events."""
        return self.uncensored[self.event_rows[self._blocks[1]]]

    def sum_at_risk(self, values: FloatArray) -> FloatArray:
        """Sum over the risk set of each block; `values` of shape (n_patients, ...)."""
        order, (exits, _entries, width) = self._exit_order, self._keys
        stayed = values[order] * _as_rows(self.weight_left[order], values)
        gone = np.concatenate([np.zeros((1, *values.shape[1:])), np.cumsum(stayed, axis=0)])
        keys = self._blocks[0]
        before, start = (np.searchsorted(exits[order], at) for at in (keys, keys // width * width))
        left = _as_rows(self.block_uncensored, values) * (gone[before] - gone[start])
        total: FloatArray = super().sum_at_risk(values) + left
        return total

    def sum_lived_through(self, per_step: FloatArray) -> FloatArray:
        """Sum of the steps during which each row was at risk, those after its competing event weighted."""
        exits, _entries, width = self._keys
        keys = self._blocks[0]
        after, end = (
            np.searchsorted(keys, exits, "right"),
            np.searchsorted(keys, (exits // width + 1) * width),
        )
        ahead = self.weighted_steps_from(per_step)
        stayed = _as_rows(self.weight_left, per_step) * (ahead[after] - ahead[end])
        total: FloatArray = super().sum_lived_through(per_step) + stayed
        return total

    def weighted_steps_from(self, per_step: FloatArray) -> FloatArray:
        """Sum of G(t-) times the steps from each block on, with a last row of zeros."""
        weighted = per_step * _as_rows(self.block_uncensored[self.block_of_step], per_step)
        first = np.searchsorted(self.block_of_step, np.arange(self.block_time.size))
        sums = from_then_on(np.add.reduceat(weighted, first, axis=0))
        return np.concatenate([sums, np.zeros((1, *sums.shape[1:]))])


@dataclass(frozen=True, eq=False)
class FineGrayModel:
    """A fitted proportional subdistribution hazards model.

    Attributes
    ----------
    cause : int
    n, n_events, n_competing : int
    coefficients : ndarray of shape (n_terms,)
        Log subdistribution hazard ratio per unit of each column.
    covariance : ndarray of shape (n_terms, n_terms)
        Fine and Gray's sandwich, which allows for the censoring curve being estimated; with strata or
        clusters the sandwich that takes the curve as known.
    log_likelihood, log_likelihood_null : float
        Weighted partial likelihoods; they give no likelihood-ratio test.
    risk_sets : SubdistributionRiskSets
    means : ndarray of shape (n_terms,)
        What was taken off each column.
    """

    cause: int
    n: int
    n_events: int
    n_competing: int
    coefficients: FloatArray
    covariance: FloatArray
    log_likelihood: float
    log_likelihood_null: float
    risk_sets: SubdistributionRiskSets
    means: FloatArray

    @property
    def standard_error(self) -> FloatArray:
        """Of each coefficient."""
        return np.sqrt(np.diag(self.covariance))

    @property
    def subdistribution_hazard_ratio(self) -> FloatArray:
        """Per unit of each column; infinite where the unit is too small for a ratio."""
        return exponential(self.coefficients)

    @property
    def p_value(self) -> FloatArray:
        """Two-sided Wald p-value of each coefficient."""
        p: FloatArray = 2 * ndtr(-np.abs(self.coefficients / self.standard_error))
        return p

    def hazard_ratio_interval(self, level: float = 0.95) -> tuple[FloatArray, FloatArray]:
        """Wald interval of each subdistribution hazard ratio."""
        half = ndtri((1 + level) / 2) * self.standard_error
        return exponential(self.coefficients - half), exponential(self.coefficients + half)

    def predicted_incidence(self, profile: ArrayLike, times: ArrayLike) -> FloatArray:
        """Cumulative incidence of a patient with given covariates.

        Parameters
        ----------
        profile : array_like of shape (n_terms,)
            Covariates in the columns of the model.
        times : array_like of shape (n_points,)
            After the last event the last value is carried forward.

        Returns
        -------
        ndarray of shape (n_points,)

        Raises
        ------
        NotEstimable
            ``unequal_lengths``, ``profile_out_of_range``.
        ValueError
            Of a model in strata, each of which has its own.
        """
        if self.risk_sets.n_strata > 1:
            raise ValueError("each stratum has a cumulative incidence of its own")
        covariates, points = numbers(profile, "profile"), numbers(times, "times")
        if covariates.size != self.coefficients.size:
            raise NotEstimable("unequal_lengths", variable="profile")
        sets = self.risk_sets
        steps = sets.steps(self.coefficients)
        event_time = sets.block_time[sets.block_of_step]
        hazard = np.r_[0.0, np.cumsum(steps.hazard)][np.searchsorted(event_time, points, side="right")]
        risk = profile_risk(covariates - self.means, self.coefficients, steps.shift)
        incidence: FloatArray = -np.expm1(-risk * hazard)
        return incidence


def fine_gray(
    time: ArrayLike,
    status: ArrayLike,
    design: ArrayLike,
    *,
    cause: int = 1,
    strata: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    efron: bool = False,
    censored_last: bool = False,
) -> FineGrayModel:
    """Fit a proportional subdistribution hazards model.

    Parameters
    ----------
    time, status : array_like of shape (n_patients,)
        As in `cumulative_incidence`.
    design : array_like of shape (n_patients, n_terms)
        Covariates without an intercept.
    cause : int
        The cause of interest.
    strata : array_like of shape (n_patients,), optional
        Labels; each stratum has its own baseline and its own censoring curve.
    cluster : array_like of shape (n_patients,), optional
        Labels of centres within which patients may depend on each other. With strata or clusters the
        covariance is that of survival::finegray and coxph(cluster = ), by default between patients.
    efron : bool
        Efron's rule for tied events instead of Breslow's, which cmprsk::crr uses.
    censored_last : bool
        Rule of the censoring curve where an event and a censoring have one time. False, as cmprsk::crr: those
        with the event count among those at risk of being censored. True, as survival::finegray: they do not.

    Returns
    -------
    FineGrayModel

    Raises
    ------
    NotEstimable
        ``no_events`` or ``too_few_events`` of the cause; ``no_covariates``, ``constant``, ``collinear``,
        ``separated``, ``one_cluster``, ``too_few_clusters`` as `cox`; as `competing_follow_up`.

    References
    ----------
    Fine JP, Gray RJ. J Am Stat Assoc 1999;94:496-509. Lin DY, Wei LJ. J Am Stat Assoc 1989;84:1074-1078.

    Examples
    --------
    >>> model = fine_gray([1, 2, 3, 4, 5, 6], [1, 2, 1, 0, 1, 2], [[1], [0], [0], [1], [1], [0]])
    >>> model.coefficients.round(4), model.standard_error.round(4)
    (array([1.007]), array([1.0474]))
    """
    patients = competing_follow_up(time, status)
    columns = design_columns(design, patients.n)
    event = patients.status == cause
    competing = ~event & (patients.status != CENSORED)
    if not event.any():
        raise NotEstimable("no_events", cause=cause)
    stratum = label_codes(strata, patients.n, "strata")
    centre = columns.mean(axis=0)
    sets = SubdistributionRiskSets(
        design=columns - centre,
        time=patients.time,
        event=event,
        stratum=stratum,
        entry=None,
        weight=np.ones(patients.n),
        efron=efron,
        competing=competing,
        uncensored=_uncensored(patients, stratum, censored_last),
    )
    found = fit(sets)
    covariance = _covariance(sets, found, strata, cluster, cause)
    return FineGrayModel(
        cause=cause,
        n=patients.n,
        n_events=int(event.sum()),
        n_competing=int(competing.sum()),
        coefficients=found.coefficients,
        covariance=covariance,
        log_likelihood=found.log_likelihood,
        log_likelihood_null=found.log_likelihood_null,
        risk_sets=sets,
        means=centre,
    )


def _covariance(
    sets: SubdistributionRiskSets,
    found: Fit,
    strata: ArrayLike | None,
    cluster: ArrayLike | None,
    cause: int,
) -> FloatArray:
    """Fine and Gray's sandwich, or the one within clusters or strata that takes the weights as known."""
    if cluster is not None:
        return robust_covariance(sets, found, label_codes(cluster, sets.time.size, "cluster"))
    residuals = sets.score_residuals(found.coefficients)
    if strata is None:
        residuals += _censoring_residuals(sets, found.coefficients)
    influence = residuals @ found.covariance
    covariance: FloatArray = influence.T @ influence
    if (np.diag(covariance) <= np.finfo(np.float64).eps * np.diag(found.covariance)).any():
        raise NotEstimable("too_few_events", cause=cause)
    return covariance


def _uncensored(patients: CompetingFollowUp, stratum: IntArray, censored_last: bool) -> FloatArray:
    """Probability of not being censored before each patient's time, in its stratum."""
    uncensored = np.empty(patients.n)
    for one in np.unique(stratum):
        inside = stratum == one
        part = CompetingFollowUp(patients.time[inside], patients.status[inside])
        uncensored[inside] = _uncensored_in_one(part, censored_last)
    return uncensored


def _uncensored_in_one(patients: CompetingFollowUp, censored_last: bool) -> FloatArray:
    if censored_last:
        return censoring_curve(patients.time, patients.status != CENSORED).before(patients.time)
    curve = kaplan_meier(patients.time, patients.status == CENSORED)
    before: FloatArray = np.r_[1.0, curve.survival][np.searchsorted(curve.time, patients.time, side="left")]
    return before


def _censoring_residuals(sets: SubdistributionRiskSets, coefficients: FloatArray) -> FloatArray:
    """What each patient adds to the score through the estimated censoring curve: psi in Fine and Gray."""
    steps = sets.steps(coefficients)
    censored = ~sets.event & ~sets.competing
    distinct, position = np.unique(sets.time, return_inverse=True)
    n_risk = from_then_on(np.bincount(position))
    n_censored = np.bincount(position[censored], minlength=distinct.size)

    stayed = steps.risk * sets.weight_left
    sums = np.zeros((distinct.size + 1, 1 + coefficients.size))
    np.add.at(sums[1:], position, stayed[:, None] * np.c_[np.ones(sets.time.size), sets.design])
    already = np.cumsum(sums, axis=0)[:-1]

    ahead = np.searchsorted(sets.block_time, distinct, side="left")
    hazard = sets.weighted_steps_from(steps.hazard)[ahead]
    moment = sets.weighted_steps_from(steps.hazard[:, None] * steps.mean)[ahead]
    q = already[:, 1:] * hazard[:, None] - already[:, :1] * moment
    share = q / n_risk[:, None]
    compensator = np.cumsum(share * (n_censored / n_risk)[:, None], axis=0)
    residuals: FloatArray = np.where(censored[:, None], share[position], 0.0) - compensator[position]
    return residuals


def _as_rows(factor: FloatArray, values: FloatArray) -> FloatArray:
    """One factor for each row of `values`, whatever its further dimensions."""
    return factor.reshape(-1, *[1] * (values.ndim - 1))
