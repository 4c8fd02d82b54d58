"""Small counts withheld from those who may not see records, with everything they could be worked out from."""

from collections.abc import Mapping
from typing import Any

Entry = dict[str, Any]

COUNTS = ("n", "n_events", "n_competing", "n_others", "n_missing", "n_complete", "n_risk", "count")
FOUR_CELLS = ("tp", "fp", "tn", "fn")
FROM_FOUR_CELLS = (
    *FOUR_CELLS,
    "sensitivity",
    "sensitivity_ci",
    "specificity",
    "specificity_ci",
    "youden",
    "threshold",
)
LISTED = ("terms", "points", "tests", "at", "curve", "net_benefit")
KEPT = ("n_missing", "needed", "time", "horizon")


def withhold(value: Any, minimum: int) -> Any:
    """A payload, a guard or a reason without the counts from 1 to below `minimum`.

    What is withheld is None, and its entry says ``is_withheld``. The thresholds along a ROC curve go as well,
    because each of them lies between two patients' values.
    """
    if minimum <= 1:
        return value
    if isinstance(value, list):
        return [withhold(entry, minimum) for entry in value]
    if not isinstance(value, Mapping):
        return value
    entry = {key: _inner(key, inner, minimum) for key, inner in value.items()}
    return _withheld(entry, minimum)


def _inner(key: str, inner: Any, minimum: int) -> Any:
    if key == "points":
        return [{**point, "threshold": None} for point in inner]
    if (
        key in ("sizes", "groups")
        and isinstance(inner, Mapping)
        and all(isinstance(n, int) for n in inner.values())
    ):
        return {group: None if _is_small(n, minimum) else n for group, n in inner.items()}
    if key == "steps":
        # Each step of a curve is a patient's date.
        return []
    if key in ("by_group", "within"):
        return _groups([withhold(group, minimum) for group in inner])
    if key == "by_outcome":
        return _all_or_none({level: withhold(cell, minimum) for level, cell in inner.items()})
    if key == "patterns":
        # The patterns add up to the patients: one that is withheld could be worked out.
        return [] if any(_is_small(pattern["n"], minimum) for pattern in inner) else inner
    if key == "levels":
        return _levels([withhold(level, minimum) for level in inner])
    return withhold(inner, minimum)


def _withheld(entry: Entry, minimum: int) -> Entry:
    n, n_events, count = entry.get("n"), entry.get("n_events"), entry.get("count")
    gone = {key for key in COUNTS if _is_small(entry.get(key), minimum)}
    is_point_of_curve = "n_risk" in entry
    if (
        _is_small(n, minimum)
        or _splits_small(n, n_events, minimum)
        or (is_point_of_curve and gone & {"n_risk", "n_events"})
    ):
        return _emptied({**entry, **dict.fromkeys(gone)})
    if _splits_small(n, count, minimum):
        gone |= {"count", "proportion"}
    if any(_is_small(entry.get(cell), minimum) for cell in FOUR_CELLS):
        gone |= set(FROM_FOUR_CELLS)
    if not gone:
        return entry
    return {**{key: None if key in gone else value for key, value in entry.items()}, "is_withheld": True}


def _emptied(entry: Entry) -> Entry:
    """An entry without any number that could tell its patients."""
    gone = {key for key, value in entry.items() if key not in KEPT and _is_number(value)}
    gone |= {key for key in FROM_FOUR_CELLS if key in entry}
    entry |= {key: [] for key in LISTED if key in entry}
    entry |= {"reason": entry["reason"] or {"code": "withheld"}} if "reason" in entry else {}
    return {**{key: None if key in gone else value for key, value in entry.items()}, "is_withheld": True}


def _groups(groups: list[Entry]) -> list[Entry]:
    """Where one group is withheld, the one with the next fewest events goes too: the rest would tell it."""
    told = [group for group in groups if group["n"] is not None]
    if len(groups) - len(told) != 1 or not told:
        return groups
    next_smallest = min(told, key=lambda group: group["n_events"])
    return [_emptied(group) if group is next_smallest else group for group in groups]


def _all_or_none(cells: Mapping[str, Entry]) -> dict[str, Entry]:
    """Where one cell is withheld, the other goes too: with the total it would tell it."""
    if all(cell["count"] is not None for cell in cells.values()):
        return dict(cells)
    gone = {"count": None, "proportion": None, "is_withheld": True}
    return {level: {**cell, **gone} for level, cell in cells.items()}


def _levels(levels: list[Entry]) -> list[Entry]:
    """Where one level of a group is withheld, the next smallest goes too: the rest would tell it."""
    for group in levels[0]["groups"] if levels else ():
        cells = [level["groups"][group] for level in levels]
        if sum(cell["count"] is None for cell in cells) == 1:
            smallest = min(
                (cell for cell in cells if cell["count"] is not None), key=lambda cell: cell["count"]
            )
            smallest |= {"count": None, "proportion": None, "is_withheld": True}
    return levels


def _is_small(count: Any, minimum: int) -> bool:
    return isinstance(count, int) and not isinstance(count, bool) and 0 < count < minimum


def _splits_small(n: Any, part: Any, minimum: int) -> bool:
    """Whether a part of n, or the rest, is small."""
    if not isinstance(n, int) or not isinstance(part, int):
        return False
    return _is_small(part, minimum) or _is_small(n - part, minimum)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
