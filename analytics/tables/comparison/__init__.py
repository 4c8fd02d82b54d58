"""Groups side by side as a first table of a paper, how far apart they lie, and the shape of each."""

from analytics.figures.figure import Table
from analytics.figures.words import Words
from analytics.tables.cells import Payload
from analytics.tables.comparison.alternatives import every_test
from analytics.tables.comparison.apart import differences, pairwise
from analytics.tables.comparison.first import first_table
from analytics.tables.comparison.shape import shapes

__all__ = ["tabulate_comparison"]


def tabulate_comparison(payload: Payload, words: Words) -> list[Table]:
    """The first table; then the differences, of several groups pair by pair; every test; the shapes."""
    apart = pairwise(payload, words) if len(payload["groups"]) > 2 else differences(payload, words)
    found = [
        first_table(payload, words),
        apart,
        every_test(payload, words),
        shapes(payload, words),
    ]
    return [table for table in found if table is not None]
