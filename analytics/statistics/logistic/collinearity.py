"""Whether the covariates of a model can be told apart."""

from dataclasses import dataclass

import numpy as np

from analytics.statistics.design import Design
from analytics.statistics.errors import NotEstimable
from analytics.statistics.inflation import log_inflation
from analytics.statistics.logistic.basis import stable_basis
from analytics.statistics.logistic.model import LogisticFit

# A residual below this share of a column's spread is rounding: the column is a combination of others.
_DEPENDENT = 1e-11


def variance_inflation(design: Design) -> dict[str, float]:
    """Variance inflation factor of each column: 1 / (1 - R squared) on the others with intercept.

    Parameters
    ----------
    design : Design
        With at least two columns beside the intercept.

    Returns
    -------
    dict of str to float
        By term, at least 1; infinite for a column that is an exact combination of others.

    Raises
    ------
    NotEstimable
        ``too_few_terms``; ``constant`` with the `variable` that does not vary.

    References
    ----------
    Belsley DA, Kuh E, Welsch RE. Regression diagnostics. 1980.

    Examples
    --------
    >>> from analytics.statistics.design import design_matrix
    >>> inflation = variance_inflation(design_matrix({"x": [1, 2, 3, 4], "z": [1, 3, 2, 4]}))
    >>> {term: round(value, 4) for term, value in inflation.items()}
    {'x': 2.7778, 'z': 2.7778}
    """
    terms, columns = design.terms[1:], design.matrix[:, 1:]
    if len(terms) < 2:
        raise NotEstimable("too_few_terms", n=len(terms), needed=2)
    for term, column in zip(terms, columns.T, strict=True):
        if column.max() == column.min():
            raise NotEstimable("constant", variable=term)
    centred = columns / np.abs(columns).max(axis=0)
    centred -= centred.mean(axis=0)
    # The columns' angles are those of the triangular factor's columns, which has one row a column.
    factor = np.linalg.qr(centred / np.linalg.norm(centred, axis=0)).R
    inflation = {}
    for k, term in enumerate(terms):
        others = np.delete(factor, k, axis=1)
        residual = factor[:, k] - others @ np.linalg.lstsq(others, factor[:, k], rcond=_DEPENDENT)[0]
        unexplained = float(residual @ residual)
        inflation[term] = 1 / unexplained if unexplained > _DEPENDENT**2 else float("inf")
    return inflation


@dataclass(frozen=True)
class GeneralisedInflation:
    """Inflation of a variable's confidence region.

    Attributes
    ----------
    gvif : float
        Generalised variance inflation factor; the ordinary one when `df` is 1.
    df : int
        Columns of the variable.
    scaled : float
        gvif ** (1 / (2 df)), comparable between variables.
    """

    gvif: float
    df: int
    scaled: float


def generalised_inflation(model: LogisticFit) -> dict[str, GeneralisedInflation]:
    """Generalised variance inflation of each variable from the covariance of the coefficients (car::vif).

    Parameters
    ----------
    model : LogisticFit
        With at least two variables, none aliased.

    Returns
    -------
    dict of str to GeneralisedInflation
        By variable.

    Raises
    ------
    NotEstimable
        ``too_few_terms``, ``aliased`` or ``separated``.

    References
    ----------
    Fox J, Monette G. J Am Stat Assoc 1992;87:178-183.

    Examples
    --------
    >>> from analytics.statistics.design import design_matrix
    >>> from analytics.statistics.logistic import fit
    >>> age, mg = [51, 60, 72, 65, 58, 70, 49, 66], [0.8, 0.9, 1.1, 0.9, 0.7, 1.0, 1.0, 0.8]
    >>> model = fit(design_matrix({"age": age, "mg": mg}), [0, 1, 1, 0, 0, 1, 0, 1])
    >>> round(generalised_inflation(model)["mg"].gvif, 3)
    1.009
    """
    model.require_finite()
    if model.aliased:
        raise NotEstimable("aliased", terms=model.aliased)
    if len(model.design.variables) < 2:
        raise NotEstimable("too_few_terms", n=len(model.design.variables), needed=2)
    correlation = model.correlation[1:, 1:]
    inflation = {}
    for variable in model.design.variables:
        own = model.design.columns_of(variable) - 1
        gvif = float(np.exp(log_inflation(correlation, own)))
        inflation[variable] = GeneralisedInflation(gvif, own.size, gvif ** (1 / (2 * own.size)))
    return inflation


def condition_number(design: Design) -> float:
    """Condition number of the design, each column scaled to length 1, the intercept included and not centred.

    Parameters
    ----------
    design : Design
        Without columns of zeros.

    Returns
    -------
    float
        At least 1; above 30 the coefficients are entangled; infinite with exactly dependent columns.

    References
    ----------
    Belsley DA, Kuh E, Welsch RE. Regression diagnostics. 1980.

    Examples
    --------
    >>> from analytics.statistics.design import design_matrix
    >>> round(condition_number(design_matrix({"x": [1, 2, 3, 4], "z": [1, 2, 3, 5]})), 3)
    29.613
    """
    if stable_basis(design.matrix).kept.size < len(design.terms):
        return float("inf")
    scaled = design.matrix / np.abs(design.matrix).max(axis=0)
    factor = np.linalg.qr(scaled / np.linalg.norm(scaled, axis=0)).R
    singular = np.linalg.svd(factor, compute_uv=False)
    return float(singular[0] / singular[-1])
