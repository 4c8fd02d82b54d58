"""How many patients: for a prediction model, and until an interval is as narrow as wanted."""

from analytics.statistics.samplesize.precision import (
    PrecisionForecast,
    correlation_half_width,
    correlation_sample_size,
    precision_forecast,
)
from analytics.statistics.samplesize.riley import (
    RileySize,
    expected_shrinkage,
    largest_r2_cox_snell,
    riley_sample_size,
)

__all__ = [
    "PrecisionForecast",
    "RileySize",
    "correlation_half_width",
    "correlation_sample_size",
    "expected_shrinkage",
    "largest_r2_cox_snell",
    "precision_forecast",
    "riley_sample_size",
]
