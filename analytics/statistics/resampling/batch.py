"""Many weighted logistic models of the same patients, fitted together."""

import math
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from analytics.statistics.design import Design
from analytics.statistics.logistic.basis import Basis, stable_basis

Floats = NDArray[np.float64]

_MOST_STEPS = 100

# Relative change of the deviance at which R's glm is told to stop; Newton's method is then at the optimum.
_CONVERGED = 1e-12

# Squared Newton decrement whose step leaves ten digits right.
_SETTLED = 1e-10

# Steps from a near start; a resample that needs more, as a separated one, is begun again.
_NEAR_STEPS = 10

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


def fit_batch(matrix: Floats, cases: Floats, controls: Floats) -> Floats:
    """Maximise many weighted logistic likelihoods by stacked Newton steps, from where R's `glm` begins.

    Parameters
    ----------
    matrix : ndarray of shape (n_patterns, n_columns)
        Well conditioned, of full rank.
    cases, controls : ndarray of shape (n_batch, n_patterns)
        Weights of the patients with and without the outcome.

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
    products = _products(matrix)
    total = cases + controls
    found = np.empty((len(cases), matrix.shape[1]))
    running = np.arange(len(cases))
    theta = _solve(_information(total, products), _FIRST_RESPONSE * ((cases - controls) @ matrix))
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
        going = ~(np.abs(now - deviance) < _CONVERGED * (np.abs(now) + 0.1))
        if not going.any():
            break
        gradient = (cases - total * (np.where(predictor >= 0, 1.0, small) / one)) @ matrix
        taken = _solve(_information(total * (small / (one * one)), products), gradient)
        # A step that made things worse is halved, and the next round evaluates it again.
        worse = now > deviance * (1 + 1e-9) + 1e-9
        taken[worse] = -step[worse] / 2
        step, deviance = np.where(worse[:, None], step / 2, taken), np.where(worse, deviance, now)
        theta = theta + taken
        if not going.all():
            running, theta, step, deviance = running[going], theta[going], step[going], deviance[going]
            cases, total = cases[going], total[going]
    return found


def fit_near(matrix: Floats, cases: Floats, controls: Floats, start: Floats) -> Floats:
    """As `fit_batch`, from a start near every optimum: half of the work.

    Parameters
    ----------
    matrix, cases, controls
        As in `fit_batch`.
    start : ndarray of shape (n_columns,)
        Such as the optimum of all patients, for resamples of them.

    Returns
    -------
    ndarray of shape (n_batch, n_columns)

    Examples
    --------
    >>> cases, controls = np.array([[1.0, 2.0], [3.0, 1.0]]), np.array([[3.0, 2.0], [1.0, 3.0]])
    >>> fit_near(np.array([[1.0, 0.0], [1.0, 1.0]]), cases, controls, np.zeros(2)).round(6)
    array([[-1.098612,  1.098612],
           [ 1.098612, -2.197225]])
    """
    products = _products(matrix)
    found = np.empty((len(cases), matrix.shape[1]))
    running = np.arange(len(cases))
    theta, all_cases, all_controls = np.tile(start, (len(cases), 1)), cases, controls
    total = cases + controls
    for _ in range(_NEAR_STEPS):
        risk = expit(theta @ matrix.T)
        expected = total * risk
        gradient = (cases - expected) @ matrix
        step = _solve(_information(expected * (1 - risk), products), gradient)
        theta = theta + step
        going = ~(np.einsum("ij,ij->i", gradient, step) < _SETTLED)
        if not going.all():
            found[running[~going]] = theta[~going]
            running, theta, cases, total = running[going], theta[going], cases[going], total[going]
        if running.size == 0:
            return found
    found[running] = fit_batch(matrix, all_cases[running], all_controls[running])
    return found


@cache
def _triangle(k: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    return np.triu_indices(k)


def _products(matrix: Floats) -> Floats:
    """Products of each pair of columns, the first not after the second."""
    first, second = _triangle(matrix.shape[1])
    return np.asarray(matrix[:, first] * matrix[:, second])


def _information(weight: Floats, products: Floats) -> Floats:
    """Stacked cross-products from one matrix product of weights and products of columns."""
    k = (math.isqrt(1 + 8 * products.shape[1]) - 1) // 2
    first, second = _triangle(k)
    information = np.empty((len(weight), k, k))
    information[:, first, second] = weight @ products
    information[:, second, first] = information[:, first, second]
    return information


def _solve(information: Floats, gradient: Floats) -> Floats:
    """Stacked solutions; a singular member, as of a separated resample, takes the least-squares step."""
    try:
        return np.asarray(np.linalg.solve(information, gradient[..., None])[..., 0])
    except np.linalg.LinAlgError:
        return np.asarray((np.linalg.pinv(information, hermitian=True) @ gradient[..., None])[..., 0])
