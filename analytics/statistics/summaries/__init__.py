"""Exact summaries that add, subtract and merge: the living state behind every univariable result."""

from analytics.statistics.summaries.comoments import CoMoments
from analytics.statistics.summaries.comparison import compare_counts, describe_counts
from analytics.statistics.summaries.counts import ValueCounts
from analytics.statistics.summaries.grid import Coded, decimals_of

__all__ = ["CoMoments", "Coded", "ValueCounts", "compare_counts", "decimals_of", "describe_counts"]
