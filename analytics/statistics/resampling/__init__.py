"""Resampling: optimism of a model, and how much a cut-off owes to chance."""

from analytics.statistics.resampling.crossvalidation import CrossValidation, cross_validate, leave_one_out
from analytics.statistics.resampling.cutoff import CutoffStability, bootstrap_cutoff
from analytics.statistics.resampling.optimism import Optimism, bootstrap_optimism, optimism_of_resamples
from analytics.statistics.resampling.repetition import RepeatedCrossValidation, repeated_cross_validation

__all__ = [
    "CrossValidation",
    "CutoffStability",
    "Optimism",
    "RepeatedCrossValidation",
    "bootstrap_cutoff",
    "bootstrap_optimism",
    "cross_validate",
    "leave_one_out",
    "optimism_of_resamples",
    "repeated_cross_validation",
]
