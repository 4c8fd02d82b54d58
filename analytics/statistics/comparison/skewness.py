"""How far a sample leans to one side: shown beside a comparison, never used to choose one."""

from math import sqrt

import numpy as np

from analytics.statistics.errors import NotEstimable
from analytics.statistics.samples import Floats, Scale, is_constant


def skewness(sample: Floats) -> float:
    """Fisher's skewness, adjusted for the size of the sample (G1).

    Parameters
    ----------
    sample : ndarray of shape (n,)
        At least three finite values, in any unit.

    Returns
    -------
    float
        Dimensionless; 0 for a symmetric sample, positive with a long tail of large values.

    Raises
    ------
    NotEstimable
        ``too_few``, ``constant``.

    References
    ----------
    Joanes DN, Gill CA. The Statistician 1998;47:183-189.

    Examples
    --------
    >>> round(skewness(np.array([1.0, 2.0, 3.0, 4.0, 15.0])), 4)
    2.024
    >>> abs(skewness(np.array([1.0, 2.0, 3.0])))
    0.0
    """
    n = sample.size
    if n < 3:
        raise NotEstimable("too_few", n=int(n), needed=3)
    if is_constant(sample):
        raise NotEstimable("constant")
    scaled = Scale.of(sample).apply(sample)
    deviations = scaled - scaled.mean()
    spread = float(np.sqrt((deviations**2).mean()))
    return float(((deviations / spread) ** 3).mean()) * sqrt(n * (n - 1)) / (n - 2)
