"""The likelihood of a normal regression whose responses may be known by their bounds only.

In Olsen's parameters, coefficients over the standard deviation and its inverse, it has one maximum.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import log_ndtr

from analytics.statistics.censored.bounds import Bounds
from analytics.statistics.logistic.newton import Evaluation
from analytics.statistics.samples import Floats

_LOG_ROOT_TWO_PI = 0.5 * float(np.log(2 * np.pi))


@dataclass(frozen=True, eq=False)
class Likelihood:
    """Log likelihood, gradient and information by kind of response; rows are (-covariates, response).

    Attributes
    ----------
    exact : ndarray of shape (n_exact, n_columns + 1)
    one_sided : ndarray of shape (n_beyond, n_columns + 1)
        Of responses above a limit the negative, so that all count by the same tail.
    lower, upper : ndarray of shape (n_inner, n_columns + 1)
        Both bounds of responses between two values.
    """

    exact: Floats
    one_sided: Floats
    lower: Floats
    upper: Floats

    @classmethod
    def of(cls, basis: Floats, bounds: Bounds) -> "Likelihood":
        """The rows of patients with these covariates and bounds."""
        low, high = (np.column_stack([-basis, end]) for end in (bounds.low, bounds.high))
        return cls(
            exact=low[bounds.exact],
            one_sided=np.concatenate([high[bounds.left], -low[bounds.right]]),
            lower=low[bounds.inner],
            upper=high[bounds.inner],
        )

    def at(self, parameters: Floats) -> Evaluation:
        """The log likelihood at some parameters, minus infinity outside of where they are meant."""
        precision, size = float(parameters[-1]), parameters.size
        if precision <= 0:
            return -np.inf, np.zeros(size), np.eye(size)
        parts = (self._exact(parameters), self._one_sided(parameters), self._inner(parameters))
        return (
            sum(likelihood for likelihood, _, _ in parts),
            np.sum([gradient for _, gradient, _ in parts], axis=0),
            np.sum([information for _, _, information in parts], axis=0),
        )

    def _exact(self, parameters: Floats) -> Evaluation:
        residual, n, precision = self.exact @ parameters, len(self.exact), float(parameters[-1])
        gradient, information = -residual @ self.exact, self.exact.T @ self.exact
        gradient[-1] += n / precision
        information[-1, -1] += n / precision**2
        likelihood = n * (np.log(precision) - _LOG_ROOT_TWO_PI) - residual @ residual / 2
        return float(likelihood), gradient, information

    def _one_sided(self, parameters: Floats) -> Evaluation:
        deviate = self.one_sided @ parameters
        tail = log_ndtr(deviate)
        hazard = np.exp(_log_density(deviate) - tail)
        information = (self.one_sided * (hazard * (hazard + deviate))[:, None]).T @ self.one_sided
        return float(tail.sum()), hazard @ self.one_sided, information

    def _inner(self, parameters: Floats) -> Evaluation:
        lower, upper = self.lower, self.upper
        # In the upper tail both ends are turned round: there their probabilities would round to one.
        is_high = ((lower + upper) @ parameters > 0)[:, None]
        lower, upper = np.where(is_high, -upper, lower), np.where(is_high, -lower, upper)
        a, b = lower @ parameters, upper @ parameters
        inside = log_ndtr(b) + np.log1p(-np.exp(log_ndtr(a) - log_ndtr(b)))
        at_a, at_b = np.exp(_log_density(a) - inside), np.exp(_log_density(b) - inside)
        slope = upper * at_b[:, None] - lower * at_a[:, None]
        information = (
            (upper * (b * at_b)[:, None]).T @ upper
            - (lower * (a * at_a)[:, None]).T @ lower
            + slope.T @ slope
        )
        return float(inside.sum()), slope.sum(axis=0), information


def _log_density(deviate: Floats) -> Floats:
    return np.asarray(-(deviate**2) / 2 - _LOG_ROOT_TWO_PI)
