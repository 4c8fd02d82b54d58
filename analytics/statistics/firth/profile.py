"""The penalised likelihood at its largest where one coefficient is held."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from analytics.statistics.errors import NotEstimable
from analytics.statistics.firth.likelihood import penalised
from analytics.statistics.firth.maximum import maximise
from analytics.statistics.logistic.basis import Basis
from analytics.statistics.logistic.newton import newton_step
from analytics.statistics.logistic.profile import constrained

Floats = NDArray[np.float64]

# Evaluations of the likelihood for both limits of an interval.
MOST_EVALUATIONS = 6000

# Of the step before: a search for a limit takes ever smaller steps where the likelihood is smooth.
_SMALLER = 0.05


class Profile:
    """The largest penalised log likelihood at a fixed value of one coefficient, and its slope.

    Under separation the constrained likelihood can have two maxima. As in logistf each search starts from the
    full fit, with the one coefficient moved, and finds the maximum that this start leads to; but one after a
    far smaller step than before goes on from the last maximum. Where that start leads nowhere, as for a
    column far from zero or one much like another, the other coefficients follow as the full fit's curvature
    says. Where no start leads to a maximum the likelihood is minus infinity.

    Parameters
    ----------
    basis : Basis
        Of a design's columns.
    sign : ndarray of shape (n_patients,)
        1 where the outcome occurred, -1 where not.
    theta : ndarray of shape (n_columns,)
        The full fit, as coefficients of the basis.
    position : int
        Of the coefficient, among those the basis keeps.
    """

    def __init__(self, basis: Basis, sign: Floats, theta: Floats, position: int) -> None:
        self._basis, self._sign, self._theta = basis, sign, theta
        self._estimate = float(basis.back[position] @ theta)
        self._along, self._free = constrained(basis, position)
        alone = np.linalg.solve(basis.back, np.eye(theta.size)[position])
        information = penalised(basis.matrix, sign, theta).information
        within = newton_step(
            self._free.T @ information @ self._free, self._free.T @ information @ self._along
        )
        together = self._along if within is None else self._along - self._free @ within
        self._moves = alone, together
        self._last = self._estimate, self._theta
        self._step = 0.0
        self._evaluations = 0

    def __call__(self, value: float) -> tuple[float, float]:
        for start in self._starts(value):
            if self._evaluations >= MOST_EVALUATIONS:
                raise NotEstimable("not_converged", step="profile")
            found = maximise(self._basis, self._sign, start, self._free)
            self._evaluations += found.evaluations
            if found.converged:
                self._step = abs(value - self._last[0])
                self._last = value, found.theta
                return found.likelihood, float(found.score @ self._along)
        return float("-inf"), 0.0

    def _starts(self, value: float) -> Iterator[Floats]:
        moved = value - self._estimate
        place, theta = self._last
        if abs(value - place) < _SMALLER * self._step:
            yield self._theta + moved / (place - self._estimate) * (theta - self._theta)
        for move in self._moves:
            yield self._theta + moved * move
