"""Areas, cut-offs and what follows from them, each in a table that fits a small screen."""

from analytics.figures.figure import Table
from analytics.figures.words import Words
from analytics.tables.cells import Payload
from analytics.tables.roc.areas import areas, intervals
from analytics.tables.roc.cutoffs import cut_offs, predictive_values, resampled
from analytics.tables.roc.models import added, compared
from analytics.tables.roc.parts import across_sites, within_parts

__all__ = ["tabulate_roc"]


def tabulate_roc(payload: Payload, words: Words) -> list[Table]:
    """The areas and the cut-offs, then whatever else the plan asked for."""
    further = (
        predictive_values(payload, words),
        resampled(payload, words),
        intervals(payload, words),
        compared(payload, words),
        *added(payload, words),
        *within_parts(payload, words),
        across_sites(payload, words),
    )
    return [
        areas(payload, words),
        cut_offs(payload, words),
        *(table for table in further if table is not None),
    ]
