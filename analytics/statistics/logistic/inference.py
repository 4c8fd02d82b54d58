"""Likelihood-ratio tests and robust errors of a logistic model."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc

from analytics.statistics.design import INTERCEPT, Design
from analytics.statistics.errors import NotEstimable
from analytics.statistics.logistic.basis import covariance_of
from analytics.statistics.logistic.fitting import fit
from analytics.statistics.logistic.model import FittedModel, LogisticFit
from analytics.statistics.logistic.newton import evaluate, inverse

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class LikelihoodRatio:
    """A likelihood-ratio test.

    Attributes
    ----------
    statistic : float
        Twice the gain in log likelihood, chi-square.
    df : int
        Terms tested.
    p_value : float or None
        None when nothing was tested (df 0): the term adds nothing to the others.
    """

    statistic: float
    df: int
    p_value: float | None


def likelihood_ratio(statistic: float, df: int) -> LikelihoodRatio:
    """The test of a gain that cannot be negative, whatever rounding made of it.

    Parameters
    ----------
    statistic : float
        Twice the gain in log likelihood.
    df : int
        Terms it took.

    Returns
    -------
    LikelihoodRatio
        Without a p-value where no term was added.
    """
    gain = max(0.0, statistic)
    return LikelihoodRatio(gain, df, float(chdtrc(df, gain)) if df else None)


def compare(larger: LogisticFit, smaller: LogisticFit) -> LikelihoodRatio:
    """Test a model against one nested in it, on the same patients.

    Parameters
    ----------
    larger, smaller : LogisticFit
        The smaller one's columns are among, or combinations of, the larger one's.

    Returns
    -------
    LikelihoodRatio

    Raises
    ------
    NotEstimable
        ``unequal_lengths`` if the patients differ in number.

    References
    ----------
    Wilks SS. Ann Math Stat 1938;9:60-62.

    Examples
    --------
    >>> from analytics.statistics.design import design_matrix
    >>> age, mg = [51, 60, 72, 65, 58, 70, 49, 66], [0.8, 0.9, 1.1, 0.9, 0.7, 1.0, 1.0, 0.8]
    >>> died = [0, 1, 1, 0, 0, 1, 0, 1]
    >>> larger = fit(design_matrix({"age": age, "mg": mg}), died)
    >>> smaller = fit(design_matrix({"age": age}), died)
    >>> round(compare(larger, smaller).p_value, 4)
    0.6418
    """
    if larger.n != smaller.n:
        raise NotEstimable("unequal_lengths", variable="outcome")
    statistic = 2 * (larger.log_likelihood - smaller.log_likelihood)
    return likelihood_ratio(statistic, larger.df - smaller.df)


def joint_test(model: LogisticFit, terms: Collection[str]) -> LikelihoodRatio:
    """Test that several coefficients are zero, by leaving them out.

    Parameters
    ----------
    model : LogisticFit
        Separated ones too: the limits of the likelihood are compared.
    terms : collection of str
        Some of the model's `terms`, not the intercept.

    Returns
    -------
    LikelihoodRatio
        With a degree of freedom for each term.

    Raises
    ------
    NotEstimable
        ``aliased`` if a term was left out of the model; as `fit`.

    References
    ----------
    Wilks SS. Ann Math Stat 1938;9:60-62.

    Examples
    --------
    >>> from analytics.statistics.design import design_matrix
    >>> model = fit(design_matrix({"x": [1, 2, 3, 4, 5, 6], "z": [1, 0, 1, 1, 0, 1]}), [0, 0, 1, 0, 1, 1])
    >>> alone, together = joint_test(model, ["x"]), joint_test(model, ["x", "z"])
    >>> (alone.df, round(alone.p_value, 3)), (together.df, round(together.p_value, 3))
    ((1, 0.067), (2, 0.186))
    """
    aliased = tuple(term for term in terms if term not in model.terms)
    if aliased:
        raise NotEstimable("aliased", terms=aliased)
    design = model.estimable
    kept = [k for k, term in enumerate(design.terms) if term not in terms]
    smaller = Design(
        design.matrix[:, kept],
        tuple(design.terms[k] for k in kept),
        design.variables,
        tuple(design.assign[k] for k in kept),
    )
    return compare(model, fit(smaller, model.outcome))


def testable(design: Design) -> tuple[str, ...]:
    """The variables that are not part of an interaction with others.

    Parameters
    ----------
    design : Design
        Of shape (n_patients, n_terms).

    Returns
    -------
    tuple of str
        In the order of the design.
    """
    parts = {variable: set(variable.split(":")) for variable in design.variables}
    return tuple(
        variable for variable, part in parts.items() if not any(part < other for other in parts.values())
    )


def robust_covariance(model: LogisticFit, *, clusters: ArrayLike | None = None) -> Floats:
    """Sandwich covariance of the coefficients.

    Parameters
    ----------
    model : LogisticFit
        Not separated.
    clusters : array_like of shape (n_patients,), optional
        Site of each patient. Without it each patient is alone (HC0).

    Returns
    -------
    ndarray of shape (n_terms, n_terms)
        Without a small-sample factor.

    Raises
    ------
    NotEstimable
        ``separated``; ``too_few_clusters`` if there are fewer than two.

    References
    ----------
    White H. Econometrica 1980;48:817-838. Liang KY, Zeger SL. Biometrika 1986;73:13-22.

    Examples
    --------
    >>> from analytics.statistics.design import design_matrix
    >>> model = fit(design_matrix({"x": [1, 2, 3, 4, 5, 6]}), [0, 0, 1, 0, 1, 1])
    >>> robust_covariance(model).diagonal().round(3)
    array([4.178, 0.224])
    >>> robust_covariance(model, clusters=["a", "a", "b", "b", "c", "c"]).diagonal().round(3)
    array([5.451, 0.436])
    """
    model.require_finite()
    sign = np.where(model.outcome, 1.0, -1.0)
    bread = inverse(evaluate(model.basis.matrix, sign, model.theta)[2])
    scores = model.basis.matrix * (model.outcome - model.probabilities)[:, None]
    if clusters is not None:
        sites, position = np.unique(np.asarray(clusters), return_inverse=True)
        if sites.size < 2:
            raise NotEstimable("too_few_clusters", n=int(sites.size), needed=2)
        summed = np.zeros((sites.size, scores.shape[1]))
        np.add.at(summed, position, scores)
        scores = summed
    half = scores @ bread
    return covariance_of(*model.basis.errors(half.T @ half))


def standardised_coefficients(model: FittedModel) -> dict[str, float]:
    """Coefficients per standard deviation of their column (n - 1), the intercept left out.

    Parameters
    ----------
    model : FittedModel
        Penalised, or of maximum likelihood and not separated.

    Returns
    -------
    dict of str to float
        Log odds ratio per standard deviation, by term.

    References
    ----------
    Agresti A. Categorical data analysis. 3rd ed. Wiley 2013, section 5.4.

    Examples
    --------
    >>> from analytics.statistics.design import design_matrix
    >>> age, mg = [51, 60, 72, 65, 58, 70, 49, 66], [0.8, 0.9, 1.1, 0.9, 0.7, 1.0, 1.0, 0.8]
    >>> model = fit(design_matrix({"age": age, "mg": mg}), [0, 1, 1, 0, 0, 1, 0, 1])
    >>> {term: round(value, 3) for term, value in standardised_coefficients(model).items()}
    {'age': 2.329, 'mg': 0.7}
    """
    if isinstance(model, LogisticFit):
        model.require_finite()
    size = np.abs(model.estimable.matrix).max(axis=0)
    spread = np.std(model.estimable.matrix / size, axis=0, ddof=1) * size
    pairs = zip(model.terms, model.coefficients * spread, strict=True)
    return {term: float(value) for term, value in pairs if term != INTERCEPT}
