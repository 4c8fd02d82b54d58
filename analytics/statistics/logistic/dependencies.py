"""Which covariates take part in a near dependency of a design."""

import numpy as np

from analytics.statistics.design import INTERCEPT, Design

# Belsley's limits: a dependency is near above this condition index, and a coefficient takes part in it
# with more than this share of its variance.
NEAR = 30.0
_SHARE = 0.5


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
