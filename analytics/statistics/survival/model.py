"""A fitted proportional hazards model, and what can be asked of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.special import chdtrc, ndtr, ndtri

from analytics.statistics.errors import NotEstimable
from analytics.statistics.inflation import log_inflation
from analytics.statistics.logistic.model import linear_predictor
from analytics.statistics.survival.newton import fit
from analytics.statistics.survival.observations import FloatArray
from analytics.statistics.survival.risk_sets import RiskSets, Ties


@dataclass(frozen=True)
class ModelTest:
    """A chi-square test."""

    statistic: float
    df: int
    p_value: float


@dataclass(frozen=True, eq=False)
class CoxModel:
    """A fitted proportional hazards model.

    Attributes
    ----------
    n, n_events : int
        Rows (patients, or spells of patients) and events.
    ties : {"efron", "breslow", "exact"}
    coefficients : ndarray of shape (n_terms,)
        Log hazard ratio per unit of each column.
    covariance : ndarray of shape (n_terms, n_terms)
        Inverse information at the coefficients.
    robust_covariance : ndarray of shape (n_terms, n_terms) or None
        Sandwich estimate, summed within clusters, when clusters were given.
    log_likelihood, log_likelihood_null : float
        At the coefficients, and with all coefficients 0.
    score_statistic : float
        Of the score test that all coefficients are 0.
    risk_sets : RiskSets
        The data of the model, with its design centred.
    means : ndarray of shape (n_terms,)
        What was taken off each column.
    """

    n: int
    n_events: int
    ties: Ties
    coefficients: FloatArray
    covariance: FloatArray
    robust_covariance: FloatArray | None
    log_likelihood: float
    log_likelihood_null: float
    score_statistic: float
    risk_sets: RiskSets
    means: FloatArray

    @property
    def standard_error(self) -> FloatArray:
        """Of each coefficient: robust when clusters were given."""
        covariance = self.covariance if self.robust_covariance is None else self.robust_covariance
        return np.sqrt(np.diag(covariance))

    @property
    def hazard_ratio(self) -> FloatArray:
        """Per unit of each column; infinite where the unit is too small for a ratio."""
        return exponential(self.coefficients)

    @property
    def z(self) -> FloatArray:
        """Wald statistic of each coefficient."""
        return self.coefficients / self.standard_error

    @property
    def p_value(self) -> FloatArray:
        """Two-sided, of each coefficient."""
        p: FloatArray = 2 * ndtr(-np.abs(self.z))
        return p

    def hazard_ratio_interval(self, level: float = 0.95) -> tuple[FloatArray, FloatArray]:
        """Wald interval of each hazard ratio."""
        half = ndtri((1 + level) / 2) * self.standard_error
        return exponential(self.coefficients - half), exponential(self.coefficients + half)

    @property
    def likelihood_ratio_test(self) -> ModelTest:
        """That all coefficients are 0."""
        return self._test(2 * (self.log_likelihood - self.log_likelihood_null))

    @property
    def wald_test(self) -> ModelTest:
        """That all coefficients are 0, with the robust covariance when there is one.

        Refused as ``too_few_clusters`` when there are fewer than coefficients.
        """
        covariance = self.covariance if self.robust_covariance is None else self.robust_covariance
        scale = np.sqrt(np.diag(covariance))
        if np.linalg.matrix_rank(covariance / np.outer(scale, scale)) < scale.size:
            raise NotEstimable("too_few_clusters")
        return self._test(float(self.coefficients @ np.linalg.solve(covariance, self.coefficients)))

    @property
    def score_test(self) -> ModelTest:
        """That all coefficients are 0."""
        return self._test(self.score_statistic)

    @property
    def aic(self) -> float:
        """Akaike's criterion on the partial likelihood."""
        return 2 * self.coefficients.size - 2 * self.log_likelihood

    @cached_property
    def linear_predictor(self) -> FloatArray:
        """Log hazard of each row relative to the mean of the covariates."""
        return linear_predictor(self.risk_sets.design, self.coefficients)

    def variance_inflation(self, terms: Sequence[Sequence[int]] | None = None) -> FloatArray:
        """Variance inflation factor of each term, from the covariance of the coefficients.

        Parameters
        ----------
        terms : sequence of sequence of int, optional
            Columns of each term; each column is a term when not given.

        Returns
        -------
        ndarray of shape (n_terms,)
            On the scale of a single column.

        References
        ----------
        Fox J, Monette G. J Am Stat Assoc 1992;87:178-183.
        """
        scale = np.sqrt(np.diag(self.covariance))
        correlation = self.covariance / np.outer(scale, scale)
        columns = [[k] for k in range(scale.size)] if terms is None else terms
        return np.exp([log_inflation(correlation, own) / len(own) for own in columns])

    def without(self, columns: Sequence[int]) -> ModelTest:
        """Likelihood-ratio test of some columns: the model is fitted again without them."""
        kept = np.setdiff1d(np.arange(self.coefficients.size), columns)
        reduced = self.log_likelihood_null
        if kept.size:
            smaller = replace(self.risk_sets, design=self.risk_sets.design[:, kept])
            reduced = fit(smaller, exact=self.ties == "exact").log_likelihood
        df = self.coefficients.size - kept.size
        statistic = 2 * (self.log_likelihood - reduced)
        return ModelTest(statistic, df, float(chdtrc(df, max(statistic, 0.0))))

    def _test(self, statistic: float) -> ModelTest:
        df = self.coefficients.size
        return ModelTest(statistic, df, float(chdtrc(df, max(statistic, 0.0))))


def exponential(logarithms: FloatArray) -> FloatArray:
    """Ratios from their logarithms, infinite where they are too large for a number.

    Parameters
    ----------
    logarithms : ndarray of shape (n_terms,)

    Returns
    -------
    ndarray of shape (n_terms,)
    """
    with np.errstate(over="ignore"):
        return np.exp(logarithms)
