"""Survival that a Cox model predicts."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from analytics.statistics.design import numbers
from analytics.statistics.errors import NotEstimable
from analytics.statistics.survival.model import CoxModel
from analytics.statistics.survival.observations import FloatArray

# The square of the hazard must stay a number.
LARGEST_LOG_HAZARD = 300.0


@dataclass(frozen=True, eq=False)
class PredictedSurvival:
    """Predicted survival of one covariate profile at chosen times.

    Attributes
    ----------
    time : ndarray of shape (n_points,)
    cumulative_hazard, survival : ndarray of shape (n_points,)
    standard_error : ndarray of shape (n_points,)
        Of the cumulative hazard.
    ci_low, ci_high : ndarray of shape (n_points,)
        Interval of the survival, symmetric on the log scale and cut at 1.
    """

    time: FloatArray
    cumulative_hazard: FloatArray
    survival: FloatArray
    standard_error: FloatArray
    ci_low: FloatArray
    ci_high: FloatArray


def baseline_hazard(model: CoxModel, times: ArrayLike, *, stratum: int = 0) -> FloatArray:
    """Cumulative hazard of a patient whose covariates are all 0.

    Parameters
    ----------
    model : CoxModel
        Efron's ties give Efron's hazard, Breslow's and exact ties Breslow's.
    times : array_like of shape (n_points,)
    stratum : int
        Position of the stratum among the sorted labels.

    Returns
    -------
    ndarray of shape (n_points,)

    Raises
    ------
    NotEstimable
        ``unknown_stratum``; ``profile_out_of_range`` when 0 is too far from the patients.

    Examples
    --------
    >>> from analytics.statistics.survival.cox import cox
    >>> model = cox([4, 3, 1, 1, 2, 2, 3], [1, 1, 1, 0, 1, 1, 0], [[0], [2], [1], [1], [1], [0], [0]])
    >>> baseline_hazard(model, [2, 5]).round(4)
    array([0.4105, 1.6321])
    """
    at_zero = np.zeros(model.coefficients.size)
    return predicted_survival(model, at_zero, times, stratum=stratum).cumulative_hazard


def predicted_survival(
    model: CoxModel, profile: ArrayLike, times: ArrayLike, *, stratum: int = 0, level: float = 0.95
) -> PredictedSurvival:
    """Survival of a patient with given covariates.

    Parameters
    ----------
    model : CoxModel
    profile : array_like of shape (n_terms,)
        Covariates in the columns of the model.
    times : array_like of shape (n_points,)
        After the last event the last value is carried forward.
    stratum : int
        Position of the stratum among the sorted labels.
    level : float
        Coverage of the interval.

    Returns
    -------
    PredictedSurvival

    Raises
    ------
    NotEstimable
        ``unknown_stratum``, ``unequal_lengths``; ``profile_out_of_range`` for covariates so far from those
        of the patients that no number holds the hazard.

    References
    ----------
    Tsiatis AA. Ann Stat 1981;9:93-108. Therneau TM, Grambsch PM. Modeling Survival Data. Springer 2000,
    chapter 10.

    Examples
    --------
    >>> from analytics.statistics.survival.cox import cox
    >>> model = cox([4, 3, 1, 1, 2, 2, 3], [1, 1, 1, 0, 1, 1, 0], [[0], [2], [1], [1], [1], [0], [0]])
    >>> predicted = predicted_survival(model, [1], [2])
    >>> predicted.survival.round(4), predicted.ci_low.round(4)
    (array([0.5216]), array([0.2452]))
    """
    covariates, points = numbers(profile, "profile"), numbers(times, "times")
    if covariates.size != model.coefficients.size:
        raise NotEstimable("unequal_lengths", variable="profile")
    sets = model.risk_sets
    if not 0 <= stratum < sets.n_strata:
        raise NotEstimable("unknown_stratum", stratum=stratum)
    steps = sets.steps(model.coefficients)
    ours = sets.block_stratum[sets.block_of_step] == stratum
    event_time = sets.block_time[sets.block_of_step][ours]
    hazard, mean = steps.hazard[ours], steps.mean[ours]

    centred = covariates - model.means
    risk = profile_risk(centred, model.coefficients, steps.shift)
    last = np.searchsorted(event_time, points, side="right")
    cumulative = risk * _running(hazard)[last]
    drift = risk * _running((centred - mean) * hazard[:, None])[last]
    own = risk**2 * _running(hazard / steps.denominator[ours])[last]
    covariance = model.covariance if model.robust_covariance is None else model.robust_covariance
    standard_error = np.sqrt(own + np.sum((drift @ covariance) * drift, axis=1))
    survival = np.exp(-cumulative)
    half = ndtri((1 + level) / 2) * standard_error
    return PredictedSurvival(
        points,
        cumulative,
        survival,
        standard_error,
        np.exp(-cumulative - half),
        np.exp(np.minimum(half - cumulative, 0.0)),
    )


def profile_risk(centred: FloatArray, coefficients: FloatArray, shift: float) -> float:
    """Hazard of a covariate profile relative to that of the steps.

    Parameters
    ----------
    centred : ndarray of shape (n_terms,)
        Covariates less the means of the model.
    coefficients : ndarray of shape (n_terms,)
    shift : float
        Of the steps.

    Returns
    -------
    float

    Raises
    ------
    NotEstimable
        ``profile_out_of_range``.
    """
    logarithm = float(centred @ coefficients) - shift
    if logarithm > LARGEST_LOG_HAZARD:
        raise NotEstimable("profile_out_of_range")
    return float(np.exp(logarithm))


def _running(increments: FloatArray) -> FloatArray:
    """Cumulative sums that begin at 0."""
    return np.concatenate([np.zeros((1, *increments.shape[1:])), np.cumsum(increments, axis=0)])
