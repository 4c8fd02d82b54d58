"""Covariates that bend within a larger model: their columns, the odds along them, the test of a bend."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.statistics.design import Design, numbers
from analytics.statistics.errors import NotEstimable
from analytics.statistics.logistic import FittedModel, LikelihoodRatio, LogisticFit, compare, fit
from analytics.statistics.splines import HARRELL, place_knots, restricted_cubic

Floats = NDArray[np.float64]


def bend(design: Design, variable: str, knots: ArrayLike) -> Design:
    """A design in which one covariate follows a restricted cubic spline.

    Parameters
    ----------
    design : Design
        Holds the covariate as a single column, which stays where it is.
    variable : str
        Its name.
    knots : array_like of shape (n_knots,)
        Ascending; at least three.

    Returns
    -------
    Design
        With n_knots - 2 columns more at the end, named x', x'' as in rms; they belong to the covariate.

    Raises
    ------
    NotEstimable
        ``not_continuous`` if the covariate has several columns.

    References
    ----------
    Harrell FE. Regression modeling strategies, 2nd ed. 2015, section 2.4.5.

    Examples
    --------
    >>> from analytics.statistics.design import design_matrix
    >>> bend(design_matrix({"p": [1, 2, 3, 4, 5], "z": [0, 1, 0, 1, 1]}), "p", [1.5, 3, 4.5]).terms
    ('(Intercept)', 'p', 'z', "p'")
    """
    bent = restricted_cubic(design.matrix[:, _column(design, variable)], knots)[:, 1:]
    count = bent.shape[1]
    return Design(
        np.hstack([design.matrix, bent]),
        design.terms + tuple(variable + "'" * (k + 1) for k in range(count)),
        design.variables,
        design.assign + (design.variables.index(variable),) * count,
    )


@dataclass(frozen=True, eq=False)
class Course:
    """How the log odds run along a covariate.

    Attributes
    ----------
    values : ndarray of shape (n_values,)
        In the unit of the covariate.
    log_odds_ratio : ndarray of shape (n_values,)
        Against the reference value.
    standard_error : ndarray of shape (n_values,)
        Zero at the reference value.
    """

    values: Floats
    log_odds_ratio: Floats
    standard_error: Floats


def course(
    model: FittedModel, variable: str, knots: ArrayLike, values: ArrayLike, *, reference: float
) -> Course:
    """The log odds along a covariate that bends, against a reference value, all others held equal.

    Parameters
    ----------
    model : FittedModel
        Of a design out of `bend`, by maximum likelihood or penalised.
    variable : str
        The covariate.
    knots : array_like of shape (n_knots,)
        Those that it bends at.
    values : array_like of shape (n_values,)
        Where to evaluate, in the unit of the covariate.
    reference : float
        Where the log odds ratio is 0.

    Returns
    -------
    Course

    Raises
    ------
    NotEstimable
        ``aliased`` if a column of the covariate was left out of the model.

    References
    ----------
    Harrell FE. Regression modeling strategies, 2nd ed. 2015, section 2.4.

    Examples
    --------
    >>> from analytics.statistics.design import design_matrix
    >>> outcome = [1, 1, 0, 1, 0, 0, 0, 1, 0, 1, 1, 1]
    >>> model = fit(bend(design_matrix({"p": range(12)}), "p", [1, 5, 10]), outcome)
    >>> course(model, "p", [1, 5, 10], [0, 5, 10], reference=5.0).log_odds_ratio.round(2).tolist()
    [5.04, 0.0, 5.39]
    """
    at = numbers(values, "values")
    step = restricted_cubic(at, knots) - restricted_cubic([reference], knots)
    owned = model.estimable.columns_of(variable)
    if owned.size < step.shape[1]:
        raise NotEstimable("aliased", terms=model.aliased)
    variance = np.einsum("ij,jk,ik->i", step, model.covariance[np.ix_(owned, owned)], step)
    return Course(at, step @ model.coefficients[owned], np.sqrt(np.maximum(variance, 0.0)))


def linearity_test(model: LogisticFit, x: str, shares: Sequence[float] = HARRELL[3]) -> LikelihoodRatio:
    """Test whether a covariate of a fitted model enters as a straight line, against a spline.

    Parameters
    ----------
    model : LogisticFit
        Holds the covariate as a single column.
    x : str
        Its name.
    shares : sequence of float
        Quantiles at which the knots are placed.

    Returns
    -------
    LikelihoodRatio
        Of the bend.

    Raises
    ------
    NotEstimable
        ``not_continuous`` if the covariate has several columns; as `place_knots` and
        `analytics.statistics.logistic.fit`.

    References
    ----------
    Harrell FE. Regression modeling strategies, 2nd ed. 2015, section 2.4.

    Examples
    --------
    >>> values = np.arange(12.0)
    >>> outcome = [1, 1, 0, 1, 0, 0, 0, 1, 0, 1, 1, 1]
    >>> from analytics.statistics.design import design_matrix
    >>> model = fit(design_matrix({"Mg": values}), outcome)
    >>> round(linearity_test(model, "Mg").p_value, 4)
    0.0141
    """
    values = model.design.matrix[:, _column(model.design, x)]
    bent = bend(model.design, x, place_knots(values, shares))
    return compare(fit(bent, model.outcome), model)


def _column(design: Design, variable: str) -> int:
    """The single column of a covariate, which a category of several levels does not have."""
    owned = design.columns_of(variable)
    if owned.size != 1:
        raise NotEstimable("not_continuous", variable=variable)
    return int(owned[0])
