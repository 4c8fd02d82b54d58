"""Calibration of predicted risks, and what acting on them is worth."""

from analytics.statistics.calibration.assessment import Calibration, Distances, assess_calibration
from analytics.statistics.calibration.benefit import DecisionCurve, decision_curve
from analytics.statistics.calibration.reclassification import (
    Improvement,
    Moves,
    integrated_discrimination,
    moves,
    net_reclassification,
)
from analytics.statistics.calibration.smoothing import SmoothCurve, loess, lowess

__all__ = [
    "Calibration",
    "DecisionCurve",
    "Distances",
    "Improvement",
    "Moves",
    "SmoothCurve",
    "assess_calibration",
    "decision_curve",
    "integrated_discrimination",
    "loess",
    "lowess",
    "moves",
    "net_reclassification",
]
