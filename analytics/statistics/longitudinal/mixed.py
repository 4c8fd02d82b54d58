"""The linear mixed model: how a measurement changes over time, when patients differ and repeat themselves."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize
from scipy.special import ndtr, ndtri

from analytics.statistics.design import numbers
from analytics.statistics.errors import NotEstimable, attempt
from analytics.statistics.survival.observations import FloatArray, IntArray, group_codes

MIN_PATIENTS = 3
# A variance between patients below this share of that within them is 0 for all purposes.
NEGLIGIBLE = 1e-8

# Deviations between patients, of intercepts or of slopes per deviation of time, to that within them.
_DEVIATIONS = (0.1, 0.3, 1.0, 3.0, 10.0)
# What makes an entry of the factor's diagonal 0, and the rise of the criterion that is none.
_EDGES = {1: ([0.0],), 3: ([1.0, 1.0, 0.0], [0.0, 1.0, 1.0])}
_EVEN = 1e-9


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
    problem = _Problem((y - y.mean()) / y.std(), design, effects, codes)
    theta = problem.optimum()
    solved = problem.solve(theta)
    unit = np.array([1.0, *scale.values()])
    estimates = solved.coefficients * y.std() / unit
    estimates[0] += y.mean()
    errors = solved.standard_error * y.std() / unit
    half = float(ndtri((1 + level) / 2))
    residual = solved.residual_variance * float(y.var())
    factor = _factor(theta)
    at_zero = np.array([[1.0, -centre], [0.0, 1.0]])[: len(factor), : len(factor)] @ factor
    between = at_zero @ at_zero.T * residual
    slope_scale = scale["time"]
    return MixedModel(
        n=y.size,
        n_patients=len(labels),
        terms=tuple(
            FixedEffect(term, b, se, b - half * se, b + half * se, b / se, float(2 * ndtr(-abs(b / se))))
            for term, b, se in zip(
                ("(Intercept)", *columns), estimates.tolist(), errors.tolist(), strict=True
            )
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


@dataclass(frozen=True, eq=False)
class _Solved:
    """The model at given relative variances."""

    criterion: float
    coefficients: FloatArray
    standard_error: FloatArray
    residual_variance: float


@dataclass(frozen=True, eq=False)
class _Problem:
    """Restricted likelihood with the coefficients and the residual variance profiled out.

    The random effects of different patients meet only through the fixed effects, so each patient is one small
    system, and all of them are solved together.
    """

    y: FloatArray
    design: FloatArray
    effects: FloatArray
    codes: IntArray

    @cached_property
    def _products(self) -> tuple[FloatArray, FloatArray]:
        """Z'Z of each patient as a row, and Z'(X, y) by random effect, patient and column."""
        order = np.argsort(self.codes, kind="stable")
        first = np.searchsorted(self.codes[order], np.arange(self.codes.max() + 1))
        z, xy = self.effects[order], np.c_[self.design, self.y][order]
        inner = np.add.reduceat(z[:, :, None] * z[:, None, :], first, axis=0)
        outer = np.add.reduceat(z[:, :, None] * xy[:, None, :], first, axis=0)
        return inner.reshape(first.size, -1), np.ascontiguousarray(outer.transpose(1, 0, 2))

    @cached_property
    def _moments(self) -> FloatArray:
        both: FloatArray = np.c_[self.design, self.y]
        return both.T @ both

    def solve(self, theta: FloatArray) -> _Solved:
        """Generalised least squares given the relative Cholesky factor of the random effects."""
        factor = _factor(theta)
        q = factor.shape[0]
        inner, outer = self._products
        # F'AF + 1 of all patients at once, then its Cholesky factor and what that leaves of F'Z'(X, y).
        system = (inner @ np.kron(factor, factor)).reshape(-1, q, q) + np.eye(q)
        lower = np.linalg.cholesky(system)
        whitened = (factor.T @ outer.reshape(q, -1)).reshape(outer.shape)
        for i in range(q):
            for j in range(i):
                whitened[i] -= lower[:, i, j, None] * whitened[j]
            whitened[i] /= lower[:, i, i, None]
        explained = whitened.reshape(-1, outer.shape[2])
        moments = self._moments - explained.T @ explained
        xx, xy, yy = moments[:-1, :-1], moments[:-1, -1], float(moments[-1, -1])
        try:
            coefficients: FloatArray = np.linalg.solve(xx, xy).astype(np.float64)
        except np.linalg.LinAlgError:
            raise NotEstimable("collinear") from None
        degrees = self.y.size - self.design.shape[1]
        left = yy - float(coefficients @ xy)
        if not left > np.finfo(np.float64).eps * self.y.size:
            raise NotEstimable("exact_fit")
        variance = left / degrees
        sign, determinant = np.linalg.slogdet(xx)
        precision = np.diag(np.linalg.inv(xx))
        if not (sign > 0 and (precision > 0).all()):
            raise NotEstimable("collinear")
        criterion = 2 * np.log(np.diagonal(lower, axis1=1, axis2=2)).sum() + determinant
        criterion += degrees * (1 + np.log(2 * np.pi * variance))
        return _Solved(float(criterion), coefficients, np.sqrt(variance * precision), variance)

    def criterion(self, theta: FloatArray) -> float:
        """Minus twice the restricted log likelihood."""
        return self.solve(theta).criterion

    def optimum(self) -> FloatArray:
        """Relative Cholesky factor with the smallest criterion; its diagonal is not negative.

        The criterion can have several minima, and is flat where an entry of the diagonal is 0, since its sign
        does not matter: a search held at that edge would stay on it. So the entries may change sign, a rough
        search starts from the best places of a grid with each correlation, and only the best is refined.
        """
        rough = [attempt(self._search, start, "2-point", 1e-9) for start in self._starts()]
        found = [each for each in rough if not isinstance(each, NotEstimable)]
        if not found:
            raise next(each for each in rough if isinstance(each, NotEstimable))
        theta = self._search(min(found, key=self.criterion), "3-point", 1e-15)
        for edge in _EDGES[theta.size]:
            if self.criterion(theta * edge) <= self.criterion(theta) + _EVEN:
                theta = theta * edge
        if theta.size > 1 and theta[0] < 0:
            theta[:2] *= -1
        theta[-1] = abs(theta[-1])
        return theta

    def _starts(self) -> list[FloatArray]:
        """Of each correlation of the random effects the best place on a grid of their deviations."""
        if self.effects.shape[1] == 1:
            return [min(np.array(_DEVIATIONS)[:, None], key=self.criterion)]
        return [
            min(
                (np.array([a, b * r, b * np.sqrt(1 - r * r)]) for a in _DEVIATIONS for b in _DEVIATIONS),
                key=self.criterion,
            )
            for r in (-0.8, 0.0, 0.8)
        ]

    def _search(self, start: FloatArray, gradient: Literal["2-point", "3-point"], gain: float) -> FloatArray:
        found = minimize(
            self.criterion, start, method="L-BFGS-B", jac=gradient, options={"ftol": gain, "gtol": 1e-9}
        )
        theta: FloatArray = found.x
        return theta


def _factor(theta: FloatArray) -> FloatArray:
    """Lower triangular factor of the covariance of the random effects, relative to the residual variance."""
    if theta.size == 1:
        return theta.reshape(1, 1)
    return np.array([[theta[0], 0.0], [theta[1], theta[2]]])
