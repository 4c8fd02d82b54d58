"""Cut-offs of one marker: two that few patients lie between would tell them together."""

from collections.abc import Mapping
from typing import Any

from registry.presentation.suppression.counts import Entry, is_gone, is_small
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


def without_points_of_few(entry: Entry, before: Mapping[str, Any], minimum: int) -> Entry:
    """A curve of whose cut-offs one is withheld, without the points that it could be: the curve goes past it.

    A point stays that has no small cell, and that few lie between and no cut-off that is told.
    """
    points, operating = entry.get("points"), entry.get("operating")
    if not points or not operating or not any(is_gone(point, "tp") for point in operating):
        return entry
    n_events, n_others = before["n_events"], before["n"] - before["n_events"]
    told = [point for point in operating if point["tp"] is not None]

    def is_told(point: Entry) -> bool:
        tp, tn = round(point["sensitivity"] * n_events), round(point["specificity"] * n_others)
        cells = {"tp": tp, "fp": n_others - tn, "fn": n_events - tp, "tn": tn}
        is_of_few = any(is_small(cell, minimum) for cell in cells.values())
        return not is_of_few and not any(_few_between(other, cells, minimum) for other in told)

    return {**entry, "points": [point for point in points if is_told(point)]}


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
