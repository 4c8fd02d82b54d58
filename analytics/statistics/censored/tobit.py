"""Normal regression of responses of which some are known by their bounds only."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from analytics.statistics.censored.bounds import Bounds
from analytics.statistics.censored.likelihood import Likelihood
from analytics.statistics.design import Design
from analytics.statistics.errors import NotEstimable
from analytics.statistics.logistic.basis import Basis, stable_basis
from analytics.statistics.logistic.newton import Optimum, climb, inverse
from analytics.statistics.samples import Floats

# A spread below this share of the responses' is that of rounding.
_EXACT_FIT = 1e-9


@dataclass(frozen=True, eq=False)
class TobitFit:
    """A censored normal regression at its maximum of likelihood; arrays have shape (n_terms,).

    Attributes
    ----------
    terms, aliased : tuple of str
        The estimated columns of the design, and those left out because they depend on earlier ones.
    n, n_left, n_right, n_inner : int
        Patients; of them below a limit, above a limit, and between two values.
    coefficients, standard_errors : ndarray
        In the response's unit per unit of the column; errors from the observed information.
    statistic, p_value : ndarray
        Wald's test, normal and two-sided.
    ci_low, ci_high : ndarray
    scale : float
        Residual standard deviation, in the response's unit.
    log_scale_error : float
        Standard error of its logarithm.
    log_likelihood : float
    """

    terms: tuple[str, ...]
    aliased: tuple[str, ...]
    n: int
    n_left: int
    n_right: int
    n_inner: int
    coefficients: Floats
    standard_errors: Floats
    statistic: Floats
    p_value: Floats
    ci_low: Floats
    ci_high: Floats
    scale: float
    log_scale_error: float
    log_likelihood: float


def tobit(design: Design, bounds: Bounds, *, level: float = 0.95) -> TobitFit:
    """Fit a normal regression to responses given by their bounds.

    Parameters
    ----------
    design : Design
        Covariates of shape (n_patients, n_terms).
    bounds : Bounds
        Of each response, in a unit in which it is about normal: the logarithm of a skewed laboratory value.
    level : float
        Coverage of the intervals.

    Returns
    -------
    TobitFit

    Raises
    ------
    NotEstimable
        ``unequal_lengths``; ``too_few_within_limits`` when the patients whose response is bounded on both
        sides cannot carry the terms, as when all values of a group are below detection; ``constant`` when
        the covariates tell their responses exactly; ``not_converged``.

    References
    ----------
    Tobin J. Econometrica 1958;26:24-36. Olsen RJ. Econometrica 1978;46:1211-1215.

    Examples
    --------
    >>> from analytics.statistics.censored import bounds_of
    >>> from analytics.statistics.design import design_matrix
    >>> values = bounds_of([0.2, 0.2, 0.4, 0.7, 0.2, 0.9, 1.2, 1.6], ["<", "<", "", "", "<", "", "", ""])
    >>> fitted = tobit(design_matrix({"died": [0, 0, 0, 0, 1, 1, 1, 1]}), values)
    >>> fitted.n_left, fitted.coefficients.round(3).tolist(), round(fitted.scale, 3)
    (3, [0.139, 0.769], 0.564)
    """
    if bounds.low.shape != (design.n,):
        raise NotEstimable("unequal_lengths", variable="values")
    basis = stable_basis(design.matrix)
    shift, unit = _scale(basis, bounds)
    scaled = Bounds((bounds.low - shift) / unit, (bounds.high - shift) / unit)
    optimum = climb(Likelihood.of(basis.matrix, scaled).at, _start(basis, scaled))
    if not optimum.converged or not optimum.theta[-1] > 0:
        raise NotEstimable("not_converged", step="likelihood")
    covariance = inverse(_information(optimum))
    coefficients = basis.back @ optimum.theta[:-1] / optimum.theta[-1] * unit
    coefficients[0] += shift
    errors = basis.errors(covariance[:-1, :-1])[0] * unit
    half = float(ndtri((1 + level) / 2)) * errors
    statistic = coefficients / errors
    return TobitFit(
        terms=tuple(design.terms[k] for k in basis.kept),
        aliased=tuple(term for k, term in enumerate(design.terms) if k not in basis.kept),
        n=design.n,
        n_left=int(bounds.left.sum()),
        n_right=int(bounds.right.sum()),
        n_inner=int(bounds.inner.sum()),
        coefficients=coefficients,
        standard_errors=errors,
        statistic=statistic,
        p_value=2 * ndtr(-np.abs(statistic)),
        ci_low=coefficients - half,
        ci_high=coefficients + half,
        scale=unit / float(optimum.theta[-1]),
        log_scale_error=float(np.sqrt(covariance[-1, -1])),
        log_likelihood=optimum.log_likelihood - int(bounds.exact.sum()) * float(np.log(unit)),
    )


def _scale(basis: Basis, bounds: Bounds) -> tuple[float, float]:
    """Mean and residual spread of the responses bounded on both sides, who must carry the whole model."""
    known = bounds.exact | bounds.inner
    rows, needed = basis.matrix[known], basis.kept.size
    if known.sum() <= needed or np.linalg.matrix_rank(rows) < needed:
        raise NotEstimable("too_few_within_limits", n=int(known.sum()), needed=int(needed) + 1)
    middle = (bounds.low[known] + bounds.high[known]) / 2
    shift = float(middle.mean())
    residual = middle - shift - rows @ np.linalg.lstsq(rows, middle - shift)[0]
    unit = float(np.sqrt((residual**2).mean()))
    width = float((bounds.high[known] - bounds.low[known]).max())
    if unit + width <= _EXACT_FIT * float(np.abs(middle - shift).max(initial=0.0)) or unit + width == 0:
        raise NotEstimable("constant")
    return shift, unit or width


def _start(basis: Basis, bounds: Bounds) -> Floats:
    """Least squares with each response at its bound, or midway between two."""
    low = np.where(bounds.left, bounds.high, bounds.low)
    high = np.where(bounds.right, bounds.low, bounds.high)
    response = (low + high) / 2
    theta = np.linalg.lstsq(basis.matrix, response)[0]
    spread = float(np.sqrt(((response - basis.matrix @ theta) ** 2).mean())) or 1.0
    return np.append(theta, 1.0) / spread


def _information(optimum: Optimum) -> Floats:
    """Of the coefficients and the logarithm of the scale, which are what is reported."""
    precision = float(optimum.theta[-1])
    turn = precision * np.eye(optimum.theta.size)
    turn[:, -1] = -optimum.theta
    return np.asarray(turn.T @ optimum.information @ turn)
