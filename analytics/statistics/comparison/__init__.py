"""Groups compared: measurements and categories, two groups or more."""

from analytics.statistics.comparison.continuous import ContinuousComparison, compare_continuous
from analytics.statistics.comparison.description import Description, describe
from analytics.statistics.comparison.mann_whitney import MannWhitney
from analytics.statistics.comparison.means import MeanDifference, StandardisedDifference
from analytics.statistics.comparison.spread import FTest, ShapiroWilk

__all__ = [
    "ContinuousComparison",
    "Description",
    "FTest",
    "MannWhitney",
    "MeanDifference",
    "ShapiroWilk",
    "StandardisedDifference",
    "compare_continuous",
    "describe",
]
