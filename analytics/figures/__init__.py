"""A question's payload drawn, with the table behind the drawing; pure, the words are handed in."""

from collections.abc import Callable
from typing import Any

from analytics.figures.agreement import draw_agreement
from analytics.figures.calibration import draw_calibration
from analytics.figures.comparison import draw_comparison
from analytics.figures.correlation import draw_correlation
from analytics.figures.figure import Figure, Table
from analytics.figures.logistic import draw_logistic
from analytics.figures.longitudinal import draw_longitudinal
from analytics.figures.looks import draw_looks
from analytics.figures.missingness import draw_missingness
from analytics.figures.planning import draw_planning
from analytics.figures.roc import draw_roc
from analytics.figures.sensitivity import draw_sensitivity
from analytics.figures.survival import draw_survival
from analytics.figures.validation import draw_validation
from analytics.figures.words import Words

__all__ = ["Figure", "Table", "Words", "draw"]

DRAWN_BY: dict[str, Callable[[dict[str, Any], Words], list[Figure]]] = {
    "agreement": draw_agreement,
    "calibration": draw_calibration,
    "comparison": draw_comparison,
    "correlation": draw_correlation,
    "logistic": draw_logistic,
    "longitudinal": draw_longitudinal,
    "looks": draw_looks,
    "missingness": draw_missingness,
    "planning": draw_planning,
    "roc": draw_roc,
    "sensitivity": draw_sensitivity,
    "survival": draw_survival,
    "validation": draw_validation,
}


def draw(kind: str, payload: dict[str, Any], words: Words) -> list[Figure]:
    """The figures of one result, the main one first."""
    return DRAWN_BY[kind](payload, words)
