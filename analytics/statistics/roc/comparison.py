"""Two areas under ROC curves compared, on the same patients or on different ones."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri
from scipy.stats import t as student_t

from analytics.statistics.design import numbers, two_classes
from analytics.statistics.errors import NotEstimable
from analytics.statistics.roc.area import Floats, delong_covariance, placements
from analytics.statistics.roc.construction import roc_curve
from analytics.statistics.roc.curve import Direction, RocCurve


@dataclass(frozen=True, eq=False)
class PairedComparison:
    """Two markers on the same patients.

    Attributes
    ----------
    directions : tuple of str
        Direction of each marker.
    n_cases, n_controls : int
        Patients with both markers observed.
    auc : ndarray of shape (2,)
        Areas.
    covariance : ndarray of shape (2, 2)
        DeLong's covariance of the areas.
    difference : float
        First area minus second.
    standard_error, z, p_value : float
        Of the difference; two-sided. z is infinite when areas differ without variance.
    ci_low, ci_high : float
        Normal interval of the difference.
    """

    directions: tuple[Direction, Direction]
    n_cases: int
    n_controls: int
    auc: Floats
    covariance: Floats
    difference: float
    standard_error: float
    z: float
    p_value: float
    ci_low: float
    ci_high: float


@dataclass(frozen=True)
class UnpairedComparison:
    """One marker in two groups of patients, or two markers on different patients.

    Attributes
    ----------
    auc_a, auc_b : float
        Areas.
    difference, standard_error : float
        First area minus second, and its standard error.
    statistic, df, p_value : float
        Student's t with Satterthwaite-like degrees of freedom; two-sided.
    ci_low, ci_high : float
        Interval of the difference from the same t distribution.
    """

    auc_a: float
    auc_b: float
    difference: float
    standard_error: float
    statistic: float
    df: float
    p_value: float
    ci_low: float
    ci_high: float


def delong_paired(
    outcome: ArrayLike,
    first: ArrayLike,
    second: ArrayLike,
    *,
    directions: tuple[Literal["auto", "<", ">"], Literal["auto", "<", ">"]] = ("auto", "auto"),
    level: float = 0.95,
) -> PairedComparison:
    """Compare two correlated areas by DeLong's test.

    Parameters
    ----------
    outcome : array_like of shape (n_patients,), bool
        Whether the outcome occurred.
    first, second : array_like of shape (n_patients,)
        The markers, observed in every patient given.
    directions : tuple of {"auto", "<", ">"}
        As in `roc_curve`, for each marker.
    level : float
        Confidence level.

    Returns
    -------
    PairedComparison
        With z = 0 and p = 1 when the areas are equal without variance.

    Raises
    ------
    NotEstimable
        As `roc_curve` and `RocCurve.delong`.

    Notes
    -----
    Not valid for nested models on the data they were fitted to (Demler OV et al. Stat Med 2012;31:2577-2587).

    References
    ----------
    DeLong ER et al. Biometrics 1988;44:837-845.

    Examples
    --------
    >>> outcome = [True, True, True, False, False, False]
    >>> test = delong_paired(outcome, [5, 4, 2, 3, 1, 0], [1, 3, 5, 4, 2, 0], directions=("<", "<"))
    >>> round(test.difference, 4), round(test.z, 4), round(test.p_value, 4)
    (0.2222, 0.7071, 0.4795)
    """
    occurred = two_classes(outcome)
    curves = (
        roc_curve(occurred, first, direction=directions[0]),
        roc_curve(occurred, second, direction=directions[1]),
    )
    curves[0].delong(level=level)
    oriented = np.column_stack(
        [
            values if curve.direction == "<" else -values
            for curve, values in zip(
                curves, (numbers(first, "first"), numbers(second, "second")), strict=True
            )
        ]
    )
    auc, covariance = delong_covariance(occurred, oriented)
    (a10, a01), (b10, b01) = placements(occurred, oriented[:, 0]), placements(occurred, oriented[:, 1])
    difference = curves[0].auc - curves[1].auc
    # The variance of the placements' difference is exactly zero for equal markers; v1 + v2 - 2 cov is not.
    variance = np.var(a10 - b10, ddof=1) / a10.size + np.var(a01 - b01, ddof=1) / a01.size
    error = float(np.sqrt(variance))
    z = _standardised(difference, error)
    half = float(ndtri(0.5 + level / 2)) * error
    return PairedComparison(
        (curves[0].direction, curves[1].direction),
        curves[0].n_cases,
        curves[0].n_controls,
        auc,
        covariance,
        difference,
        error,
        z,
        float(2 * ndtr(-abs(z))),
        difference - half,
        difference + half,
    )


def delong_unpaired(a: RocCurve, b: RocCurve, *, level: float = 0.95) -> UnpairedComparison:
    """Compare the areas of two curves on different patients.

    Parameters
    ----------
    a, b : RocCurve
        Each with at least two patients in each class.
    level : float
        Confidence level.

    Returns
    -------
    UnpairedComparison

    Raises
    ------
    NotEstimable
        ``too_few_cases`` or ``too_few_controls``; ``no_variance`` if neither area has any.

    References
    ----------
    Robin X et al. BMC Bioinformatics 2011;12:77 (pROC's unpaired DeLong test).

    Examples
    --------
    >>> a = roc_curve([True, True, True, False, False], [5, 4, 2, 3, 1])
    >>> b = roc_curve([True, True, False, False, False], [1, 5, 4, 2, 0])
    >>> test = delong_unpaired(a, b)
    >>> round(test.difference, 4), round(test.df, 3)
    (0.1667, 6.759)
    """
    va, vb = a.delong().variance, b.delong().variance
    if va + vb == 0:
        raise NotEstimable("no_variance", auc_a=a.auc, auc_b=b.auc)
    na, nb = a.n_cases + a.n_controls, b.n_cases + b.n_controls
    error = float(np.sqrt(va + vb))
    df = (va + vb) ** 2 / (va**2 / (na - 1) + vb**2 / (nb - 1))
    difference = a.auc - b.auc
    half = float(student_t.ppf(0.5 + level / 2, df)) * error
    return UnpairedComparison(
        a.auc,
        b.auc,
        difference,
        error,
        difference / error,
        df,
        float(2 * student_t.sf(abs(difference) / error, df)),
        difference - half,
        difference + half,
    )


def _standardised(difference: float, error: float) -> float:
    if error > 0:
        return difference / error
    return 0.0 if difference == 0 else float(np.copysign(np.inf, difference))
