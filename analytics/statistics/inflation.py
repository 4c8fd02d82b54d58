"""How much a variable's uncertainty grows by what it shares with the other variables."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def log_inflation(correlation: Floats, own: ArrayLike) -> float:
    """Logarithm of the generalised variance inflation factor of some coefficients.

    Parameters
    ----------
    correlation : ndarray of shape (n_terms, n_terms)
        Of the coefficients, without an intercept.
    own : array_like of shape (n_own,), int
        Places of the variable's coefficients; divided by their number it is on the scale of a single one.

    Returns
    -------
    float
        At least 0, but for rounding.

    References
    ----------
    Fox J, Monette G. J Am Stat Assoc 1992;87:178-183.

    Examples
    --------
    >>> float(np.exp(log_inflation(np.array([[1.0, 0.6], [0.6, 1.0]]), [0])).round(4))
    1.5625
    """
    places = np.asarray(own, dtype=np.intp)
    others = np.setdiff1d(np.arange(len(correlation)), places)
    parts = sum(np.linalg.slogdet(correlation[np.ix_(part, part)])[1] for part in (places, others))
    return float(parts - np.linalg.slogdet(correlation)[1])
