"""Rubin's rules: one answer out of the analyses of several completed data sets."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analytics.statistics.errors import NotEstimable
from analytics.statistics.samples import Floats

_SMALLEST_LAMBDA = 1e-4
"""Below this share the degrees of freedom no longer depend on the imputations (as in R's mice)."""


@dataclass(frozen=True, eq=False)
class Pooled:
    """Estimates pooled over imputations; every array has shape (n_terms,).

    Attributes
    ----------
    m : int
        Number of imputations.
    estimate, standard_error : ndarray
        In the unit of what was pooled.
    statistic, df, p_value : ndarray
        t with Barnard and Rubin's degrees of freedom; two-sided.
    ci_low, ci_high : ndarray
    within, between, total : ndarray
        Variances: mean within an imputation, between imputations, and of the pooled estimate.
    relative_increase : ndarray
        Of the variance through the missing values.
    lambda_ : ndarray
        Share of the total variance that is due to the missing values.
    fmi : ndarray
        Fraction of missing information.
    """

    m: int
    estimate: Floats
    standard_error: Floats
    statistic: Floats
    df: Floats
    p_value: Floats
    ci_low: Floats
    ci_high: Floats
    within: Floats
    between: Floats
    total: Floats
    relative_increase: Floats
    lambda_: Floats
    fmi: Floats


def pool(
    estimates: ArrayLike, standard_errors: ArrayLike, *, df_complete: float, level: float = 0.95
) -> Pooled:
    """Pool the estimates of several imputed data sets.

    Parameters
    ----------
    estimates, standard_errors : array_like of shape (n_imputations, n_terms)
        Of each data set, on a scale on which the estimate is about normal: log odds ratios, Fisher's z.
    df_complete : float
        Degrees of freedom that the complete data would have: patients less terms.
    level : float
        Coverage of the intervals.

    Returns
    -------
    Pooled

    Raises
    ------
    NotEstimable
        ``too_few`` below two imputations or one degree of freedom; ``infinite`` when an imputation gave no
        finite estimate; ``constant`` when a standard error is 0.

    References
    ----------
    Rubin DB. Multiple imputation for nonresponse in surveys. Wiley 1987. Barnard J, Rubin DB. Biometrika
    1999;86:948-955.

    Examples
    --------
    >>> pooled = pool([[0.9], [1.1], [1.0]], [[0.2], [0.2], [0.2]], df_complete=98)
    >>> round(float(pooled.estimate[0]), 4), round(float(pooled.standard_error[0]), 4)
    (1.0, 0.2309)
    """
    values = np.asarray(estimates, dtype=np.float64)
    variances = np.asarray(standard_errors, dtype=np.float64) ** 2
    if values.ndim != 2 or values.shape != variances.shape:
        raise ValueError("estimates and standard errors must have the same shape (n_imputations, n_terms)")
    m = len(values)
    if m < 2:
        raise NotEstimable("too_few", n=m, needed=2)
    if df_complete < 1:
        raise NotEstimable("too_few", n=df_complete, needed=1)
    if not (np.isfinite(values).all() and np.isfinite(variances).all()):
        raise NotEstimable("infinite", variable="estimates")
    if (variances == 0).any():
        raise NotEstimable("constant")
    estimate, within, between = values.mean(axis=0), variances.mean(axis=0), values.var(axis=0, ddof=1)
    added = (1 + 1 / m) * between
    total = within + added
    share = np.maximum(added / total, _SMALLEST_LAMBDA)
    df_between = (m - 1) / share**2
    df_observed = (df_complete + 1) / (df_complete + 3) * df_complete * (1 - share)
    df = df_between * df_observed / (df_between + df_observed)
    standard_error = np.sqrt(total)
    statistic = estimate / standard_error
    half = special.stdtrit(df, (1 + level) / 2) * standard_error
    increase = added / within
    return Pooled(
        m=m,
        estimate=estimate,
        standard_error=standard_error,
        statistic=statistic,
        df=df,
        p_value=2 * special.stdtr(df, -np.abs(statistic)),
        ci_low=estimate - half,
        ci_high=estimate + half,
        within=within,
        between=between,
        total=total,
        relative_increase=increase,
        lambda_=added / total,
        fmi=(increase + 2 / (df + 3)) / (increase + 1),
    )
