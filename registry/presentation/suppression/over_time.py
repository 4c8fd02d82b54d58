"""Points along a curve: between two that are told no small number has the event or leaves."""

from collections.abc import Mapping
from typing import Any

from registry.presentation.suppression.counts import Entry, is_small
from registry.presentation.suppression.entry import emptied

LISTS, SINGLES = ("at",), ("at_horizon", "one_minus_kaplan_meier")
COUNTED = ("n_risk", "n_events")


def without_small_steps(entry: Entry, before: Mapping[str, Any], minimum: int) -> Entry:
    """A curve without the points that with those before, or with the total, would tell a small count."""
    points = [point for key in LISTS for point in before.get(key) or () if _is_counted(point)]
    points += [before[key] for key in SINGLES if _is_counted(before.get(key))]
    if not points or not isinstance(before.get("n_events"), int):
        return entry
    told = _told(points, before["n"], before["n_events"], minimum)
    lists = {
        key: [_kept(point, told) for point in entry[key]] for key in LISTS if isinstance(entry.get(key), list)
    }
    singles = {key: _kept(entry[key], told) for key in SINGLES if isinstance(entry.get(key), Mapping)}
    return {**entry, **lists, **singles}


def _told(points: list[Entry], n: int, n_events: int, minimum: int) -> set[float]:
    """The times at which a point may be told, in their order: each is held against the last one told."""
    told: set[float] = set()
    at_risk, so_far = n, 0
    for point in sorted(points, key=lambda point: point["time"]):
        left, had = at_risk - point["n_risk"], point["n_events"] - so_far
        steps = (left, had, left - had, n_events - point["n_events"])
        if any(is_small(abs(step), minimum) for step in steps):
            continue
        told.add(point["time"])
        at_risk, so_far = point["n_risk"], point["n_events"]
    return told


def _kept(point: Any, told: set[float]) -> Any:
    return point if not isinstance(point, Mapping) or point.get("time") in told else emptied(dict(point))


def _is_counted(point: Any) -> bool:
    return isinstance(point, Mapping) and all(isinstance(point.get(key), int) for key in COUNTED)
