"""Missing values: their pattern, their imputation, and analyses pooled over imputations."""

from analytics.statistics.missing.convergence import autocorrelation, potential_scale_reduction
from analytics.statistics.missing.equations import Passive, Variable
from analytics.statistics.missing.imputation import Imputed, impute
from analytics.statistics.missing.pattern import MissingByOutcome, MissingPattern, Pattern, missing_pattern
from analytics.statistics.missing.rubin import Pooled, pool

__all__ = [
    "Imputed",
    "MissingByOutcome",
    "MissingPattern",
    "Passive",
    "Pattern",
    "Pooled",
    "Variable",
    "autocorrelation",
    "impute",
    "missing_pattern",
    "pool",
    "potential_scale_reduction",
]
