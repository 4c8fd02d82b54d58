"""Receiver operating characteristic curves: area, intervals, cut-offs and comparisons."""

from analytics.statistics.roc.area import delong_covariance, hanley_mcneil_error
from analytics.statistics.roc.combined import CombinedMarker, combine_markers
from analytics.statistics.roc.comparison import (
    PairedComparison,
    UnpairedComparison,
    delong_paired,
    delong_unpaired,
)
from analytics.statistics.roc.construction import roc_curve, roc_curve_from_counts
from analytics.statistics.roc.curve import DeLong, Direction, RocCurve
from analytics.statistics.roc.cutoffs import at_least, likelihood_ratio_interval
from analytics.statistics.roc.homogeneity import Homogeneity, areas_homogeneous
from analytics.statistics.roc.operating import OperatingPoint, clopper_pearson, proportion_error, wilson

__all__ = [
    "CombinedMarker",
    "DeLong",
    "Direction",
    "Homogeneity",
    "OperatingPoint",
    "PairedComparison",
    "RocCurve",
    "UnpairedComparison",
    "areas_homogeneous",
    "at_least",
    "clopper_pearson",
    "combine_markers",
    "delong_covariance",
    "delong_paired",
    "delong_unpaired",
    "hanley_mcneil_error",
    "likelihood_ratio_interval",
    "proportion_error",
    "roc_curve",
    "roc_curve_from_counts",
    "wilson",
]
