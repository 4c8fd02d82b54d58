"""Logistic regression penalised by Jeffreys' prior, finite whatever the separation."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import null_space

from analytics.statistics.design import Design, two_classes
from analytics.statistics.errors import NotEstimable
from analytics.statistics.logistic.basis import Basis, stable_basis
from analytics.statistics.logistic.inference import LikelihoodRatio, likelihood_ratio
from analytics.statistics.logistic.model import FittedModel, linear_predictor, names
from analytics.statistics.logistic.newton import inverse, newton_step
from analytics.statistics.logistic.profile import constrained, limits

Floats = NDArray[np.float64]

# Evaluations of the likelihood for one maximum, and for both limits of an interval.
_MOST_FOR_MAXIMUM = 2000
_MOST_FOR_INTERVAL = 6000

# The squared decrement of a scoring step, in units of log likelihood.
_CONVERGED = 1e-22

# Below this decrement a likelihood far from the fit may be all rounding: when so many steps in a row have not
# made the decrement smaller, the maximum is found as exactly as it can be.
_ROUNDING = 1e-10
_IDLE_STEPS = 3

# As in logistf, a step changes no coefficient by more than this. Where units are small that never arrives, so
# after some steps it is the log odds of the patients that may not change by more.
_LONGEST_STEP = 5.0
_STEPS_BY_COEFFICIENT = 50


@dataclass(frozen=True, eq=False)
class FirthFit(FittedModel):
    """A logistic model at the maximum of its likelihood times Jeffreys' prior.

    Attributes
    ----------
    penalised_log_likelihood : float
        Log likelihood plus half the log determinant of the information of the estimated columns.
    """

    penalised_log_likelihood: float

    def _position(self, term: str) -> int:
        if term not in self.terms:
            raise NotEstimable("aliased", terms=(term,))
        return self.terms.index(term)

    def profile_interval(self, term: str, *, level: float = 0.95) -> tuple[float, float]:
        """Interval of a coefficient from its penalised profile likelihood.

        Parameters
        ----------
        term : str
            Any of `terms`, the intercept included.
        level : float
            Confidence level.

        Returns
        -------
        tuple of float
            Limits of the log odds ratio per unit.

        Raises
        ------
        NotEstimable
            ``aliased`` if the term was left out of the model; ``unbounded``; ``not_converged`` if a limit is
            not found within a bounded number of evaluations.

        References
        ----------
        Heinze G, Schemper M. Stat Med 2002;21:2409-2419.
        """
        position = self._position(term)
        profile = _Profile(self, position)
        estimate, error = float(self.coefficients[position]), float(self.standard_errors[position])
        return limits(profile, profile.best, estimate, error, level=level)

    def likelihood_ratio_test(self, term: str) -> LikelihoodRatio:
        """Penalised likelihood-ratio test that a coefficient is zero, penalised with the full design.

        Raises
        ------
        NotEstimable
            ``aliased`` if the term was left out of the model.
        """
        profile = _Profile(self, self._position(term))
        return likelihood_ratio(2 * (profile.best - profile(0.0)), 1)

    def joint_test(self, terms: Sequence[str]) -> LikelihoodRatio:
        """Penalised likelihood-ratio test that several coefficients are zero, penalised with the full design.

        Parameters
        ----------
        terms : sequence of str
            Some of `terms`, not all.

        Returns
        -------
        LikelihoodRatio
            With a degree of freedom for each term.

        Raises
        ------
        NotEstimable
            ``aliased`` if a term was left out of the model; ``not_converged``.

        References
        ----------
        Heinze G, Schemper M. Stat Med 2002;21:2409-2419.

        Examples
        --------
        >>> from analytics.statistics.design import design_matrix
        >>> design = design_matrix({"x": [1, 2, 3, 4, 5, 6], "z": [1, 0, 1, 1, 0, 1]})
        >>> round(fit(design, [0, 0, 0, 1, 1, 1]).joint_test(["x", "z"]).p_value, 4)
        0.1876
        """
        positions = [self._position(term) for term in terms]
        # Rows of like size, so that what leaves the coefficients at zero is found whatever their units.
        free = null_space(self.basis.back[positions] / self.basis.size[positions][:, None])
        sign = np.where(self.outcome, 1.0, -1.0)
        best = _penalised(self.basis.matrix, sign, self.theta)[0]
        without = _maximise(self.basis, sign, np.zeros(self.theta.size), free)
        if not without.converged:
            raise NotEstimable("not_converged", step="penalised_likelihood")
        return likelihood_ratio(2 * (best - without.likelihood), len(positions))

    def augmented_errors(self) -> Floats:
        """Standard errors of the augmented data, as logistf 1.25 and later print; shape (n_terms,)."""
        weight, leverage = _weights(self.basis.matrix, self.theta)[1:3]
        information = (self.basis.matrix * (weight * (1 + leverage))[:, None]).T @ self.basis.matrix
        return self.basis.errors(inverse(information))[0]


def fit(design: Design, outcome: ArrayLike) -> FirthFit:
    """Fit a logistic model with Firth's penalty.

    Parameters
    ----------
    design : Design
        Of shape (n_patients, n_terms), with an intercept.
    outcome : array_like of shape (n_patients,), bool
        Whether the outcome occurred.

    Returns
    -------
    FirthFit
        Its `covariance` is the inverse information, as brglm2 gives.

    Raises
    ------
    NotEstimable
        ``no_patients``; ``one_class``; ``missing``, ``not_numeric`` or ``not_binary`` outcome;
        ``unequal_lengths``; ``too_few`` when there are not more patients than estimable terms;
        ``not_converged``.

    References
    ----------
    Firth D. Biometrika 1993;80:27-38. Heinze G, Schemper M. Stat Med 2002;21:2409-2419.

    Examples
    --------
    >>> from analytics.statistics.design import design_matrix
    >>> model = fit(design_matrix({"x": [1, 2, 3, 4, 5, 6]}), [0, 0, 0, 1, 1, 1])
    >>> model.coefficients.round(4)
    array([-3.9512,  1.1289])
    >>> low, high = model.profile_interval("x")
    >>> round(low, 3), round(high, 3)
    (0.002, 6.07)
    """
    occurred = two_classes(outcome)
    if occurred.size != design.n:
        raise NotEstimable("unequal_lengths", variable="outcome")
    basis = stable_basis(design.matrix)
    if occurred.size <= basis.kept.size:
        raise NotEstimable("too_few", n=int(occurred.size), needed=int(basis.kept.size) + 1)
    sign = np.where(occurred, 1.0, -1.0)
    everything = np.eye(basis.kept.size)
    found = _maximise(basis, sign, np.zeros(basis.kept.size), everything)
    if not found.converged:
        raise NotEstimable("not_converged", step="penalised_likelihood")
    errors, correlation = basis.errors(inverse(_penalised(basis.matrix, sign, found.theta)[2]))
    terms, aliased = names(design, basis)
    return FirthFit(
        design=design,
        outcome=occurred,
        terms=terms,
        aliased=aliased,
        coefficients=basis.back @ found.theta,
        standard_errors=errors,
        correlation=correlation,
        linear_predictor=linear_predictor(basis.matrix, found.theta),
        basis=basis,
        theta=found.theta,
        # The determinant is that of the columns as given, not of the basis.
        penalised_log_likelihood=found.likelihood - float(np.linalg.slogdet(basis.back)[1]),
    )


class _Profile:
    """The largest penalised log likelihood at a fixed value of one coefficient, in the basis's own units.

    Under separation the constrained likelihood can have two maxima. As in logistf each search starts from the
    full fit, with the one coefficient moved, and finds the maximum that this start leads to. Where the start
    lies beyond computing, as for a column far from zero, all coefficients move together.
    """

    def __init__(self, model: FirthFit, position: int) -> None:
        self._model = model
        self._sign = np.where(model.outcome, 1.0, -1.0)
        self._estimate = float(model.coefficients[position])
        along, self._free = constrained(model.basis, position)
        alone = np.linalg.solve(model.basis.back, np.eye(model.theta.size)[position])
        self._moves = alone, along
        self.best = _penalised(model.basis.matrix, self._sign, model.theta)[0]
        self._evaluations = 0

    def __call__(self, value: float) -> float:
        for move in self._moves:
            if self._evaluations >= _MOST_FOR_INTERVAL:
                raise NotEstimable("not_converged", step="profile")
            start = self._model.theta + (value - self._estimate) * move
            found = _maximise(self._model.basis, self._sign, start, self._free)
            self._evaluations += found.evaluations
            if np.isfinite(found.likelihood):
                break
        return found.likelihood


@dataclass(frozen=True, eq=False)
class _Maximum:
    """Where the scoring stopped, and after how many evaluations of the likelihood."""

    theta: Floats
    likelihood: float
    converged: bool
    evaluations: int


def _maximise(basis: Basis, sign: Floats, theta: Floats, free: Floats) -> _Maximum:
    """Scoring with step halving, moving only within the columns of `free`."""
    likelihood, score, information = _penalised(basis.matrix, sign, theta)
    evaluations, taken, idle, smallest = 1, 0, 0, np.inf
    converged = False
    while np.isfinite(likelihood) and evaluations < _MOST_FOR_MAXIMUM:
        reduced = free.T @ score
        step = newton_step(free.T @ information @ free, reduced)
        if step is None:
            break
        decrement = float(reduced @ step)
        idle = idle + 1 if decrement >= smallest else 0
        smallest = min(smallest, decrement)
        converged = decrement <= _CONVERGED or (smallest <= _ROUNDING and idle == _IDLE_STEPS)
        if converged:
            break
        # A long step from a poor start may leave the region where the information can be inverted.
        step = free @ step
        change = basis.back if taken < _STEPS_BY_COEFFICIENT else basis.matrix
        step *= min(1.0, _LONGEST_STEP / float(np.abs(change @ step).max()))
        taken += 1
        for power in range(40):
            tried = _penalised(basis.matrix, sign, theta + step / 2**power)
            evaluations += 1
            if tried[0] >= likelihood - 1e-12 * abs(likelihood):
                break
        else:
            converged = decrement <= _ROUNDING
            break
        theta = theta + step / 2**power
        likelihood, score, information = tried
    return _Maximum(theta, likelihood, converged, evaluations)


def _penalised(basis: Floats, sign: Floats, theta: Floats) -> tuple[float, Floats, Floats]:
    """Penalised log likelihood, its score and the information; minus infinity where that is singular."""
    margin, _, leverage, information, half_determinant = _weights(basis, theta)
    signed = sign * margin
    small = np.exp(-np.abs(signed))
    likelihood = -float(np.sum(np.log1p(small)) + np.sum(np.maximum(-signed, 0.0)))
    wrong = sign * np.where(signed >= 0, small, 1.0) / (1 + small)
    # Half minus the risk is minus half the hyperbolic tangent of half the predictor.
    score = (wrong - leverage * np.tanh(margin / 2) / 2) @ basis
    return likelihood + half_determinant, score, information


def _weights(basis: Floats, theta: Floats) -> tuple[Floats, Floats, Floats, Floats, float]:
    """Predictor, binomial weight, leverage, information and half its log determinant."""
    margin = basis @ theta
    small = np.exp(-np.abs(margin))
    weight = small / ((1 + small) * (1 + small))
    information = (basis * weight[:, None]).T @ basis
    try:
        factor = np.linalg.cholesky(information)
    except np.linalg.LinAlgError:
        return margin, weight, np.zeros_like(margin), information, float("-inf")
    with np.errstate(over="ignore", invalid="ignore"):
        half = np.linalg.solve(factor, basis.T)
        leverage = weight * np.einsum("ij,ij->j", half, half)
    if not np.isfinite(leverage).all():
        return margin, weight, np.zeros_like(margin), information, float("-inf")
    return margin, weight, leverage, information, float(np.sum(np.log(np.diagonal(factor))))
