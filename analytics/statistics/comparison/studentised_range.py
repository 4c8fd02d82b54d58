"""Distribution of the studentised range, for Tukey's comparisons."""

from math import log

import numpy as np
from scipy import optimize, special

from analytics.statistics.samples import Floats

_SPREADS, _SPREAD_WEIGHTS = np.polynomial.legendre.leggauss(256)
_NORMALS, _NORMAL_WEIGHTS = np.polynomial.legendre.leggauss(96)
_REACH = 9.0
"""Normal deviates beyond this carry no weight."""


def studentised_range_sf(q: float, k: int, df: float) -> float:
    """Probability that the range of k normal means, in units of their standard error, exceeds q.

    Parameters
    ----------
    q : float
        At least 0.
    k : int
        Number of means, at least 2.
    df : float
        Degrees of freedom of the standard error.

    Returns
    -------
    float
        Within [0, 1], to about 1e-12.

    References
    ----------
    Copenhaver MD, Holland BS. J Stat Comput Simul 1988;30:1-15.

    Examples
    --------
    >>> round(studentised_range_sf(3.578, 3, 20), 4)
    0.05
    """
    # The chi-distributed standard error is integrated over its logarithm, where all is smooth for any df.
    low, high = (log(special.chdtri(df, tail) / df) / 2 for tail in (1 - 1e-15, 1e-17))
    log_spread = (high - low) / 2 * _SPREADS + (high + low) / 2
    constant = log(2) + df / 2 * log(df / 2) - float(special.gammaln(df / 2))
    density = np.exp(constant + df * log_spread - df / 2 * np.exp(2 * log_spread))
    weights = (high - low) / 2 * _SPREAD_WEIGHTS * density
    return float(np.clip(weights @ _range_sf(q * np.exp(log_spread), k), 0, 1))


def studentised_range_quantile(level: float, k: int, df: float) -> float:
    """The range that is exceeded with probability 1 - `level`.

    Parameters
    ----------
    level : float
        Between 0 and 1.
    k : int
        Number of means, at least 2.
    df : float
        Degrees of freedom of the standard error.

    Returns
    -------
    float
        In standard errors.

    Examples
    --------
    >>> round(studentised_range_quantile(0.95, 3, 20), 3)
    3.578
    """
    high = 4.0
    while studentised_range_sf(high, k, df) > 1 - level:
        high *= 2
    return float(
        optimize.brentq(lambda q: studentised_range_sf(q, k, df) - (1 - level), 0.0, high, xtol=1e-12)
    )


def _range_sf(width: Floats, k: int) -> Floats:
    """Probability that the range of k standard normals exceeds each width."""
    largest = _REACH * _NORMALS
    density = _REACH * _NORMAL_WEIGHTS * np.exp(-(largest**2) / 2) / np.sqrt(2 * np.pi)
    reach = special.ndtr(largest)
    inside = reach - special.ndtr(largest - width[:, None])
    # All k lie below the largest; they stay within its width, or not.
    outside: Floats = k * ((reach ** (k - 1) - inside ** (k - 1)) @ density)
    return outside
