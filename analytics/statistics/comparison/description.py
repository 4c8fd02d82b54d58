"""One sample described."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analytics.statistics.samples import Moments, Scale, measured


@dataclass(frozen=True)
class Description:
    """Location and spread of one sample, in its own unit.

    Attributes
    ----------
    n, n_missing : int
        Observed and missing values.
    mean, minimum, q1, median, q3, maximum : float or None
        None without any observed value. Quartiles are of type 7.
    sd : float or None
        With n - 1; None below two observed values.
    """

    n: int
    n_missing: int
    mean: float | None
    sd: float | None
    minimum: float | None
    q1: float | None
    median: float | None
    q3: float | None
    maximum: float | None


def describe(values: ArrayLike) -> Description:
    """Describe one sample.

    Parameters
    ----------
    values : array_like of shape (n_patients,)
        In any unit; NaN is missing.

    Returns
    -------
    Description

    Raises
    ------
    NotEstimable
        ``not_numeric``, ``infinite``.

    References
    ----------
    Hyndman RJ, Fan Y. Am Stat 1996;50:361-365 (quantiles of type 7).

    Examples
    --------
    >>> describe([1.0, 2.0, 4.0, float("nan")]).median
    2.0
    """
    column = measured(values)
    sample = column[~np.isnan(column)]
    n_missing = int(column.size - sample.size)
    if not sample.size:
        return Description(0, n_missing, None, None, None, None, None, None, None)
    scale = Scale.of(sample)
    moments = Moments.of(scale.apply(sample))
    minimum, q1, median, q3, maximum = (float(q) for q in np.quantile(sample, [0, 0.25, 0.5, 0.75, 1]))
    return Description(
        n=moments.n,
        n_missing=n_missing,
        mean=scale.location(moments.mean),
        sd=scale.spread(moments.variance**0.5) if moments.n > 1 else None,
        minimum=minimum,
        q1=q1,
        median=median,
        q3=q3,
        maximum=maximum,
    )
