"""A logistic model penalised by Jeffreys' prior, its intervals and tests."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import null_space

from analytics.statistics.design import Design, two_classes
from analytics.statistics.errors import NotEstimable
from analytics.statistics.firth.likelihood import Penalised, penalised
from analytics.statistics.firth.maximum import maximise
from analytics.statistics.firth.profile import Profile
from analytics.statistics.logistic.basis import stable_basis
from analytics.statistics.logistic.inference import LikelihoodRatio, likelihood_ratio
from analytics.statistics.logistic.model import FittedModel, linear_predictor, names
from analytics.statistics.logistic.newton import inverse
from analytics.statistics.logistic.profile import limits

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class FirthFit(FittedModel):
    """A logistic model at the maximum of its likelihood times Jeffreys' prior.

    Attributes
    ----------
    penalised_log_likelihood : float
        Log likelihood plus half the log determinant of the information of the estimated columns.
    """

    penalised_log_likelihood: float

    @cached_property
    def _sign(self) -> Floats:
        return np.where(self.outcome, 1.0, -1.0)

    @cached_property
    def _best(self) -> Penalised:
        return penalised(self.basis.matrix, self._sign, self.theta)

    @cached_property
    def _tests(self) -> dict[str, LikelihoodRatio]:
        """Those done before: tables ask for the same test of a term and of its variable."""
        return {}

    def _profile(self, position: int) -> Profile:
        return Profile(self.basis, self._sign, self.theta, position)

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
        estimate, error = float(self.coefficients[position]), float(self.standard_errors[position])
        return limits(self._profile(position), self._best.likelihood, estimate, error, level=level)

    def likelihood_ratio_test(self, term: str) -> LikelihoodRatio:
        """Penalised likelihood-ratio test that a coefficient is zero, penalised with the full design.

        Raises
        ------
        NotEstimable
            ``aliased`` if the term was left out of the model; ``not_converged``.
        """
        position = self._position(term)
        if term not in self._tests:
            without, _slope = self._profile(position)(0.0)
            if not np.isfinite(without):
                raise NotEstimable("not_converged", step="penalised_likelihood")
            self._tests[term] = likelihood_ratio(2 * (self._best.likelihood - without), 1)
        return self._tests[term]

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
        without = maximise(self.basis, self._sign, np.zeros(self.theta.size), free)
        if not without.converged:
            raise NotEstimable("not_converged", step="penalised_likelihood")
        return likelihood_ratio(2 * (self._best.likelihood - without.likelihood), len(positions))

    def augmented_errors(self) -> Floats:
        """Standard errors of the augmented data, as logistf 1.25 and later print; shape (n_terms,)."""
        weight = self._best.weight * (1 + self._best.leverage)
        information = (self.basis.matrix * weight[:, None]).T @ self.basis.matrix
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
    found = maximise(basis, sign, np.zeros(basis.kept.size), everything)
    if not found.converged:
        raise NotEstimable("not_converged", step="penalised_likelihood")
    errors, correlation = basis.errors(inverse(penalised(basis.matrix, sign, found.theta).information))
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
