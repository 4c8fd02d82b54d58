"""Intervals of estimates that are about normal."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

Value = TypeVar("Value", float, NDArray[np.float64])


def normal_interval(estimate: Value, standard_error: Value, *, level: float = 0.95) -> tuple[Value, Value]:
    """Wald's interval: the estimate, and as many standard errors either side as the level asks for.

    Parameters
    ----------
    estimate, standard_error : float or ndarray of the same shape
        On the scale on which the estimate is about normal, such as a log odds ratio.
    level : float
        Coverage.

    Returns
    -------
    ci_low, ci_high : float or ndarray of the same shape

    References
    ----------
    Wald A. Trans Am Math Soc 1943;54:426-482.

    Examples
    --------
    >>> low, high = normal_interval(0.7, 0.35)
    >>> round(low, 4), round(high, 4)
    (0.014, 1.386)
    """
    half = float(ndtri((1 + level) / 2)) * standard_error
    return estimate - half, estimate + half
