"""The restricted likelihood of a linear mixed model, and the search for its optimum."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from scipy.optimize import minimize

from analytics.statistics.errors import NotEstimable, attempt
from analytics.statistics.survival.observations import FloatArray, IntArray

# Deviations between patients, of intercepts or of slopes per deviation of time, to that within them.
_DEVIATIONS = (0.1, 0.3, 1.0, 3.0, 10.0)
# What makes an entry of the factor's diagonal 0, and the rise of the criterion that is none.
_EDGES = {1: ([0.0],), 3: ([1.0, 1.0, 0.0], [0.0, 1.0, 1.0])}
_EVEN = 1e-9


@dataclass(frozen=True, eq=False)
class Solved:
    """The model at given relative variances."""

    criterion: float
    coefficients: FloatArray
    standard_error: FloatArray
    residual_variance: float


@dataclass(frozen=True, eq=False)
class RestrictedLikelihood:
    """The restricted likelihood with the coefficients and the residual variance profiled out.

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

    def solve(self, theta: FloatArray) -> Solved:
        """Generalised least squares given the relative Cholesky factor of the random effects."""
        factor = relative_factor(theta)
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
        return Solved(float(criterion), coefficients, np.sqrt(variance * precision), variance)

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


def relative_factor(theta: FloatArray) -> FloatArray:
    """Cholesky factor of the covariance of the random effects, relative to the residual variance.

    Parameters
    ----------
    theta : ndarray of shape (1,) or (3,)
        Its entries on and below the diagonal, column by column.

    Returns
    -------
    ndarray of shape (1, 1) or (2, 2)
        Lower triangular.
    """
    if theta.size == 1:
        return theta.reshape(1, 1)
    return np.array([[theta[0], 0.0], [theta[1], theta[2]]])
