"""How many patients until an interval is as narrow as wanted."""

from dataclasses import dataclass
from math import atanh, ceil, inf, log, sqrt, tanh

from scipy.special import ndtri

from analytics.statistics.errors import NotEstimable


@dataclass(frozen=True)
class PrecisionForecast:
    """How far an interval is from the width wanted.

    Attributes
    ----------
    half_width : float
        Now, in the unit of the standard error.
    wanted : float
    n : int
        Observations now.
    n_needed : int
        Observations at which the interval should be as narrow as wanted.
    n_more : int
        How many more; 0 when it is narrow enough.
    """

    half_width: float
    wanted: float
    n: int
    n_needed: int
    n_more: int


def precision_forecast(
    standard_error: float, n: int, *, half_width: float, level: float = 0.95
) -> PrecisionForecast:
    """Observations until a normal interval is as narrow as wanted, if the data go on as they are.

    The standard error shrinks as one over the root of n.

    Parameters
    ----------
    standard_error : float
        Of the estimate now; of the logarithm for a ratio.
    n : int
        Observations now: patients, or events for a hazard ratio.
    half_width : float
        Wanted, in the unit of the standard error.
    level : float
        Coverage of the interval.

    Returns
    -------
    PrecisionForecast

    Raises
    ------
    NotEstimable
        ``standard_error_not_positive``, ``no_patients``, ``half_width_not_positive``.

    References
    ----------
    Bland JM. BMJ 2009;339:b3985: sample size from the width wanted of an interval.

    Examples
    --------
    >>> forecast = precision_forecast(0.05, 200, half_width=0.05)
    >>> forecast.n_needed, forecast.n_more
    (769, 569)
    """
    if not 0 < standard_error < inf:
        raise NotEstimable("standard_error_not_positive")
    if n < 1:
        raise NotEstimable("no_patients")
    if not 0 < half_width < inf:
        raise NotEstimable("half_width_not_positive")
    now = float(ndtri((1 + level) / 2)) * standard_error
    needed = ceil(n * (now / half_width) ** 2)
    return PrecisionForecast(now, half_width, n, needed, max(needed - n, 0))


def correlation_sample_size(r: float, *, half_width: float, level: float = 0.95) -> int:
    """Patients until the Fisher-z interval of a correlation is as narrow as wanted.

    Parameters
    ----------
    r : float
        Correlation expected, between -1 and 1.
    half_width : float
        Half of the distance between the limits.
    level : float

    Returns
    -------
    int

    Raises
    ------
    NotEstimable
        ``half_width_not_positive``; ``correlation_out_of_range``.

    References
    ----------
    Bonett DG, Wright TA. Psychometrika 2000;65:23-28.

    Examples
    --------
    >>> correlation_sample_size(0.3, half_width=0.1)
    320
    """
    if not 0 < half_width < inf:
        raise NotEstimable("half_width_not_positive")
    if not -1 < r < 1:
        raise NotEstimable("correlation_out_of_range", r=r)
    # The distance between the limits, tanh(z + h) - tanh(z - h), equals the wanted 2w at
    # tanh(h)^2 w r^2 + tanh(h) (1 - r^2) - w = 0.
    curvature = half_width * r**2
    if curvature == 0:
        tangent = half_width
    else:
        tangent = (sqrt((1 - r**2) ** 2 + 4 * curvature * half_width) - (1 - r**2)) / (2 * curvature)
    if tangent >= 1:
        return 4
    half = 0.5 * log((1 + tangent) / (1 - tangent))
    return max(4, ceil((float(ndtri((1 + level) / 2)) / half) ** 2 + 3))


def correlation_half_width(r: float, n: int, *, level: float = 0.95) -> float:
    """Half of the distance between the limits of the Fisher-z interval of a correlation.

    Parameters
    ----------
    r : float
        Correlation, between -1 and 1.
    n : int
        Patients, at least 4.
    level : float
        Coverage of the interval.

    Returns
    -------
    float
        Between 0 and 1.

    Raises
    ------
    NotEstimable
        ``correlation_out_of_range``; ``too_few`` below four patients.

    References
    ----------
    Bonett DG, Wright TA. Psychometrika 2000;65:23-28.

    Examples
    --------
    >>> round(correlation_half_width(0.3, 320), 4)
    0.0999
    """
    if not -1 < r < 1:
        raise NotEstimable("correlation_out_of_range", r=r)
    if n < 4:
        raise NotEstimable("too_few", n=n, needed=4)
    half = float(ndtri((1 + level) / 2)) / sqrt(n - 3)
    return (tanh(atanh(r) + half) - tanh(atanh(r) - half)) / 2
