"""Entries that together make a whole: where one is withheld, another goes too, or the rest would tell it."""

from collections.abc import Mapping

from registry.presentation.suppression.counts import Entry, is_gone
from registry.presentation.suppression.entry import emptied


def one_group_more(groups: list[Entry]) -> list[Entry]:
    """Where one group is withheld, the one with the next fewest events goes too: the rest would tell it."""
    told = [group for group in groups if group["n"] is not None]
    if len(groups) - len(told) != 1 or not told:
        return groups
    next_smallest = min(told, key=lambda group: group["n_events"])
    return [emptied(group) if group is next_smallest else group for group in groups]


def both_or_none(cells: Mapping[str, Entry]) -> dict[str, Entry]:
    """Where one cell is withheld, the other goes too: with the total it would tell it."""
    if all(cell["count"] is not None for cell in cells.values()):
        return dict(cells)
    gone = {"count": None, "proportion": None, "is_withheld": True}
    return {level: {**cell, **gone} for level, cell in cells.items()}


def one_level_more(levels: list[Entry]) -> list[Entry]:
    """Where one level of a group is withheld, the next smallest goes too: the rest would tell it."""
    for group in levels[0]["groups"] if levels else ():
        cells = [level["groups"][group] for level in levels]
        if sum(cell["count"] is None for cell in cells) == 1:
            smallest = min(
                (cell for cell in cells if cell["count"] is not None), key=lambda cell: cell["count"]
            )
            smallest |= {"count": None, "proportion": None, "is_withheld": True}
    return levels


def without_equal_adjusted(rows: list[Entry], before: list[Entry]) -> list[Entry]:
    """Where a row is withheld, an adjusted P that equals its own goes too: it was worked out from it."""
    hidden = {
        row["p_adjusted"]
        for row, told in zip(before, rows, strict=True)
        if is_gone(told, "p_adjusted") and row["p_adjusted"] is not None
    }
    return [{**row, "p_adjusted": None} if row.get("p_adjusted") in hidden else row for row in rows]
