"""Which covariates of a design depend on one another: nearly, or because one is computed from others."""

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from analytics.statistics.design import INTERCEPT, Design
from analytics.statistics.logistic.basis import stable_basis

# Belsley's limits: a dependency is near above this condition index, and a coefficient takes part in it
# with more than this share of its variance.
NEAR = 30.0
_SHARE = 0.5

# A column takes part in a sum whose weighted values reach this share of the largest part's.
_TAKES_PART = 1e-7

# Values as they are written down leave this share of a product's spread unexplained.
_WRITTEN = 1e-3


def entangled(design: Design, *, near: float = NEAR) -> tuple[str, ...]:
    """The terms that near dependencies of the design hold together, by the decomposition of their variances.

    The columns are scaled to length 1, not centred, the intercept among them. Dependencies of similar
    strength share variances between them, so the shares of all that are near are added up.

    Parameters
    ----------
    design : Design
        Of shape (n_patients, n_terms).
    near : float
        Condition index above which a dependency counts.

    Returns
    -------
    tuple of str
        Terms other than the intercept with more than half their variance in near dependencies. One alone
        depends on the intercept: its values are far from zero and close together.

    References
    ----------
    Belsley DA, Kuh E, Welsch RE. Regression diagnostics. 1980, section 3.2.

    Examples
    --------
    >>> from analytics.statistics.design import design_matrix
    >>> x = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    >>> entangled(design_matrix({"x": x, "z": [1.0, 2.1, 2.9, 4.1, 5.0, 6.1], "w": [1, 0, 1, 1, 0, 1]}))
    ('x', 'z')
    """
    size = np.abs(design.matrix).max(axis=0)
    present = np.flatnonzero(size > 0)
    scaled = design.matrix[:, present] / size[present]
    factor = np.linalg.qr(scaled / np.linalg.norm(scaled, axis=0)).R
    _, singular, rotation = np.linalg.svd(factor, full_matrices=False)
    # A column's variance is the sum over the dimensions of its squared rotation over their squared length.
    parts = (rotation / np.maximum(singular, 1e-12 * singular[0])[:, None]) ** 2
    shares = parts[singular * near < singular[0]].sum(axis=0) / parts.sum(axis=0)
    terms = [design.terms[k] for k in present]
    return tuple(
        term for term, share in zip(terms, shares, strict=True) if share > _SHARE and term != INTERCEPT
    )


def determined(design: Design) -> dict[str, tuple[str, ...]]:
    """The terms that others determine: a weighted sum of columns before it, or the product of two columns.

    A quotient is found as well, for then the numerator is the product of the other two. Columns of two
    values are no factors: their products are interactions.

    Parameters
    ----------
    design : Design
        Of shape (n_patients, n_terms).

    Returns
    -------
    dict of str to tuple of str
        By term, those that determine it.

    Examples
    --------
    >>> from analytics.statistics.design import design_matrix
    >>> ca, p = [2.1, 2.4, 2.2, 2.6, 2.3], [1.5, 1.1, 1.9, 2.2, 1.3]
    >>> columns = {"ca": ca, "p": p, "product": [x * z for x, z in zip(ca, p)]}
    >>> determined(design_matrix(columns))
    {'product': ('ca', 'p')}
    >>> determined(design_matrix({"ca": ca, "mg_dl": [4.008 * x for x in ca]}))
    {'mg_dl': ('ca',)}
    """
    kept = stable_basis(design.matrix).kept
    left_out = [k for k in range(len(design.terms)) if k not in kept]
    found = {design.terms[k]: _parts_of_sum(design, k, kept[kept < k]) for k in left_out}
    return {term: parts for term, parts in {**_products(design, kept), **found}.items() if parts}


def _parts_of_sum(design: Design, place: int, others: NDArray[np.intp]) -> tuple[str, ...]:
    size = np.abs(design.matrix).max(axis=0)
    scaled = design.matrix / np.where(size > 0, size, 1)
    weights = np.abs(np.linalg.lstsq(scaled[:, others], scaled[:, place])[0])
    parts = others[weights > _TAKES_PART * weights.max(initial=0)]
    return tuple(design.terms[k] for k in parts if design.terms[k] != INTERCEPT)


def _products(design: Design, kept: NDArray[np.intp]) -> dict[str, tuple[str, ...]]:
    size = np.abs(design.matrix).max(axis=0)
    columns = [k for k in kept if len(np.unique(design.matrix[:, k])) > 2]
    found: dict[str, tuple[str, ...]] = {}
    for one, other in combinations(columns, 2):
        product = (design.matrix[:, one] / size[one]) * (design.matrix[:, other] / size[other])
        for place in columns:
            if place not in (one, other) and _is_multiple(design.matrix[:, place] / size[place], product):
                found[design.terms[place]] = (design.terms[one], design.terms[other])
    return found


def _is_multiple(column: NDArray[np.float64], product: NDArray[np.float64]) -> bool:
    residual = column - product * (column @ product) / (product @ product)
    spread = column - column.mean()
    return float(residual @ residual) < _WRITTEN * float(spread @ spread)
