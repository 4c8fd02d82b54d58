"""Missing values: their pattern, their imputation, and analyses pooled over imputations."""

from analytics.statistics.missing.equations import Passive, Variable
from analytics.statistics.missing.imputation import impute
from analytics.statistics.missing.pattern import MissingByOutcome, MissingPattern, Pattern, missing_pattern
from analytics.statistics.missing.rubin import Pooled, pool

__all__ = [
    "MissingByOutcome",
    "MissingPattern",
    "Passive",
    "Pattern",
    "Pooled",
    "Variable",
    "impute",
    "missing_pattern",
    "pool",
]
