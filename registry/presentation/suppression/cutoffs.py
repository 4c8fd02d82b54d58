"""Cut-offs of one marker: two that few patients lie between would tell them together."""

from registry.presentation.suppression.counts import Entry, is_small
from registry.presentation.suppression.entry import emptied

POSITIVE = ("tp", "fp")
MOVED = ("cases_up", "cases_down", "controls_up", "controls_down")


def without_near(points: list[Entry], minimum: int) -> list[Entry]:
    """Cut-offs without any that few patients lie between it and one that is told before."""
    told: list[Entry] = []
    kept = []
    for point in points:
        if any(_few_between(point, other, minimum) for other in told):
            kept.append(emptied(dict(point)))
            continue
        kept.append(point)
        if all(point[cell] is not None for cell in POSITIVE):
            told.append(point)
    return kept


def without_few_moved(improvements: list[Entry], minimum: int) -> list[Entry]:
    """Indices of reclassification without any that few patients moved up or down for.

    Its parts and its error give back how many moved.
    """
    return [
        emptied(dict(entry)) if any(is_small(entry.get(moved), minimum) for moved in MOVED) else entry
        for entry in improvements
    ]


def _few_between(one: Entry, other: Entry, minimum: int) -> bool:
    return any(one[cell] is not None and is_small(abs(one[cell] - other[cell]), minimum) for cell in POSITIVE)
