"""The linear mixed model: how a measurement changes over time, when patients differ and repeat themselves."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri

from analytics.statistics.design import INTERCEPT, numbers
from analytics.statistics.errors import NotEstimable
from analytics.statistics.longitudinal.restricted import RestrictedLikelihood, relative_factor
from analytics.statistics.survival.observations import IntArray, group_codes

MIN_PATIENTS = 3
# A variance between patients below this share of that within them is 0 for all purposes.
NEGLIGIBLE = 1e-8


@dataclass(frozen=True)
class FixedEffect:
    """Mean change of the measurement per unit of a column; Wald interval and p-value."""

    term: str
    coefficient: float
    standard_error: float
    ci_low: float
    ci_high: float
    statistic: float
    p_value: float


@dataclass(frozen=True)
class MixedModel:
    """A fitted linear mixed model.

    Attributes
    ----------
    n : int
        Measurements.
    n_patients : int
    terms : tuple of FixedEffect
        The intercept, time, then the covariates.
    intercept_variance : float
        Between patients, at time 0.
    slope_variance, intercept_slope_covariance : float or None
        Between patients, of the change per unit of time; None without random slopes.
    residual_variance : float
        Within patients.
    log_likelihood : float
        Restricted.
    is_boundary : bool
        A variance between patients is estimated as 0, or intercepts and slopes as fully correlated: the data
        cannot tell the random effects apart, and the intervals are too trusting.
    """

    n: int
    n_patients: int
    terms: tuple[FixedEffect, ...]
    intercept_variance: float
    slope_variance: float | None
    intercept_slope_covariance: float | None
    residual_variance: float
    log_likelihood: float
    is_boundary: bool


def mixed_model(
    value: ArrayLike,
    time: ArrayLike,
    patient: ArrayLike,
    *,
    covariates: Mapping[str, ArrayLike] | None = None,
    random_slope: bool = True,
    level: float = 0.95,
) -> MixedModel:
    """Linear mixed model of a measurement over time, by restricted maximum likelihood.

    Every patient has an intercept and, with `random_slope`, a slope of their own, as lme4's
    ``value ~ time + ... + (time | patient)``.

    Parameters
    ----------
    value : array_like of shape (n_measurements,)
        In any one unit.
    time : array_like of shape (n_measurements,)
        Time of each measurement, in any one unit.
    patient : array_like of shape (n_measurements,)
        Label of the patient.
    covariates : mapping of str to array_like of shape (n_measurements,), optional
        Further fixed effects.
    random_slope : bool
    level : float
        Coverage of the Wald intervals.

    Returns
    -------
    MixedModel

    Raises
    ------
    NotEstimable
        ``no_patients``, ``too_few_patients``; ``no_repeats`` when too few were measured twice; ``constant``
        with the `variable`; ``collinear``; ``exact_fit`` when nothing is left within patients;
        ``unequal_lengths``, ``not_numeric``, ``missing`` or ``infinite`` with the `variable`.

    References
    ----------
    Laird NM, Ware JH. Biometrics 1982;38:963-974. Bates D et al. J Stat Softw 2015;67(1):1-48, section 3.

    Examples
    --------
    >>> model = mixed_model(
    ...     [5.1, 5.6, 4.0, 4.9, 6.2, 6.4, 5.0, 5.9],
    ...     [0, 1, 0, 1, 0, 1, 0, 1],
    ...     list("aabbccdd"),
    ...     random_slope=False,
    ... )
    >>> [(each.term, round(each.coefficient, 3), round(each.standard_error, 3)) for each in model.terms]
    [('(Intercept)', 5.075, 0.388), ('time', 0.625, 0.17)]
    """
    columns = {"value": numbers(value, "value"), "time": numbers(time, "time")}
    columns |= {name: numbers(column, name) for name, column in (covariates or {}).items()}
    labels, codes = group_codes(patient, variable="patient")
    if not codes.size:
        raise NotEstimable("no_patients")
    for name, column in columns.items():
        if column.size != codes.size:
            raise NotEstimable("unequal_lengths", variable=name)
        if column.min() == column.max():
            raise NotEstimable("constant", variable=name)
    y = columns.pop("value")
    # Unit deviations keep the search well scaled; they are undone in the result.
    scale = {name: float(column.std()) for name, column in columns.items()}
    design = np.column_stack([np.ones(y.size), *(column / scale[name] for name, column in columns.items())])
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise NotEstimable("collinear")
    _refuse_thin(codes, len(labels), y.size - design.shape[1])

    # About the mean time intercepts and slopes are told apart best, wherever time 0 lies.
    centre = float(design[:, 1].mean())
    effects = (design[:, :2] - [0.0, centre])[:, : 2 if random_slope else 1]
    likelihood = RestrictedLikelihood((y - y.mean()) / y.std(), design, effects, codes)
    theta = likelihood.optimum()
    solved = likelihood.solve(theta)
    unit = np.array([1.0, *scale.values()])
    estimates = solved.coefficients * y.std() / unit
    estimates[0] += y.mean()
    errors = solved.standard_error * y.std() / unit
    half = float(ndtri((1 + level) / 2))
    residual = solved.residual_variance * float(y.var())
    factor = relative_factor(theta)
    at_zero = np.array([[1.0, -centre], [0.0, 1.0]])[: len(factor), : len(factor)] @ factor
    between = at_zero @ at_zero.T * residual
    slope_scale = scale["time"]
    return MixedModel(
        n=y.size,
        n_patients=len(labels),
        terms=tuple(
            FixedEffect(term, b, se, b - half * se, b + half * se, b / se, float(2 * ndtr(-abs(b / se))))
            for term, b, se in zip((INTERCEPT, *columns), estimates.tolist(), errors.tolist(), strict=True)
        ),
        intercept_variance=float(between[0, 0]),
        slope_variance=float(between[1, 1]) / slope_scale**2 if random_slope else None,
        intercept_slope_covariance=float(between[0, 1]) / slope_scale if random_slope else None,
        residual_variance=residual,
        log_likelihood=float(
            -solved.criterion / 2 - (y.size - design.shape[1]) * np.log(y.std()) - np.log(unit).sum()
        ),
        is_boundary=bool(np.diag(factor).min() ** 2 < NEGLIGIBLE),
    )


def _refuse_thin(codes: IntArray, n_patients: int, degrees: int) -> None:
    if n_patients < MIN_PATIENTS:
        raise NotEstimable("too_few_patients", n=n_patients, needed=MIN_PATIENTS)
    repeated = int((np.bincount(codes) > 1).sum())
    if repeated < 2 or degrees < 2:
        raise NotEstimable("no_repeats", n=repeated)
