"""Groups compared: measurements and categories, two groups or more."""

from analytics.statistics.comparison.categorical import CategoricalComparison, ChiSquare, compare_categorical
from analytics.statistics.comparison.continuous import ContinuousComparison, compare_continuous
from analytics.statistics.comparison.description import Description, describe
from analytics.statistics.comparison.effect import TwoByTwo
from analytics.statistics.comparison.fisher import FisherExact
from analytics.statistics.comparison.mann_whitney import MannWhitney
from analytics.statistics.comparison.many import (
    GroupsComparison,
    KruskalWallis,
    PairwiseTest,
    TukeyDifference,
    compare_k_groups,
)
from analytics.statistics.comparison.means import MeanDifference, StandardisedDifference
from analytics.statistics.comparison.spread import FTest, ShapiroWilk

__all__ = [
    "CategoricalComparison",
    "ChiSquare",
    "ContinuousComparison",
    "Description",
    "FTest",
    "FisherExact",
    "GroupsComparison",
    "KruskalWallis",
    "MannWhitney",
    "MeanDifference",
    "PairwiseTest",
    "ShapiroWilk",
    "StandardisedDifference",
    "TukeyDifference",
    "TwoByTwo",
    "compare_categorical",
    "compare_continuous",
    "compare_k_groups",
    "describe",
]
