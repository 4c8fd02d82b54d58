"""Correlations: of two measurements, of many, within groups, given covariates, compared."""

from analytics.statistics.correlation.difference import (
    CorrelationDifference,
    compare_independent,
    compare_overlapping,
)
from analytics.statistics.correlation.grouped import (
    GroupedCorrelation,
    PartialCorrelation,
    grouped_correlation,
    partial_correlation,
)
from analytics.statistics.correlation.intervals import fisher, interval
from analytics.statistics.correlation.matrix import CorrelationMatrix, CorrelationPair, correlation_matrix
from analytics.statistics.correlation.pair import Correlation, correlate
from analytics.statistics.correlation.spearman import spearman_permutation_p, squared_rank_differences

__all__ = [
    "Correlation",
    "CorrelationDifference",
    "CorrelationMatrix",
    "CorrelationPair",
    "GroupedCorrelation",
    "PartialCorrelation",
    "compare_independent",
    "compare_overlapping",
    "correlate",
    "correlation_matrix",
    "fisher",
    "grouped_correlation",
    "interval",
    "partial_correlation",
    "spearman_permutation_p",
    "squared_rank_differences",
]
