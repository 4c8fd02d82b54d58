"""Pure statistics: arrays in, frozen dataclasses out. No Django, no database, no rounding."""

from analytics.statistics.errors import NotEstimable, attempt

__all__ = ["NotEstimable", "attempt"]
