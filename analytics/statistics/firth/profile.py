"""The penalised likelihood at its largest where one coefficient is held."""

import numpy as np
from numpy.typing import NDArray

from analytics.statistics.errors import NotEstimable
from analytics.statistics.firth.maximum import maximise
from analytics.statistics.logistic.basis import Basis
from analytics.statistics.logistic.profile import constrained

Floats = NDArray[np.float64]

# Evaluations of the likelihood for both limits of an interval.
MOST_EVALUATIONS = 6000


class Profile:
    """The largest penalised log likelihood at a fixed value of one coefficient, and its slope.

    Under separation the constrained likelihood can have two maxima. As in logistf each search starts from the
    full fit, with the one coefficient moved, and finds the maximum that this start leads to. Where the start
    lies beyond computing, as for a column far from zero, all coefficients move together.

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
        self._moves = alone, self._along
        self._evaluations = 0

    def __call__(self, value: float) -> tuple[float, float]:
        for move in self._moves:
            if self._evaluations >= MOST_EVALUATIONS:
                raise NotEstimable("not_converged", step="profile")
            start = self._theta + (value - self._estimate) * move
            found = maximise(self._basis, self._sign, start, self._free)
            self._evaluations += found.evaluations
            if np.isfinite(found.likelihood):
                break
        return found.likelihood, float(found.score @ self._along)
