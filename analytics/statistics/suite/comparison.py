"""What a table of group comparisons shows of each variable, from its counts."""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from analytics.statistics.comparison.categorical import chi_square
from analytics.statistics.comparison.description import Description
from analytics.statistics.comparison.fisher import fisher_p_value
from analytics.statistics.comparison.mann_whitney import normal_p
from analytics.statistics.comparison.means import (
    MeanDifference,
    StandardisedDifference,
    standardised_difference,
    student_test,
    welch_test,
)
from analytics.statistics.errors import NotEstimable, attempt
from analytics.statistics.summaries import ValueCounts
from analytics.statistics.summaries.comparison import described, rank_sum
from analytics.statistics.summaries.counts import Codes


@dataclass(frozen=True)
class RankSum:
    """Mann-Whitney's statistic with its corrected normal p."""

    statistic: float
    p_value: float


@dataclass(frozen=True)
class Contrast:
    """A measurement in two groups; differences are exposed minus reference.

    `compare_counts` says more about the same counts, and takes longer.
    """

    exposed: Description
    reference: Description
    welch: MeanDifference | NotEstimable
    student: MeanDifference | NotEstimable
    mann_whitney: RankSum | NotEstimable
    smd: StandardisedDifference | NotEstimable


@dataclass(frozen=True)
class BinaryContrast:
    """A column of 0 and 1 in two groups.

    Attributes
    ----------
    counts : tuple of tuple of int
        Rows 0 and 1, columns reference and exposed.
    chi_square, p_value : float
        Without continuity correction.
    fisher_p : float
    smd : float or None
        Exposed minus reference, over the root of the mean of the two variances; None without variation.
    """

    counts: tuple[tuple[int, int], tuple[int, int]]
    chi_square: float
    p_value: float
    fisher_p: float
    smd: float | None


Classes = str | tuple[str, ...]
"""One class of a table, or several together."""


def contrast(table: ValueCounts, exposed: Classes, reference: Classes, *, level: float = 0.95) -> Contrast:
    """Compare a measurement between two groups, each of one class or of several.

    Parameters
    ----------
    table : ValueCounts
    exposed, reference : str or tuple of str
        Classes of the table.
    level : float
        Coverage of the intervals.

    Returns
    -------
    Contrast

    Examples
    --------
    >>> from analytics.statistics.summaries import Coded
    >>> measurement = Coded.of([2.0, 3.0, 4.0, 1.0, 1.5, 2.0], 1)
    >>> table = ValueCounts.of(measurement, [0, 0, 0, 1, 1, 1], ["MHD", "control"])
    >>> contrast(table, "MHD", "control").mann_whitney.statistic
    8.5
    """
    a, b = _counts(table, exposed), _counts(table, reference)
    moments = table.moments_of(*_listed(exposed)), table.moments_of(*_listed(reference))
    return Contrast(
        exposed=described(table, a, moments[0]),
        reference=described(table, b, moments[1]),
        welch=attempt(welch_test, *moments, table.scale, level),
        student=attempt(student_test, *moments, table.scale, level),
        mann_whitney=attempt(_rank_sum, a, b),
        smd=attempt(standardised_difference, *moments, level),
    )


def contrast_binary(table: ValueCounts, exposed: Classes, reference: Classes) -> BinaryContrast:
    """Compare a column of 0 and 1 between two groups, each of one class or of several.

    Parameters
    ----------
    table : ValueCounts
    exposed, reference : str or tuple of str
        Classes of the table.

    Returns
    -------
    BinaryContrast

    Raises
    ------
    NotEstimable
        ``not_binary``; ``constant`` when it is the same in everybody; ``empty_group``.

    Examples
    --------
    >>> from analytics.statistics.summaries import Coded
    >>> table = ValueCounts.of(Coded.of([1, 1, 0, 0, 0, 1], 0), [0, 0, 0, 1, 1, 1], ["MHD", "control"])
    >>> round(contrast_binary(table, "MHD", "control").p_value, 4)
    0.4142
    """
    if not set(table.values.tolist()) <= {0.0, 1.0}:
        raise NotEstimable("not_binary")
    if table.codes.size < 2:
        raise NotEstimable("constant")
    counts = np.column_stack([_counts(table, reference), _counts(table, exposed)])
    groups = counts.sum(axis=0)
    if not groups.all():
        raise NotEstimable("empty_group", n=int((groups > 0).sum()), needed=2)
    test = chi_square(counts, np.outer(counts.sum(axis=1) / counts.sum(), groups), 0.0)
    share = counts[1] / groups
    spread = sqrt(float((share * (1 - share)).sum()) / 2)
    (a, b), (c, d) = counts.tolist()
    return BinaryContrast(
        counts=((a, b), (c, d)),
        chi_square=test.statistic,
        p_value=test.p_value,
        fisher_p=fisher_p_value(counts),
        smd=float(share[1] - share[0]) / spread if spread else None,
    )


def _listed(classes: Classes) -> tuple[str, ...]:
    return (classes,) if isinstance(classes, str) else classes


def _counts(table: ValueCounts, classes: Classes) -> Codes:
    return np.asarray(sum(table.of_class(name) for name in _listed(classes)))


def _rank_sum(a: Codes, b: Codes) -> RankSum:
    statistic, n_a, n_b, ties = rank_sum(a, b)
    return RankSum(statistic, normal_p(statistic, n_a, n_b, ties, 0.5))
