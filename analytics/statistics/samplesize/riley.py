"""How many patients the model of a yes/no outcome needs, and how far it overfits with those there are."""

from dataclasses import dataclass
from math import ceil, exp, log, log1p

from scipy.optimize import brentq

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
    if not 0 < shrinkage < 1:
        raise ValueError("shrinkage must lie between 0 and 1")
    largest = largest_r2_cox_snell(prevalence)
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


def largest_r2_cox_snell(prevalence: float) -> float:
    """The Cox-Snell R2 of a perfect prediction, which is below 1.

    Parameters
    ----------
    prevalence : float
        Share of the patients with the outcome, between 0 and 1.

    Returns
    -------
    float
        At most 0.75, at a prevalence of one half.

    Raises
    ------
    NotEstimable
        ``prevalence_out_of_range``.

    References
    ----------
    Riley RD et al. Stat Med 2019;38:1276-1296, section 3.

    Examples
    --------
    >>> largest_r2_cox_snell(0.5)
    0.75
    """
    if not 0 < prevalence < 1:
        raise NotEstimable("prevalence_out_of_range", prevalence=prevalence)
    return 1 - exp(2 * (prevalence * log(prevalence) + (1 - prevalence) * log(1 - prevalence)))


def expected_shrinkage(*, parameters: int, r2_cox_snell: float, n: int) -> float:
    """Factor by which the coefficients of a model of this size should be shrunk to hold in other patients.

    The factor at which `riley_sample_size` would ask for just these n patients.

    Parameters
    ----------
    parameters : int
        Candidate parameters, as in `riley_sample_size`.
    r2_cox_snell : float
        Cox-Snell R2 expected of the model in other patients, between 0 and 1.
    n : int
        Patients.

    Returns
    -------
    float
        From `r2_cox_snell` to below 1; 0.9 is the least that is usually wanted.

    Raises
    ------
    NotEstimable
        ``no_covariates``, ``no_patients``, ``r2_out_of_range``.

    References
    ----------
    Riley RD et al. Stat Med 2019;38:1276-1296, section 4.

    Examples
    --------
    >>> round(expected_shrinkage(parameters=8, r2_cox_snell=0.15, n=200), 4)
    0.8058
    """
    if parameters < 1:
        raise NotEstimable("no_covariates")
    if n < 1:
        raise NotEstimable("no_patients")
    if not 0 < r2_cox_snell < 1:
        raise NotEstimable("r2_out_of_range", largest=1.0)

    def patients_short(factor: float) -> float:
        return parameters + n * (1 - factor) * log1p(-r2_cox_snell / factor)

    lowest = r2_cox_snell + (1 - r2_cox_snell) * 1e-12
    if patients_short(lowest) >= 0:
        return r2_cox_snell
    return float(brentq(patients_short, lowest, 1 - 1e-15, xtol=1e-15))
