"""Entries that together make a whole: where one is withheld, another goes too, or the rest would tell it."""

from collections.abc import Mapping

from registry.presentation.suppression.counts import Entry, is_gone, is_number
from registry.presentation.suppression.entry import emptied, without_numbers

POOLED = "pooled"
WITH_FIRST = ("rate_ratio", "difference")


def one_group_more(groups: list[Entry]) -> list[Entry]:
    """Where one group is withheld, the one with the next fewest events goes too: the rest would tell it."""
    told = [group for group in groups if group.get("n") is not None]
    if len(groups) - len(told) != 1 or not told:
        return groups
    next_smallest = min(told, key=lambda group: group["n_events"])
    return [emptied(group) if group is next_smallest else group for group in groups]


def one_competing_more(groups: list[Entry]) -> list[Entry]:
    """Where one group does not say how many had a competing event, another does not: the rest would tell."""
    told = [group for group in groups if group.get("n_competing") is not None]
    hidden = [group for group in groups if is_gone(group, "n_competing")]
    if len(hidden) != 1 or not told:
        return groups
    fewest = min(told, key=lambda group: group["n_competing"])
    return [
        {**group, "n_competing": None, "is_withheld": True} if group is fewest else group for group in groups
    ]


def without_comparisons(entry: Entry) -> Entry:
    """Where a group is withheld, the test of all goes; where it is the first, the comparisons with it go."""
    groups = entry.get("by_group")
    if not groups or all(group["n"] is not None for group in groups):
        return entry
    if isinstance(entry.get("test"), Mapping):
        entry |= {"test": emptied(dict(entry["test"]))}
    if groups[0]["n"] is None:
        entry |= {"by_group": [_without_first(group) for group in groups]}
    return entry


def _without_first(group: Entry) -> Entry:
    gone = [key for key in group if key.startswith(WITH_FIRST) and is_number(group[key])]
    return {**group, **dict.fromkeys(gone)}


def one_cell_more(cells: dict[str, Entry]) -> dict[str, Entry]:
    """Where one of the groups side by side is withheld, the next smallest goes too: the rest would tell.

    Of a group that is withheld the missing go as well: the size of the whole group may be known.
    """
    told = {group: cell["n"] for group, cell in cells.items() if cell["n"] is not None}
    if len(cells) - len(told) == 1 and told:
        next_smallest = min(told, key=lambda group: told[group])
        cells = {**cells, next_smallest: emptied(cells[next_smallest])}
    return {
        group: {**cell, "n_missing": None} if cell["n"] is None and "n_missing" in cell else cell
        for group, cell in cells.items()
    }


def one_stratum_more(pairs: list[Entry]) -> list[Entry]:
    """Where a pair is withheld in one stratum, it goes in the next smallest too: all pooled would tell it."""
    alike: dict[tuple[str, str, str], list[Entry]] = {}
    for pair in (pair for pair in pairs if "n" in pair):
        alike.setdefault((pair["x"], pair["y"], pair["method"]), []).append(pair)
    gone: list[Entry] = []
    for strata in alike.values():
        parts = [pair for pair in strata if pair["stratum"] != POOLED]
        told = [pair for pair in parts if pair["n"] is not None]
        if len(parts) == len(strata) or len(told) == len(parts):
            continue
        gone += [pair for pair in strata if pair not in parts]
        if len(parts) - len(told) == 1 and told:
            gone.append(min(told, key=lambda pair: pair["n"]))
    return [_without_part(pair) if pair in gone else pair for pair in pairs]


def _without_part(pair: Entry) -> Entry:
    """A pair of all strata without what it was within them; a pair of one stratum without its numbers."""
    if pair["stratum"] != POOLED:
        return emptied(pair)
    return (
        {**pair, "within_groups": without_numbers(pair["within_groups"])} if "within_groups" in pair else pair
    )


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
    for level in levels:
        if "overall" in level and any(cell["count"] is None for cell in level["groups"].values()):
            level |= {"overall": emptied(level["overall"])}
    return levels


def without_equal_adjusted(rows: list[Entry], before: list[Entry]) -> list[Entry]:
    """Where a row is withheld, an adjusted P that equals its own goes too: it was worked out from it."""
    hidden = {
        row["p_adjusted"]
        for row, told in zip(before, rows, strict=True)
        if is_gone(told, "p_adjusted") and row["p_adjusted"] is not None
    }
    return [{**row, "p_adjusted": None} if row.get("p_adjusted") in hidden else row for row in rows]
