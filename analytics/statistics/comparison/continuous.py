"""A measurement compared between two groups."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analytics.statistics.comparison.description import Description, describe
from analytics.statistics.comparison.mann_whitney import MannWhitney, mann_whitney_test
from analytics.statistics.comparison.means import (
    MeanDifference,
    StandardisedDifference,
    cohen_d,
    hedges_g,
    standardised_difference,
    student_test,
    welch_test,
)
from analytics.statistics.comparison.spread import FTest, ShapiroWilk, levene, shapiro_wilk, variance_ratio
from analytics.statistics.errors import NotEstimable, attempt
from analytics.statistics.samples import Moments, Scale, observed


@dataclass(frozen=True)
class ContinuousComparison:
    """Two groups described and compared; a part that cannot be estimated is its refusal.

    Attributes
    ----------
    a, b : Description
    welch, student : MeanDifference or NotEstimable
        a minus b. Welch's is the one to read first; no test of variances chooses between them.
    mann_whitney : MannWhitney or NotEstimable
    smd : StandardisedDifference or NotEstimable
        Over the root of the mean of the two variances.
    cohen_d, hedges_g : float or NotEstimable
        Over the pooled standard deviation, without and with the correction for small samples.
    variance_ratio, brown_forsythe, levene : FTest or NotEstimable
    shapiro_a, shapiro_b : ShapiroWilk or NotEstimable
    """

    a: Description
    b: Description
    welch: MeanDifference | NotEstimable
    student: MeanDifference | NotEstimable
    mann_whitney: MannWhitney | NotEstimable
    smd: StandardisedDifference | NotEstimable
    cohen_d: float | NotEstimable
    hedges_g: float | NotEstimable
    variance_ratio: FTest | NotEstimable
    brown_forsythe: FTest | NotEstimable
    levene: FTest | NotEstimable
    shapiro_a: ShapiroWilk | NotEstimable
    shapiro_b: ShapiroWilk | NotEstimable


def compare_continuous(a: ArrayLike, b: ArrayLike, *, level: float = 0.95) -> ContinuousComparison:
    """Compare a measurement between two groups.

    Parameters
    ----------
    a, b : array_like of shape (n_a,), (n_b,)
        The measurement in each group, in one unit; NaN is missing.
    level : float
        Coverage of the intervals.

    Returns
    -------
    ContinuousComparison
        Differences are a minus b, in the measurement's unit.

    Raises
    ------
    NotEstimable
        ``not_numeric``, ``infinite``: nothing can be said about such a column. Everything else is said part
        by part.

    References
    ----------
    Welch BL. Biometrika 1947;34:28-35. Mann HB, Whitney DR. Ann Math Stat 1947;18:50-60. Each part
    names its own.

    Examples
    --------
    >>> result = compare_continuous([2.0, 3.0, 4.0], [1.0, 1.5, 2.0, 2.5])
    >>> round(result.welch.difference, 10), round(result.welch.p_value, 4)
    (1.25, 0.1485)
    >>> compare_continuous([2.0], [1.0, 3.0]).welch
    NotEstimable('too_few (n=1, needed=2)')
    """
    sample_a, sample_b = observed(a, "a"), observed(b, "b")
    scale = Scale.of(sample_a, sample_b)
    scaled = scale.apply(sample_a), scale.apply(sample_b)
    moments = Moments.of(scaled[0]), Moments.of(scaled[1])
    return ContinuousComparison(
        a=describe(a),
        b=describe(b),
        welch=attempt(welch_test, *moments, scale, level),
        student=attempt(student_test, *moments, scale, level),
        mann_whitney=attempt(mann_whitney_test, sample_a, sample_b),
        smd=attempt(standardised_difference, *moments, level),
        cohen_d=attempt(cohen_d, *moments),
        hedges_g=attempt(hedges_g, *moments),
        variance_ratio=attempt(variance_ratio, *moments),
        brown_forsythe=attempt(levene, scaled, np.median),
        levene=attempt(levene, scaled, np.mean),
        shapiro_a=attempt(shapiro_wilk, sample_a),
        shapiro_b=attempt(shapiro_wilk, sample_b),
    )
