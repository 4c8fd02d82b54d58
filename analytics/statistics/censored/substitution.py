"""A number in the place of a result below detection, to see what hangs on it."""

from math import sqrt

import numpy as np
from numpy.typing import ArrayLike

from analytics.statistics.censored.bounds import BELOW, complete
from analytics.statistics.samples import Floats

ROOT_TWO = sqrt(2)


def substitute(values: ArrayLike, comparators: ArrayLike, *, divisor: float = ROOT_TWO) -> Floats:
    """Results with those below a limit replaced by the limit over a divisor.

    A result above a limit stays at that limit.

    Parameters
    ----------
    values : array_like of shape (n_patients,)
        The result, or the limit that it is beyond; any unit in which 0 means none, none missing.
    comparators : array_like of shape (n_patients,), str
        ``"<"`` where the result is below the value.
    divisor : float
        The root of two, or 2.

    Returns
    -------
    ndarray of shape (n_patients,)

    Raises
    ------
    NotEstimable
        ``not_numeric``, ``infinite``, ``missing``; ``unequal_lengths``.

    References
    ----------
    Hornung RW, Reed LD. Appl Occup Environ Hyg 1990;5:46-51.

    Examples
    --------
    >>> substitute([0.2, 1.5], ["<", ""]).round(4).tolist()
    [0.1414, 1.5]
    """
    numbers, signs = complete(values, comparators)
    return np.where(signs == BELOW, numbers / divisor, numbers)
