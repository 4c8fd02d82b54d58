"""What a fitted logistic model is, and what follows from its coefficients alone."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from analytics.statistics.design import Design
from analytics.statistics.errors import NotEstimable
from analytics.statistics.logistic.basis import Basis, covariance_of

Floats = NDArray[np.float64]


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
    standard_errors : ndarray of shape (n_terms,)
        From the inverse information at the estimate.
    correlation : ndarray of shape (n_terms, n_terms)
        Of the coefficients.
    linear_predictor : ndarray of shape (n_patients,)
        Log odds.
    """

    design: Design
    outcome: NDArray[np.bool_]
    terms: tuple[str, ...]
    aliased: tuple[str, ...]
    coefficients: Floats
    standard_errors: Floats
    correlation: Floats
    linear_predictor: Floats
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
    def covariance(self) -> Floats:
        """Inverse information at the estimate, shape (n_terms, n_terms)."""
        return covariance_of(self.standard_errors, self.correlation)

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
    infinity, its errors are infinite, and so is the linear predictor of those predicted perfectly.

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

    References
    ----------
    Wald A. Trans Am Math Soc 1943;54:426-482.

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
    """Risk of each linear predictor, an infinite one included, without overflow.

    Parameters
    ----------
    linear_predictor : ndarray of any shape
        Log odds.

    Returns
    -------
    ndarray of the same shape
        Within [0, 1].

    References
    ----------
    Cox DR. J R Stat Soc B 1958;20:215-242.

    Examples
    --------
    >>> risk(np.array([-800.0, 0.0, 800.0]))
    array([0. , 0.5, 1. ])
    """
    small = np.exp(-np.abs(linear_predictor))
    return np.asarray(np.where(linear_predictor >= 0, 1.0, small) / (1 + small))


def linear_predictor(basis: Floats, theta: Floats) -> Floats:
    """The linear predictor, column by column: patients with the same covariates get the same bits.

    Parameters
    ----------
    basis : ndarray of shape (n_patients, n_kept)
    theta : ndarray of shape (n_kept,)

    Returns
    -------
    ndarray of shape (n_patients,)
        Log odds.
    """
    predictor = np.zeros(basis.shape[0])
    for column, coefficient in zip(basis.T, theta, strict=True):
        predictor += column * coefficient
    return predictor


def names(design: Design, basis: Basis) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The terms that a basis keeps, and those that it leaves out as aliased.

    Parameters
    ----------
    design : Design
        Of shape (n_patients, n_terms).
    basis : Basis
        Of the design's columns.

    Returns
    -------
    kept, aliased : tuple of str
    """
    kept = tuple(design.terms[k] for k in basis.kept)
    return kept, tuple(term for k, term in enumerate(design.terms) if k not in basis.kept)


def null_log_likelihood(n_events: int, n: int) -> float:
    """Log likelihood of the intercept alone, both classes being present.

    Parameters
    ----------
    n_events, n : int
        Patients with the outcome, and all.

    Returns
    -------
    float
    """
    share = n_events / n
    return float(n_events * np.log(share) + (n - n_events) * np.log1p(-share))
