"""What printed figures imply, and whether they can all be true: arithmetic on the figures alone."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from math import ceil, sqrt

from scipy import special

DECISIVE = 0.05


def whole_patients(percent: float, n: int, *, decimals: int = 1) -> int | None:
    """The number of patients of `n` whose share is printed as this percentage.

    Parameters
    ----------
    percent : float
        A share as printed, in percent.
    n : int
        Patients it is a share of; at least one.
    decimals : int
        With how many it was printed; halves are rounded up.

    Returns
    -------
    int or None
        None where no whole number of patients is rounded to it.

    Examples
    --------
    >>> whole_patients(81.3, 48), whole_patients(81.3, 50)
    (39, None)
    """
    unit = Decimal(1).scaleb(-decimals)
    printed = Decimal(str(percent)).quantize(unit)
    nearest = round(percent * n / 100)
    for count in range(max(nearest - 1, 0), min(nearest + 1, n) + 1):
        if (Decimal(100 * count) / n).quantize(unit, ROUND_HALF_UP) == printed:
            return count
    return None


def attainable_splits(
    sensitivities: Sequence[float], specificities: Sequence[float], n: int, *, decimals: int = 1
) -> list[tuple[int, int]]:
    """Every division of `n` patients into those with and without the event that the percentages allow.

    Parameters
    ----------
    sensitivities, specificities : sequence of float
        In percent, as printed, all of the same patients.
    n : int
        Patients.
    decimals : int
        With how many they were printed.

    Returns
    -------
    list of (n_events, n_others)
        Empty where the percentages cannot come from one group of so many patients.

    Examples
    --------
    >>> attainable_splits([87.5, 66.7, 72.9, 81.3], [98.7, 90.8, 100.0, 93.4], 200)
    [(48, 152)]
    """

    def fits(percentages: Sequence[float], size: int) -> bool:
        return all(whole_patients(share, size, decimals=decimals) is not None for share in percentages)

    return [
        (events, n - events)
        for events in range(1, n)
        if fits(sensitivities, events) and fits(specificities, n - events)
    ]


def critical_correlation(n: int, *, alpha: float = DECISIVE) -> float:
    """The smallest Pearson correlation of `n` patients whose two-sided P is below `alpha`.

    Parameters
    ----------
    n : int
        Patients; at least three.
    alpha : float
        Level of the test.

    Returns
    -------
    float
        In [0, 1].

    Examples
    --------
    >>> round(critical_correlation(200), 4), round(critical_correlation(400), 4)
    (0.1388, 0.0981)
    """
    t = float(special.stdtrit(n - 2, 1 - alpha / 2))
    return t / sqrt(n - 2 + t * t)


def patients_needed(r: float, *, alpha: float = DECISIVE) -> int:
    """The fewest patients with whom a correlation of this size has P below `alpha`.

    Parameters
    ----------
    r : float
        Within (-1, 1), not zero.
    alpha : float
        Level of the test.

    Returns
    -------
    int

    Examples
    --------
    >>> patients_needed(0.131), patients_needed(-0.373)
    (225, 29)
    """
    n = max(4, ceil(float(special.ndtri(1 - alpha / 2)) ** 2 / r**2))
    while n > 4 and critical_correlation(n - 1, alpha=alpha) <= abs(r):
        n -= 1
    while critical_correlation(n, alpha=alpha) > abs(r):
        n += 1
    return n


def least_larger_correlation(r: float) -> float:
    """How small the larger of a product's correlations with its two factors can be.

    To first order the product of two positive measurements is a sum of them, weighted by their coefficients
    of variation. Its angles to the two then add up to the angle between the two, so that the larger
    correlation is least where the sum lies midway: the cosine of half the angle.

    Parameters
    ----------
    r : float
        Correlation of the two factors.

    Returns
    -------
    float
        In [0, 1].

    Examples
    --------
    >>> round(least_larger_correlation(0.318), 3)
    0.812
    """
    return sqrt((1 + r) / 2)


def area_limits(sensitivity: float, specificity: float) -> tuple[float, float]:
    """The areas that a ROC curve can have whose best cut-off, by Youden's index, is this one.

    The curve never falls and passes through the point: it holds at least the rectangle to its lower right. No
    other point may lie farther above the diagonal.

    Parameters
    ----------
    sensitivity, specificity : float
        Of the cut-off, in [0, 1], together at least 1.

    Returns
    -------
    least, most : float

    Examples
    --------
    >>> least, most = area_limits(42 / 48, 150 / 152)
    >>> round(least, 3), round(most, 2)
    (0.863, 0.99)
    """
    false_positives = 1 - specificity
    youden = sensitivity + specificity - 1
    before = false_positives * (false_positives / 2 + youden)
    return sensitivity * specificity, before + (1 - sensitivity**2) / 2 + youden
