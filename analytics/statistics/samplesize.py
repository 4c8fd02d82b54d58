"""How many patients: for a prediction model, and until an interval is as narrow as wanted."""

from dataclasses import dataclass
from math import ceil, exp, inf, log, sqrt

from scipy.special import ndtri

from analytics.statistics.errors import NotEstimable


@dataclass(frozen=True)
class RileySize:
    """Patients that a model of a yes/no outcome needs, by criterion.

    Attributes
    ----------
    n_shrinkage : float
        So that the coefficients need to be shrunk by no more than the wanted factor.
    n_optimism : float
        So that the apparent and the adjusted R2 (Nagelkerke) differ by at most 0.05.
    n_intercept : float
        So that the overall risk is known within 0.05.
    max_r2_cox_snell : float
        Largest Cox-Snell R2 possible at this prevalence.
    n : int
        Patients required: the largest of the three, rounded up.
    n_events : float
        Events expected among them.
    events_per_parameter : float
    """

    n_shrinkage: float
    n_optimism: float
    n_intercept: float
    max_r2_cox_snell: float
    n: int
    n_events: float
    events_per_parameter: float


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


def riley_sample_size(
    *, parameters: int, prevalence: float, r2_cox_snell: float, shrinkage: float = 0.9
) -> RileySize:
    """Minimum size for developing a prediction model of a yes/no outcome.

    Parameters
    ----------
    parameters : int
        Candidate parameters: a factor counts its levels less one, a spline its terms.
    prevalence : float
        Share of the patients with the outcome, between 0 and 1.
    r2_cox_snell : float
        Cox-Snell R2 expected of the model, between 0 and the largest possible.
    shrinkage : float
        Smallest shrinkage factor wanted, between 0 and 1.

    Returns
    -------
    RileySize

    Raises
    ------
    NotEstimable
        ``no_covariates``, ``prevalence_out_of_range``, ``r2_out_of_range``.

    References
    ----------
    Riley RD et al. BMJ 2020;368:m441. Riley RD et al. Stat Med 2019;38:1276-1296.

    Examples
    --------
    >>> size = riley_sample_size(parameters=8, prevalence=0.24, r2_cox_snell=0.15)
    >>> size.n, round(size.events_per_parameter, 2)
    (439, 13.17)
    """
    if parameters < 1:
        raise NotEstimable("no_covariates")
    if not 0 < prevalence < 1:
        raise NotEstimable("prevalence_out_of_range", prevalence=prevalence)
    if not 0 < shrinkage < 1:
        raise ValueError("shrinkage must lie between 0 and 1")
    largest = 1 - exp(2 * (prevalence * log(prevalence) + (1 - prevalence) * log(1 - prevalence)))
    if not 0 < r2_cox_snell < min(largest, shrinkage):
        raise NotEstimable("r2_out_of_range", largest=largest)

    def for_shrinkage(factor: float) -> float:
        return parameters / ((factor - 1) * log(1 - r2_cox_snell / factor))

    n_shrinkage = for_shrinkage(shrinkage)
    n_optimism = for_shrinkage(r2_cox_snell / (r2_cox_snell + 0.05 * largest))
    n_intercept = (1.96 / 0.05) ** 2 * prevalence * (1 - prevalence)
    n = ceil(max(n_shrinkage, n_optimism, n_intercept))
    return RileySize(
        n_shrinkage, n_optimism, n_intercept, largest, n, n * prevalence, n * prevalence / parameters
    )


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
