"""Cox's proportional hazards model."""

import numpy as np
from numpy.typing import ArrayLike

from analytics.statistics.design import numbers
from analytics.statistics.errors import NotEstimable
from analytics.statistics.survival.model import CoxModel
from analytics.statistics.survival.newton import Fit, fit
from analytics.statistics.survival.observations import (
    FloatArray,
    IntArray,
    follow_up,
    group_codes,
    merge_rounded,
)
from analytics.statistics.survival.risk_sets import RiskSets, Ties

__all__ = ["CoxModel", "cox", "design_columns", "label_codes", "robust_covariance"]

# A covariance of coefficients squares the unit of a column, and must stay a number.
SMALLEST_RANGE = 1e-150


def cox(
    time: ArrayLike,
    event: ArrayLike,
    design: ArrayLike,
    *,
    entry: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    weight: ArrayLike | None = None,
    ties: Ties = "efron",
) -> CoxModel:
    """Fit a proportional hazards model by maximum partial likelihood.

    Newton's method from 0 with step halving.

    Parameters
    ----------
    time : array_like of shape (n_rows,)
        End of follow-up, or of the spell, in any one unit.
    event : array_like of shape (n_rows,)
        1 or True where the event occurred at `time`.
    design : array_like of shape (n_rows, n_terms)
        Covariates without an intercept, for instance the columns of `design_matrix` after the first.
    entry : array_like of shape (n_rows,), optional
        Start of the spell: at risk in (entry, time]. For covariates that change, and for late entry.
    strata : array_like of shape (n_rows,), optional
        Labels; each stratum has its own baseline hazard.
    cluster : array_like of shape (n_rows,), optional
        Labels of patients or centres within which rows may depend on each other: adds the robust covariance.
    weight : array_like of shape (n_rows,), optional
        Case weights, more than zero.
    ties : {"efron", "breslow", "exact"}
        Rule for events at the same time. R's default is Efron, statsmodels' Breslow.

    Returns
    -------
    CoxModel

    Raises
    ------
    NotEstimable
        ``no_events``; ``no_covariates``; ``constant``, ``constant_at_risk``, ``collinear`` or
        ``out_of_range`` with the position of the `column`; ``separated`` when a coefficient grows without
        limit; ``entry_after_time``; ``weight_not_positive``; ``one_cluster``, ``too_few_clusters``;
        ``exact_ties_unsupported`` for exact ties with entry times, weights or clusters; as `follow_up`.

    References
    ----------
    Cox DR. J R Stat Soc B 1972;34:187-220. Efron B. J Am Stat Assoc 1977;72:557-565. Lin DY, Wei LJ. J Am
    Stat Assoc 1989;84:1074-1078.

    Examples
    --------
    >>> model = cox([4, 3, 1, 1, 2, 2, 3], [1, 1, 1, 0, 1, 1, 0], [[0], [2], [1], [1], [1], [0], [0]])
    >>> model.hazard_ratio.round(4), model.standard_error.round(4)
    (array([1.5853]), array([0.5628]))
    """
    patients = follow_up(time, event)
    columns = design_columns(design, patients.n)
    if patients.n_events == 0:
        raise NotEstimable("no_events")
    times, starts = patients.time, None
    if entry is not None:
        starts = numbers(entry, "entry")
        _same_length(starts.size, patients.n, "entry")
        merged = merge_rounded(np.r_[starts, times])
        starts, times = merged[: patients.n], merged[patients.n :]
        if not (starts < times).all():
            raise NotEstimable("entry_after_time", n=int((starts >= times).sum()))
    weights = np.ones(patients.n) if weight is None else numbers(weight, "weight")
    _same_length(weights.size, patients.n, "weight")
    if not (weights > 0).all():
        raise NotEstimable("weight_not_positive")
    if ties == "exact" and not (entry is None and weight is None and cluster is None):
        raise NotEstimable("exact_ties_unsupported")

    centre = columns.mean(axis=0)
    sets = RiskSets(
        design=columns - centre,
        time=times,
        event=patients.event,
        stratum=label_codes(strata, patients.n, "strata"),
        entry=starts,
        weight=weights,
        efron=ties == "efron",
    )
    found = fit(sets, exact=ties == "exact")
    robust = None
    if cluster is not None:
        robust = robust_covariance(sets, found, label_codes(cluster, patients.n, "cluster"))
    return CoxModel(
        n=patients.n,
        n_events=patients.n_events,
        ties=ties,
        coefficients=found.coefficients,
        covariance=found.covariance,
        robust_covariance=robust,
        log_likelihood=found.log_likelihood,
        log_likelihood_null=found.log_likelihood_null,
        score_statistic=found.score_statistic,
        risk_sets=sets,
        means=centre,
    )


def design_columns(design: ArrayLike, n_rows: int) -> FloatArray:
    """Covariates as a matrix of finite numbers, every column of which varies.

    Parameters
    ----------
    design : array_like of shape (n_rows, n_terms)
    n_rows : int
        Rows that it must have.

    Returns
    -------
    ndarray of shape (n_rows, n_terms)

    Raises
    ------
    NotEstimable
        ``no_covariates``, ``unequal_lengths``; ``not_numeric``, ``missing`` or ``infinite`` with the
        `variable`; ``constant`` with the position of the `column`.
    """
    matrix = np.asarray(design)
    if matrix.ndim != 2 or matrix.shape[1] == 0:
        raise NotEstimable("no_covariates")
    _same_length(matrix.shape[0], n_rows, "design")
    columns = np.column_stack([numbers(matrix[:, k], f"column {k}") for k in range(matrix.shape[1])])
    with np.errstate(over="ignore"):
        spread = np.ptp(columns, axis=0)
    for k, width in enumerate(spread.tolist()):
        if width == 0:
            raise NotEstimable("constant", column=k)
        if not SMALLEST_RANGE < width < 1 / SMALLEST_RANGE:
            raise NotEstimable("out_of_range", column=k)
    return columns


def robust_covariance(sets: RiskSets, found: Fit, cluster: IntArray) -> FloatArray:
    """Lin and Wei's sandwich: how far each cluster moves the coefficients, squared and summed.

    Parameters
    ----------
    sets : RiskSets
    found : Fit
        At the maximum.
    cluster : ndarray of shape (n_rows,), int
        Positions 0, 1, ...

    Returns
    -------
    ndarray of shape (n_terms, n_terms)

    Raises
    ------
    NotEstimable
        ``one_cluster``; ``too_few_clusters`` where one has all the events.
    """
    n_clusters = int(cluster.max()) + 1
    if n_clusters < 2:
        raise NotEstimable("one_cluster")
    influence = (sets.weight[:, None] * sets.score_residuals(found.coefficients)) @ found.covariance
    moved = np.zeros((n_clusters, influence.shape[1]))
    np.add.at(moved, cluster, influence)
    covariance: FloatArray = moved.T @ moved
    # When one cluster has all the events its contributions cancel, and nothing is left to estimate from.
    if (np.diag(covariance) <= np.finfo(np.float64).eps * np.diag(found.covariance)).any():
        raise NotEstimable("too_few_clusters")
    return covariance


def label_codes(labels: ArrayLike | None, n_rows: int, variable: str) -> IntArray:
    """Labels as positions 0, 1, ..., all 0 without any.

    Parameters
    ----------
    labels : array_like of shape (n_rows,) or None
    n_rows : int
        Rows that there must be.
    variable : str
        For the refusal.

    Returns
    -------
    ndarray of shape (n_rows,), int

    Raises
    ------
    NotEstimable
        ``unequal_lengths``; as `group_codes`.
    """
    if labels is None:
        return np.zeros(n_rows, dtype=np.int64)
    codes = group_codes(labels, variable=variable)[1]
    _same_length(codes.size, n_rows, variable)
    return codes


def _same_length(found: int, wanted: int, variable: str) -> None:
    if found != wanted:
        raise NotEstimable("unequal_lengths", variable=variable)
