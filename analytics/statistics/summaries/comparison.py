"""Two groups compared from a table of value and class counts."""

import numpy as np

from analytics.statistics.comparison.continuous import ContinuousComparison
from analytics.statistics.comparison.description import Description
from analytics.statistics.comparison.mann_whitney import MannWhitney, tested
from analytics.statistics.comparison.means import (
    cohen_d,
    hedges_g,
    standardised_difference,
    student_test,
    welch_test,
)
from analytics.statistics.comparison.spread import (
    SHAPIRO_LIMITS,
    FTest,
    ShapiroWilk,
    one_way_of_moments,
    shapiro_wilk,
    variance_ratio,
)
from analytics.statistics.errors import NotEstimable, attempt
from analytics.statistics.samples import Floats, Moments
from analytics.statistics.summaries.counts import Codes, ValueCounts
from analytics.statistics.summaries.exact import Whole


def describe_counts(table: ValueCounts, name: str, *, n_missing: int = 0) -> Description:
    """Describe one class.

    Parameters
    ----------
    table : ValueCounts
    name : str
        Of the class.
    n_missing : int
        Patients of the class who are not in the table.

    Returns
    -------
    Description

    Examples
    --------
    >>> from analytics.statistics.summaries import Coded
    >>> table = ValueCounts.of(Coded.of([1.0, 2.0, 4.0], 0), [0, 0, 0], ["MHD"])
    >>> describe_counts(table, "MHD").q3
    3.0
    """
    counts = table.of_class(name)
    return described(table, counts, table.moments(counts), n_missing)


def described(table: ValueCounts, counts: Codes, moments: Moments, n_missing: int = 0) -> Description:
    """Describe patients with these counts, whose moments are known.

    Parameters
    ----------
    table : ValueCounts
    counts : ndarray of shape (n_values,), int64
        Patients at each value of the table.
    moments : Moments
        Of these patients, on the table's scale.
    n_missing : int
        Patients who are not in the table.

    Returns
    -------
    Description
    """
    if moments.n == 0:
        return Description(0, n_missing, None, None, None, None, None, None, None)
    minimum, q1, median, q3, maximum = table.quantiles(counts, (0, 0.25, 0.5, 0.75, 1))
    return Description(
        n=moments.n,
        n_missing=n_missing,
        mean=table.scale.location(moments.mean),
        sd=moments.variance**0.5 if moments.n > 1 else None,
        minimum=minimum,
        q1=q1,
        median=median,
        q3=q3,
        maximum=maximum,
    )


def compare_counts(
    table: ValueCounts, a: str, b: str, *, n_missing: tuple[int, int] = (0, 0), level: float = 0.95
) -> ContinuousComparison:
    """Compare two classes; the same answer as `compare_continuous` of the patients themselves.

    Parameters
    ----------
    table : ValueCounts
    a, b : str
        Two of its classes.
    n_missing : tuple of int
        Patients of each class without the measurement.
    level : float
        Coverage of the intervals.

    Returns
    -------
    ContinuousComparison

    Examples
    --------
    >>> from analytics.statistics.summaries import Coded
    >>> measurement = Coded.of([2.0, 3.0, 4.0, 1.0, 1.5, 2.0], 1)
    >>> table = ValueCounts.of(measurement, [0, 0, 0, 1, 1, 1], ["a", "b"])
    >>> compare_counts(table, "a", "b").mann_whitney.statistic
    8.5
    """
    in_a, in_b = table.of_class(a), table.of_class(b)
    moments = table.moments(in_a), table.moments(in_b)
    return ContinuousComparison(
        a=described(table, in_a, moments[0], n_missing[0]),
        b=described(table, in_b, moments[1], n_missing[1]),
        welch=attempt(welch_test, *moments, table.scale, level),
        student=attempt(student_test, *moments, table.scale, level),
        mann_whitney=attempt(_mann_whitney, table, in_a, in_b),
        smd=attempt(standardised_difference, *moments, level),
        cohen_d=attempt(cohen_d, *moments),
        hedges_g=attempt(hedges_g, *moments),
        variance_ratio=attempt(variance_ratio, *moments),
        brown_forsythe=attempt(_levene, table, in_a, in_b, around_median=True),
        levene=attempt(_levene, table, in_a, in_b, around_median=False),
        shapiro_a=attempt(_shapiro, table, in_a),
        shapiro_b=attempt(_shapiro, table, in_b),
    )


def _mann_whitney(table: ValueCounts, a: Codes, b: Codes) -> MannWhitney:
    return tested(*rank_sum(a, b), _hodges_lehmann(table.codes, a, b) / table.unit)


def rank_sum(a: Codes, b: Codes) -> tuple[float, int, int, Codes]:
    """Mann-Whitney's statistic, how many of each class, and how many share each distinct value.

    Parameters
    ----------
    a, b : ndarray of shape (n_values,), int64
        Patients of each class at ascending values.

    Returns
    -------
    statistic : float
        Pairs in which a is larger, ties counting one half.
    n_a, n_b : int
    ties : ndarray of shape (n_shared,), int64

    Raises
    ------
    NotEstimable
        ``too_few`` when a class is empty.
    """
    n_a, n_b = int(a.sum()), int(b.sum())
    if not (n_a and n_b):
        raise NotEstimable("too_few", n=min(n_a, n_b), needed=1)
    together = a + b
    doubled = _exact_dot(a, 2 * np.cumsum(b) - b)
    return doubled / 2, n_a, n_b, together[together > 0]


def _exact_dot(x: Codes, y: Codes) -> int:
    if int(x.sum()) * int(y.max()) < 2**62:
        return int(x @ y)
    return int((x.astype(object) * y.astype(object)).sum())


def _hodges_lehmann(codes: Whole, a: Codes, b: Codes) -> float:
    """Median of all differences of codes, by halving whole numbers until one is left."""
    codes_a, codes_b = codes[a > 0], codes[b > 0]
    weight_a, upto_b = a[a > 0], np.concatenate([[0], np.cumsum(b[b > 0])])
    total = int(a.sum()) * int(b.sum())

    def kth(k: int) -> int:
        low, high = int(codes_a[0] - codes_b[-1]), int(codes_a[-1] - codes_b[0])
        while low < high:
            middle = (low + high) // 2
            not_below = upto_b[-1] - upto_b[np.searchsorted(codes_b, codes_a - middle, side="left")]
            if _exact_dot(weight_a, not_below) >= k:
                high = middle
            else:
                low = middle + 1
        return low

    lower = kth((total + 1) // 2)
    return lower if total % 2 else (lower + kth(total // 2 + 1)) / 2


def _levene(table: ValueCounts, a: Codes, b: Codes, *, around_median: bool) -> FTest:
    if not (a.any() and b.any()):
        raise NotEstimable("too_few", n=int(a.sum() + b.sum()), needed=3)
    values = table.distances
    distances = []
    for counts in (a, b):
        centre = (
            table.quantile(counts, 0.5) - table.scale.shift if around_median else table.moments(counts).mean
        )
        distances.append(_weighted(np.abs(values - centre), counts))
    # The median is known to the rounding of a value in its own unit, not of its distance from the origin.
    rounding = 8 * float(np.finfo(float).eps) * max(float(np.abs(table.values).max()), float(values.max()))
    return one_way_of_moments(distances, rounding=rounding)[0]


def _weighted(values: Floats, counts: Codes) -> Moments:
    n = int(counts.sum())
    mean = float(counts @ values) / n
    return Moments(n, mean, float(counts @ (values - mean) ** 2))


def _shapiro(table: ValueCounts, counts: Codes) -> ShapiroWilk:
    if int(counts.sum()) > SHAPIRO_LIMITS[1]:
        raise NotEstimable("too_many", n=int(counts.sum()), limit=SHAPIRO_LIMITS[1])
    return shapiro_wilk(np.repeat(table.values, counts))
