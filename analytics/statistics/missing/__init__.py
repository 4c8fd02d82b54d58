"""Missing values: their pattern, and analyses pooled over imputations."""

from analytics.statistics.missing.pattern import MissingByOutcome, MissingPattern, Pattern, missing_pattern
from analytics.statistics.missing.rubin import Pooled, pool

__all__ = ["MissingByOutcome", "MissingPattern", "Pattern", "Pooled", "missing_pattern", "pool"]
