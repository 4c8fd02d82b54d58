"""Logistic regression by maximum likelihood."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.statistics.design import Design, numbers, two_classes
from analytics.statistics.errors import NotEstimable
from analytics.statistics.logistic.basis import Basis, stable_basis
from analytics.statistics.logistic.model import LogisticFit, linear_predictor, names, null_log_likelihood
from analytics.statistics.logistic.newton import Optimum, inverse, maximise
from analytics.statistics.logistic.separation import Separation, find_separation

# Ordinary data converge in under ten steps; separated data gain about one unit of the predictor a step.
_SUSPICIOUS_STEPS = 15

# A predictor beyond this leaves a risk of 1e-11 to someone: worth a look, however it converged.
_SUSPICIOUS_PREDICTOR = 25.0

# Above so many patients the iteration starts from the optimum of every 32nd.
_LARGE = 100_000
_STRIDE = 32

# A coefficient is estimable when its functional is orthogonal to the lost directions to this share.
_ORTHOGONAL = 1e-7


def fit(design: Design, outcome: ArrayLike, *, start: ArrayLike | None = None) -> LogisticFit:
    """Fit a logistic model by maximum likelihood.

    Newton's method with step halving runs until a further step would gain less than 1e-20 in log likelihood;
    the covariance is that of the optimum, not of the step before it. Columns that depend on earlier ones are
    left out as R's `glm` does. Separated data are recognised by a linear programme: the fit then carries the
    limits of the likelihood, and infinite coefficients where there is no estimate.

    Parameters
    ----------
    design : Design
        Of shape (n_patients, n_terms), with an intercept.
    outcome : array_like of shape (n_patients,), bool
        Whether the outcome occurred.
    start : array_like of shape (n_terms,), optional
        Coefficients to begin with, as from an earlier fit of the same design.

    Returns
    -------
    LogisticFit

    Raises
    ------
    NotEstimable
        ``no_patients``; ``one_class``; ``missing``, ``not_numeric`` or ``not_binary`` outcome;
        ``unequal_lengths``; ``too_few`` when there are not more patients than estimable terms;
        ``not_converged`` when the covariates differ too much in scale to compute with.

    References
    ----------
    McCullagh P, Nelder JA. Generalized linear models, 2nd ed. 1989.

    Examples
    --------
    >>> from analytics.statistics.design import design_matrix
    >>> age = [50, 54, 57, 61, 64, 66, 71, 75]
    >>> model = fit(design_matrix({"age": age}), [0, 0, 1, 0, 0, 1, 1, 1])
    >>> model.terms, model.coefficients.round(4), model.separated
    (('(Intercept)', 'age'), array([-14.3055,   0.2301]), False)
    """
    occurred = two_classes(outcome)
    if occurred.size != design.n:
        raise NotEstimable("unequal_lengths", variable="outcome")
    basis = stable_basis(design.matrix)
    if occurred.size <= basis.kept.size:
        raise NotEstimable("too_few", n=int(occurred.size), needed=int(basis.kept.size) + 1)
    sign = np.where(occurred, 1.0, -1.0)
    first = None
    if start is not None:
        first = np.asarray(np.linalg.solve(basis.back, numbers(start, "start")[basis.kept]))
    elif occurred.size > _LARGE:
        # A sample of the rows lands near enough to save half of the passes over all of them.
        first = maximise(basis.matrix[::_STRIDE], sign[::_STRIDE], steps=_SUSPICIOUS_STEPS).theta
    optimum = maximise(basis.matrix, sign, start=first, steps=_SUSPICIOUS_STEPS)
    predictor = basis.matrix @ optimum.theta
    if not optimum.converged or np.abs(predictor).max() > _SUSPICIOUS_PREDICTOR:
        separation = find_separation(basis.matrix, sign)
        if separation is not None:
            return _separated(design, occurred, basis, separation)
        optimum = maximise(basis.matrix, sign, start=optimum.theta)
    return _finite(design, occurred, basis, optimum)


def _finite(design: Design, outcome: NDArray[np.bool_], basis: Basis, optimum: Optimum) -> LogisticFit:
    if not optimum.converged:
        raise NotEstimable("not_converged", step="likelihood")
    terms, aliased = names(design, basis)
    errors, correlation = basis.errors(inverse(optimum.information))
    return LogisticFit(
        design=design,
        outcome=outcome,
        terms=terms,
        aliased=aliased,
        coefficients=basis.back @ optimum.theta,
        standard_errors=errors,
        correlation=correlation,
        log_likelihood=optimum.log_likelihood,
        null_log_likelihood=null_log_likelihood(int(outcome.sum()), outcome.size),
        linear_predictor=linear_predictor(basis.matrix, optimum.theta),
        separated=False,
        infinite=(),
        basis=basis,
        theta=optimum.theta,
    )


def _separated(
    design: Design, outcome: NDArray[np.bool_], basis: Basis, separation: Separation
) -> LogisticFit:
    """The limits: the overlapping patients are fitted, the others are predicted perfectly."""
    sign = np.where(outcome, 1.0, -1.0)
    terms, aliased = names(design, basis)
    theta, likelihood = np.zeros(len(terms)), 0.0
    # The rows of `back` say what each coefficient measures; one that a lost direction moves is infinite.
    moved = np.linalg.norm(basis.back / basis.size[:, None] @ separation.unidentified, axis=1) > _ORTHOGONAL
    errors, correlation = np.full(len(terms), np.inf), np.eye(len(terms))
    if separation.overlapping.any():
        n_lost = separation.unidentified.shape[1]
        inner = np.linalg.qr(separation.unidentified, mode="complete")[0][:, n_lost:]
        best = maximise(basis.matrix[separation.overlapping] @ inner, sign[separation.overlapping])
        theta, likelihood = inner @ best.theta, best.log_likelihood
        known = np.ix_(~moved, ~moved)
        within = Basis(basis.matrix, basis.kept[~moved], basis.back[~moved] @ inner)
        errors[~moved], correlation[known] = within.errors(inverse(best.information))
    coefficients = basis.back @ theta
    coefficients[moved] = np.copysign(np.inf, basis.back @ separation.direction)[moved]
    return LogisticFit(
        design=design,
        outcome=outcome,
        terms=terms,
        aliased=aliased,
        coefficients=coefficients,
        standard_errors=errors,
        correlation=correlation,
        log_likelihood=likelihood,
        null_log_likelihood=null_log_likelihood(int(outcome.sum()), outcome.size),
        linear_predictor=np.where(
            separation.overlapping, linear_predictor(basis.matrix, theta), sign * np.inf
        ),
        separated=True,
        infinite=tuple(term for term, infinite in zip(terms, moved, strict=True) if infinite),
        basis=basis,
        theta=theta,
    )
