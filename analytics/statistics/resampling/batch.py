"""Many weighted logistic models of the same patients, fitted and ranked together."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from analytics.statistics.design import Design
from analytics.statistics.logistic.basis import Basis, stable_basis

Floats = NDArray[np.float64]

_MOST_STEPS = 100

# Squared Newton decrement at which a slope is exact to ten digits.
_SETTLED = 1e-12

# R's first working response, log(3) + 4/3 for a patient with the outcome: separated resamples, which have no
# optimum, then stop where R's do.
_FIRST_RESPONSE = float(np.log(3) + 4 / 3)


@dataclass(frozen=True, eq=False)
class Patterns:
    """Patients grouped by equal covariates, so that equal covariates always tie.

    Attributes
    ----------
    basis : Basis
        Of the distinct rows of the design.
    member : ndarray of shape (n_patients,), int
        Row of `basis` that each patient belongs to.
    outcome : ndarray of shape (n_patients,), bool
        Whether the outcome occurred.
    """

    basis: Basis
    member: NDArray[np.intp]
    outcome: NDArray[np.bool_]

    @property
    def size(self) -> int:
        """Number of distinct rows."""
        return int(self.basis.matrix.shape[0])

    def tally(self, weights: Floats) -> tuple[Floats, Floats]:
        """Weights of the patients with and without the outcome in each pattern.

        Parameters
        ----------
        weights : ndarray of shape (n_batch, n_patients)
            How often each patient counts.

        Returns
        -------
        tuple of ndarray of shape (n_batch, n_patterns)
        """
        ordered, outcome = weights[:, self._order], self.outcome[self._order]
        cases = np.add.reduceat(ordered * outcome, self._starts, axis=1)
        controls = np.add.reduceat(ordered * ~outcome, self._starts, axis=1)
        return cases, controls

    @cached_property
    def _order(self) -> NDArray[np.intp]:
        return np.argsort(self.member, kind="stable")

    @cached_property
    def _starts(self) -> NDArray[np.intp]:
        return np.searchsorted(self.member[self._order], np.arange(self.size))


def group_patients(design: Design, outcome: NDArray[np.bool_]) -> Patterns:
    """Group patients by equal rows of the design.

    Parameters
    ----------
    design : Design
        Of shape (n_patients, n_terms).
    outcome : ndarray of shape (n_patients,), bool
        Whether the outcome occurred.

    Returns
    -------
    Patterns
    """
    rows, member = np.unique(design.matrix, axis=0, return_inverse=True)
    return Patterns(stable_basis(rows), member.reshape(-1), outcome)


def fit_batch(
    matrix: Floats,
    cases: Floats,
    controls: Floats,
    *,
    start: Floats | None = None,
    tolerance: float = 1e-12,
) -> Floats:
    """Maximise many weighted logistic likelihoods by stacked Newton steps.

    Parameters
    ----------
    matrix : ndarray of shape (n_patterns, n_columns)
        Well conditioned, of full rank.
    cases, controls : ndarray of shape (n_batch, n_patterns)
        Weights of the patients with and without the outcome.
    start : ndarray of shape (n_columns,), optional
        Where all begin; by default each begins where R's `glm` does.
    tolerance : float
        Relative change of the deviance at which to stop, as `epsilon` of R's `glm`; Newton's method is by
        then twice as many digits nearer.

    Returns
    -------
    ndarray of shape (n_batch, n_columns)
        Coefficients. Where a resample is separated, those at which the deviance stopped changing.

    Examples
    --------
    >>> cases, controls = np.array([[1.0, 2.0], [3.0, 1.0]]), np.array([[3.0, 2.0], [1.0, 3.0]])
    >>> fit_batch(np.array([[1.0, 0.0], [1.0, 1.0]]), cases, controls).round(6)
    array([[-1.098612,  1.098612],
           [ 1.098612, -2.197225]])
    """
    k = matrix.shape[1]
    upper = np.triu_indices(k)
    products = matrix[:, upper[0]] * matrix[:, upper[1]]
    total = cases + controls
    found = np.empty((len(cases), k))
    running = np.arange(len(cases))
    if start is None:
        normal = _information(total, products, k, upper)
        theta = _solve(normal, _FIRST_RESPONSE * ((cases - controls) @ matrix))
    else:
        theta = np.tile(start, (len(cases), 1))
    deviance, step = np.full(len(cases), np.inf), np.zeros_like(theta)
    for _ in range(_MOST_STEPS):
        predictor = theta @ matrix.T
        small = np.exp(-np.abs(predictor))
        one = 1 + small
        now = 2 * (
            np.einsum("ij,ij->i", total, np.log(one) + np.maximum(predictor, 0.0))
            - np.einsum("ij,ij->i", cases, predictor)
        )
        found[running] = theta
        going = ~(np.abs(now - deviance) < tolerance * (np.abs(now) + 0.1))
        if not going.any():
            break
        gradient = (cases - total * (np.where(predictor >= 0, 1.0, small) / one)) @ matrix
        taken = _solve(_information(total * (small / (one * one)), products, k, upper), gradient)
        # A step that made things worse is halved, and the next round evaluates it again.
        worse = now > deviance * (1 + 1e-9) + 1e-9
        taken[worse] = -step[worse] / 2
        step, deviance = np.where(worse[:, None], step / 2, taken), np.where(worse, deviance, now)
        theta = theta + taken
        if not going.all():
            running, theta, step, deviance = running[going], theta[going], step[going], deviance[going]
            cases, total = cases[going], total[going]
    return found


def slopes(scores: Floats, cases: Floats, controls: Floats) -> Floats:
    """Calibration slope of each row of scores: the coefficient of a logistic model on that score alone.

    Parameters
    ----------
    scores : ndarray of shape (n_batch, n_patterns)
        Linear predictors.
    cases, controls : ndarray of shape (n_patterns,)
        Patients with and without the outcome.

    Returns
    -------
    ndarray of shape (n_batch,)
        NaN for a constant score; the caller leaves it out.
    """
    centre = scores.mean(axis=1, keepdims=True)
    spread = scores.std(axis=1, keepdims=True)
    usable = spread[:, 0] > 0
    found = np.full(len(scores), np.nan)
    scaled = (scores[usable] - centre[usable]) / spread[usable]
    a, b = np.zeros((2, len(scaled), 1))
    total = cases + controls
    for _ in range(_MOST_STEPS):
        predictor = a + b * scaled
        small = np.exp(-np.abs(predictor))
        one = 1 + small
        residual = cases - total * (np.where(predictor >= 0, 1.0, small) / one)
        weight = total * (small / (one * one))
        weighted = weight * scaled
        g0, g1 = residual.sum(axis=1), np.einsum("ij,ij->i", residual, scaled)
        i00, i01 = weight.sum(axis=1), weighted.sum(axis=1)
        i11 = np.einsum("ij,ij->i", weighted, scaled)
        determinant = np.maximum(i00 * i11 - i01 * i01, np.finfo(float).tiny)
        da, db = (i11 * g0 - i01 * g1) / determinant, (i00 * g1 - i01 * g0) / determinant
        # No step longer than this in standardised units: Newton's method may overshoot on a skewed score.
        part = np.minimum(1.0, 3 / np.maximum(np.maximum(np.abs(da), np.abs(db)), 3))
        a, b = a + (part * da)[:, None], b + (part * db)[:, None]
        if np.all(g0 * da + g1 * db < _SETTLED):
            break
    found[usable] = b[:, 0] / spread[usable, 0]
    return found


def areas(scores: Floats, *weights: tuple[Floats, Floats]) -> tuple[Floats, ...]:
    """Weighted area under the ROC curve of each row of scores, ties one half.

    Parameters
    ----------
    scores : ndarray of shape (n_batch, n_patterns)
        Higher means more risk.
    *weights : tuple of two ndarray of shape (n_batch, n_patterns) or (n_patterns,)
        Cases and controls; whole numbers keep the count exact. Several pairs share one sort.

    Returns
    -------
    tuple of ndarray of shape (n_batch,)
        One for each pair of weights; NaN where a class is absent, which the caller leaves out.

    Examples
    --------
    >>> areas(np.array([[0.1, 0.2, 0.2, 0.4]]), (np.array([0.0, 0, 1, 1]), np.array([1.0, 1, 0, 0])))
    (array([0.875]),)
    """
    order = np.argsort(scores, axis=1)
    ordered = np.take_along_axis(scores, order, axis=1)
    starts = np.ones(scores.shape, dtype=bool)
    starts[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    tied = None if starts.all() else _tied(starts)
    found = []
    for cases, controls in weights:
        case = np.take_along_axis(np.broadcast_to(cases, scores.shape), order, axis=1)
        control = np.take_along_axis(np.broadcast_to(controls, scores.shape), order, axis=1)
        through = np.cumsum(control, axis=1)
        before = through - control
        if tied is not None:
            before = np.take_along_axis(before, tied[0], axis=1)
            through = np.take_along_axis(through, tied[1], axis=1)
        pairs = np.einsum("ij,ij->i", case, before + through) / 2
        possible = case.sum(axis=1) * control.sum(axis=1)
        absent = np.full(len(scores), np.nan)
        found.append(np.asarray(np.divide(pairs, possible, out=absent, where=possible > 0)))
    return tuple(found)


def _tied(starts: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """First and last position of the run of equal scores that each position belongs to."""
    position = np.arange(starts.shape[1])
    ends = np.ones_like(starts)
    ends[:, :-1] = starts[:, 1:]
    first = np.maximum.accumulate(np.where(starts, position, 0), axis=1)
    last = np.minimum.accumulate(np.where(ends, position, position.size)[:, ::-1], axis=1)[:, ::-1]
    return first, last


def _information(weight: Floats, products: Floats, k: int, upper: tuple[NDArray[np.intp], ...]) -> Floats:
    """Stacked cross-products from one matrix product of weights and products of columns."""
    information = np.empty((len(weight), k, k))
    information[:, upper[0], upper[1]] = weight @ products
    information[:, upper[1], upper[0]] = information[:, upper[0], upper[1]]
    return information


def _solve(information: Floats, gradient: Floats) -> Floats:
    """Stacked solutions; a singular member, as of a separated resample, takes the least-squares step."""
    try:
        return np.asarray(np.linalg.solve(information, gradient[..., None])[..., 0])
    except np.linalg.LinAlgError:
        return np.asarray((np.linalg.pinv(information, hermitian=True) @ gradient[..., None])[..., 0])
