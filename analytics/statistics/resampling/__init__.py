"""Resampling: optimism of a model, and how much a cut-off owes to chance."""

from analytics.statistics.resampling.validation import (
    CrossValidation,
    Optimism,
    bootstrap_optimism,
    cross_validate,
    leave_one_out,
    optimism_of_resamples,
)

__all__ = [
    "CrossValidation",
    "Optimism",
    "bootstrap_optimism",
    "cross_validate",
    "leave_one_out",
    "optimism_of_resamples",
]
