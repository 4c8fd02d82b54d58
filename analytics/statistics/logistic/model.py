"""Logistic regression by maximum likelihood."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

from analytics.statistics.design import Design, numbers, two_classes
from analytics.statistics.errors import NotEstimable
from analytics.statistics.logistic.basis import Basis, stable_basis
from analytics.statistics.logistic.newton import Optimum, maximise
from analytics.statistics.logistic.separation import Separation, find_separation

Floats = NDArray[np.float64]

# Ordinary data converge in under ten steps; separated data gain about one unit of the predictor a step.
_SUSPICIOUS_STEPS = 15

# A predictor beyond this leaves a risk of 1e-11 to someone: worth a look, however it converged.
_SUSPICIOUS_PREDICTOR = 25.0

# Above so many patients the iteration starts from the optimum of every 32nd.
_LARGE = 100_000
_STRIDE = 32

# A coefficient is estimable when its functional is orthogonal to the lost directions to this share.
_ORTHOGONAL = 1e-7


@dataclass(frozen=True, eq=False)
class Wald:
    """Wald tests and intervals, an entry for each term.

    Attributes
    ----------
    statistic, p_value : ndarray of shape (n_terms,)
        Normal deviate and its two-sided p.
    ci_low, ci_high : ndarray of shape (n_terms,)
        Interval of the coefficient, a log odds ratio per unit.
    odds_ratio, odds_ratio_low, odds_ratio_high : ndarray of shape (n_terms,)
        The same as odds ratios per unit; infinite beyond the largest number.
    """

    statistic: Floats
    p_value: Floats
    ci_low: Floats
    ci_high: Floats
    odds_ratio: Floats
    odds_ratio_low: Floats
    odds_ratio_high: Floats


@dataclass(frozen=True, eq=False)
class FittedModel:
    """What every fitted logistic model has, however it was fitted.

    Attributes
    ----------
    design : Design
        As given; it may hold more columns than `terms` when some are aliased.
    outcome : ndarray of shape (n_patients,), bool
        Whether the outcome occurred.
    terms : tuple of str
        The estimated columns, in the order of the design.
    aliased : tuple of str
        Columns that depend on earlier ones and were left out, as R does.
    coefficients : ndarray of shape (n_terms,)
        Log odds ratios per unit of each column.
    covariance : ndarray of shape (n_terms, n_terms)
        Inverse information at the estimate.
    linear_predictor : ndarray of shape (n_patients,)
        Log odds.
    converged : bool
        False only when the iteration stopped short.
    """

    design: Design
    outcome: NDArray[np.bool_]
    terms: tuple[str, ...]
    aliased: tuple[str, ...]
    coefficients: Floats
    covariance: Floats
    linear_predictor: Floats
    converged: bool
    basis: Basis = field(repr=False)
    theta: Floats = field(repr=False)

    @property
    def n(self) -> int:
        """Number of patients."""
        return int(self.outcome.size)

    @property
    def n_events(self) -> int:
        """Patients with the outcome."""
        return int(self.outcome.sum())

    @property
    def df(self) -> int:
        """Estimated terms beside the intercept."""
        return len(self.terms) - 1

    @property
    def standard_errors(self) -> Floats:
        """Square roots of the covariance's diagonal, shape (n_terms,)."""
        return np.asarray(np.sqrt(np.diagonal(self.covariance)))

    @property
    def probabilities(self) -> Floats:
        """Fitted risks, shape (n_patients,), within [0, 1]."""
        return risk(self.linear_predictor)

    @property
    def estimable(self) -> Design:
        """The design without its aliased columns."""
        kept = [int(k) for k in self.basis.kept]
        return Design(
            self.design.matrix[:, kept],
            self.terms,
            self.design.variables,
            tuple(self.design.assign[k] for k in kept),
        )


@dataclass(frozen=True, eq=False)
class LogisticFit(FittedModel):
    """A logistic model at its maximum of likelihood.

    When the data are separated the fit carries the limits: a coefficient in `infinite` is plus or minus
    infinity, its covariances are infinite, and so is the linear predictor of those predicted perfectly.

    Attributes
    ----------
    log_likelihood, null_log_likelihood : float
        Of this model and of the intercept alone; when separated, the limit that the likelihood approaches.
    separated : bool
        Whether some patients are predicted perfectly, so that terms in `infinite` have no estimate.
    infinite : tuple of str
        Terms without a finite estimate.
    """

    log_likelihood: float
    null_log_likelihood: float
    separated: bool
    infinite: tuple[str, ...]

    @property
    def deviance(self) -> float:
        """Minus twice the log likelihood."""
        return -2 * self.log_likelihood

    @property
    def null_deviance(self) -> float:
        """Minus twice the log likelihood of the intercept alone."""
        return -2 * self.null_log_likelihood

    def wald(self, *, level: float = 0.95) -> Wald:
        """Wald tests and intervals of every term.

        Parameters
        ----------
        level : float
            Confidence level.

        Returns
        -------
        Wald
            Arrays of shape (n_terms,).

        Raises
        ------
        NotEstimable
            ``separated``, with the `terms` that have no finite estimate.
        """
        self.require_finite()
        return wald(self.coefficients, self.standard_errors, level=level)

    def require_finite(self) -> None:
        """Refuse (``separated``, with the `terms`) what only finite estimates can give."""
        if self.separated:
            raise NotEstimable("separated", terms=self.infinite)


def fit(design: Design, outcome: ArrayLike, *, start: ArrayLike | None = None) -> LogisticFit:
    """Fit a logistic model by maximum likelihood.

    Newton's method with step halving runs until a further step would gain less than 1e-20 in log likelihood;
    the covariance is that of the optimum, not of the step before it. Columns that depend on earlier ones are
    left out as R's `glm` does. Separated data are recognised by a linear programme: the fit then carries the
    limits of the likelihood, and infinite coefficients where there is no estimate.

    Parameters
    ----------
    design : Design
        Of shape (n_patients, n_terms), with an intercept.
    outcome : array_like of shape (n_patients,), bool
        Whether the outcome occurred.
    start : array_like of shape (n_terms,), optional
        Coefficients to begin with, as from an earlier fit of the same design.

    Returns
    -------
    LogisticFit

    Raises
    ------
    NotEstimable
        ``no_patients``; ``one_class``; ``missing``, ``not_numeric`` or ``not_binary`` outcome;
        ``unequal_lengths``; ``too_few`` when there are not more patients than estimable terms.

    References
    ----------
    McCullagh P, Nelder JA. Generalized linear models, 2nd ed. 1989.

    Examples
    --------
    >>> from analytics.statistics.design import design_matrix
    >>> age = [50, 54, 57, 61, 64, 66, 71, 75]
    >>> model = fit(design_matrix({"age": age}), [0, 0, 1, 0, 0, 1, 1, 1])
    >>> model.terms, model.coefficients.round(4), model.separated
    (('(Intercept)', 'age'), array([-14.3055,   0.2301]), False)
    """
    occurred = two_classes(outcome)
    if occurred.size != design.n:
        raise NotEstimable("unequal_lengths", variable="outcome")
    basis = stable_basis(design.matrix)
    if occurred.size <= basis.kept.size:
        raise NotEstimable("too_few", n=int(occurred.size), needed=int(basis.kept.size) + 1)
    sign = np.where(occurred, 1.0, -1.0)
    first = None
    if start is not None:
        first = np.asarray(np.linalg.solve(basis.back, numbers(start, "start")[basis.kept]))
    elif occurred.size > _LARGE:
        # A sample of the rows lands near enough to save half of the passes over all of them.
        first = maximise(basis.matrix[::_STRIDE], sign[::_STRIDE], steps=_SUSPICIOUS_STEPS).theta
    optimum = maximise(basis.matrix, sign, start=first, steps=_SUSPICIOUS_STEPS)
    predictor = basis.matrix @ optimum.theta
    if not optimum.converged or np.abs(predictor).max() > _SUSPICIOUS_PREDICTOR:
        separation = find_separation(basis.matrix, sign)
        if separation is not None:
            return _separated(design, occurred, basis, separation)
        optimum = maximise(basis.matrix, sign, start=optimum.theta)
    return _finite(design, occurred, basis, optimum)


def wald(coefficients: Floats, standard_errors: Floats, *, level: float = 0.95) -> Wald:
    """Wald tests and intervals from coefficients and any kind of standard error, robust ones included.

    Parameters
    ----------
    coefficients, standard_errors : ndarray of shape (n_terms,)
        Log odds ratios; errors above zero.
    level : float
        Confidence level.

    Returns
    -------
    Wald

    Examples
    --------
    >>> found = wald(np.array([0.7]), np.array([0.35]))
    >>> found.odds_ratio.round(3), found.odds_ratio_low.round(3), found.p_value.round(4)
    (array([2.014]), array([1.014]), array([0.0455]))
    """
    statistic = coefficients / standard_errors
    half = float(ndtri(0.5 + level / 2)) * standard_errors
    low, high = coefficients - half, coefficients + half
    with np.errstate(over="ignore"):
        ratio, ratio_low, ratio_high = np.exp(coefficients), np.exp(low), np.exp(high)
    return Wald(statistic, 2 * ndtr(-np.abs(statistic)), low, high, ratio, ratio_low, ratio_high)


def risk(linear_predictor: Floats) -> Floats:
    """Risk of each linear predictor, an infinite one included, without overflow."""
    small = np.exp(-np.abs(linear_predictor))
    return np.asarray(np.where(linear_predictor >= 0, 1.0, small) / (1 + small))


def linear_predictor(basis: Floats, theta: Floats) -> Floats:
    """The linear predictor, column by column: patients with the same covariates get the same bits."""
    predictor = np.zeros(basis.shape[0])
    for column, coefficient in zip(basis.T, theta, strict=True):
        predictor += column * coefficient
    return predictor


def names(design: Design, basis: Basis) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The terms that a basis keeps, and those that it leaves out as aliased."""
    kept = tuple(design.terms[k] for k in basis.kept)
    return kept, tuple(term for k, term in enumerate(design.terms) if k not in basis.kept)


def null_log_likelihood(n_events: int, n: int) -> float:
    """Log likelihood of the intercept alone, both classes being present."""
    share = n_events / n
    return float(n_events * np.log(share) + (n - n_events) * np.log1p(-share))


def _finite(design: Design, outcome: NDArray[np.bool_], basis: Basis, optimum: Optimum) -> LogisticFit:
    terms, aliased = names(design, basis)
    covariance = basis.back @ np.linalg.inv(optimum.information) @ basis.back.T
    return LogisticFit(
        design=design,
        outcome=outcome,
        terms=terms,
        aliased=aliased,
        coefficients=basis.back @ optimum.theta,
        covariance=(covariance + covariance.T) / 2,
        log_likelihood=optimum.log_likelihood,
        null_log_likelihood=null_log_likelihood(int(outcome.sum()), outcome.size),
        linear_predictor=linear_predictor(basis.matrix, optimum.theta),
        converged=optimum.converged,
        separated=False,
        infinite=(),
        basis=basis,
        theta=optimum.theta,
    )


def _separated(
    design: Design, outcome: NDArray[np.bool_], basis: Basis, separation: Separation
) -> LogisticFit:
    """The limits: the overlapping patients are fitted, the others are predicted perfectly."""
    sign = np.where(outcome, 1.0, -1.0)
    terms, aliased = names(design, basis)
    shape = (len(terms), len(terms))
    theta, information_inverse, likelihood = np.zeros(len(terms)), np.zeros(shape), 0.0
    if separation.overlapping.any():
        inner = np.linalg.qr(separation.unidentified, mode="complete")[0][
            :, separation.unidentified.shape[1] :
        ]
        best = maximise(basis.matrix[separation.overlapping] @ inner, sign[separation.overlapping])
        theta, likelihood = inner @ best.theta, best.log_likelihood
        information_inverse = inner @ np.linalg.inv(best.information) @ inner.T
    # The rows of `back` say what each coefficient measures; one that a lost direction moves is infinite.
    size = np.linalg.norm(basis.back, axis=1)
    moved = np.linalg.norm(basis.back @ separation.unidentified, axis=1) > _ORTHOGONAL * size
    coefficients = basis.back @ theta
    coefficients[moved] = np.copysign(np.inf, basis.back @ separation.direction)[moved]
    covariance = basis.back @ information_inverse @ basis.back.T
    covariance[moved] = np.inf
    covariance[:, moved] = np.inf
    predictor = linear_predictor(basis.matrix, theta)
    return LogisticFit(
        design=design,
        outcome=outcome,
        terms=terms,
        aliased=aliased,
        coefficients=coefficients,
        covariance=covariance,
        log_likelihood=likelihood,
        null_log_likelihood=null_log_likelihood(int(outcome.sum()), outcome.size),
        linear_predictor=np.where(separation.overlapping, predictor, sign * np.inf),
        converged=True,
        separated=True,
        infinite=tuple(term for term, infinite in zip(terms, moved, strict=True) if infinite),
        basis=basis,
        theta=theta,
    )
