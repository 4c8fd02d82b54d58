"""How sure a correlation is: its interval and, by Fisher's z, its standard error."""

from math import atanh, sqrt, tanh
from typing import Literal

import numpy as np
from scipy import special

IntervalMethod = Literal["fisher", "bonett-wright", "fieller", "fieller-kendall"]


def interval(
    r: float, n: int, *, method: IntervalMethod = "fisher", level: float = 0.95
) -> tuple[float | None, float | None]:
    """Interval of a correlation, symmetric in Fisher's z.

    Parameters
    ----------
    r : float
        The correlation; a coefficient of 1 or -1 is its own interval.
    n : int
        Number of pairs.
    method : {"fisher", "bonett-wright", "fieller", "fieller-kendall"}
        Variance of z: 1/(n - 3); (1 + r²/2)/(n - 3); 1.06/(n - 3); 0.437/(n - 4).
    level : float
        Coverage.

    Returns
    -------
    ci_low, ci_high : float or None
        None where the variance is not defined.

    References
    ----------
    Fisher RA. Metron 1921;1:3-32. Bonett DG, Wright TA. Psychometrika 2000;65:23-28. Fieller EC, Hartley HO,
    Pearson ES. Biometrika 1957;44:470-481.

    Examples
    --------
    >>> low, high = interval(0.5, 28)
    >>> round(low, 4), round(high, 4)
    (0.156, 0.7358)
    """
    lost = 4 if method == "fieller-kendall" else 3
    if n <= lost:
        return None, None
    if abs(r) == 1:
        return r, r
    numerator = {"fisher": 1.0, "bonett-wright": 1 + r**2 / 2, "fieller": 1.06, "fieller-kendall": 0.437}[
        method
    ]
    half = float(special.ndtri((1 + level) / 2)) * sqrt(numerator / (n - lost))
    return tanh(atanh(r) - half), tanh(atanh(r) + half)


def fisher(r: float, n: int) -> tuple[float, float]:
    """Standard error of Pearson's correlation, and how many standard errors of Fisher's z it is from 0.

    Parameters
    ----------
    r : float
        Within (-1, 1).
    n : int
        Number of pairs, at least four.

    Returns
    -------
    standard_error, z : float
        The error is that of z carried over to the scale of r.

    References
    ----------
    Fisher RA. Metron 1921;1:3-32.

    Examples
    --------
    >>> error, z = fisher(0.5, 28)
    >>> round(error, 4), round(z, 4)
    (0.15, 2.7465)
    """
    root = sqrt(n - 3)
    return (1 - r**2) / root, float(np.arctanh(r)) * root
