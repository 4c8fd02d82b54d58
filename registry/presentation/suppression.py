"""Small counts withheld from those who may not see records, with everything they could be worked out from."""

from collections.abc import Mapping
from math import exp
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
FROM_CELLS = (
    "smd",
    "smd_standard_error",
    "smd_ci_low",
    "smd_ci_high",
    "p_value",
    "p_adjusted",
    "smallest_expected",
)
DRAWN = ("points", "curve", "steps", "net_benefit")
NAMED_BY = ("marker", "variable", "name", "model")
RESULTS = ("n", "auc", "sensitivity", "smd", "log_likelihood", "p_value")
PARTS = ("rows", "curves", "models", "outcomes")
INTERCEPT = "(Intercept)"
OPERATING = ("points", "tied_thresholds")
LISTED = ("terms", "tests", "at", "curve", "net_benefit", "linearity", "subgroups", *OPERATING)
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
    return _without_sizes(_withheld(entry, minimum), value, minimum)


def withhold_guards(guards: list[Entry], seen: Entry, minimum: int) -> list[Entry]:
    """Guards without the numbers of any row, curve or model whose result is withheld from the payload."""
    names = _names_withheld(seen)
    told = [{**guard, "found": _about_others(guard["found"], names)} for guard in withhold(guards, minimum)]
    if seen.get("is_withheld"):
        told = [_without_groups(guard) for guard in told]
    return [
        guard for guard, before in zip(told, guards, strict=True) if guard["found"] or not before["found"]
    ]


def withheld_numbers(payload: Any, seen: Any) -> set[float]:
    """The results in a payload that are no longer told in what is seen of it; drawn points are none."""
    if isinstance(payload, float):
        return set() if seen == payload else {payload}
    if isinstance(payload, Mapping):
        kept = seen if isinstance(seen, Mapping) else {}
        inner = [withheld_numbers(payload[key], kept.get(key)) for key in payload if key not in DRAWN]
        return set().union(*inner)
    if isinstance(payload, list):
        beside = seen if isinstance(seen, list) and len(seen) == len(payload) else [None] * len(payload)
        return set().union(*(withheld_numbers(*pair) for pair in zip(payload, beside, strict=True)))
    return set()


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
        gone |= {key for key in FROM_FOUR_CELLS if key in entry}
        entry |= {key: [] for key in OPERATING if key in entry}
    if _lacks_a_cell(entry):
        gone |= {key for key in FROM_CELLS if key in entry}
        entry |= {"tests": []} if "tests" in entry else {}
        gone |= {"n"} if any(cell["n"] is None for cell in _compared(entry)) else set()
    if _has_small_cells(entry, minimum):
        return {**_emptied({**entry, **dict.fromkeys(gone)}), "n": n, "n_events": n_events}
    if not gone:
        return entry
    return {**{key: None if key in gone else value for key, value in entry.items()}, "is_withheld": True}


def _emptied(entry: Entry) -> Entry:
    """An entry without any number that could tell its patients."""
    gone = {key for key, value in entry.items() if key not in KEPT and _is_number(value)}
    gone |= {key for key in FROM_FOUR_CELLS if key in entry}
    entry |= {key: [] for key in LISTED if key in entry}
    entry |= {"vif": None} if "vif" in entry else {}
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


def _family(rows: list[Entry], before: list[Entry]) -> list[Entry]:
    """Where a row is withheld, an adjusted P that equals its own goes too: it was worked out from it."""
    hidden = {
        row["p_adjusted"]
        for row, told in zip(before, rows, strict=True)
        if _is_gone(told, "p_adjusted") and row["p_adjusted"] is not None
    }
    return [{**row, "p_adjusted": None} if row.get("p_adjusted") in hidden else row for row in rows]


def _lacks_a_cell(entry: Entry) -> bool:
    """Whether one of the cells that an entry's tests compare is withheld."""
    return any(cell["n"] is None or _is_gone(cell, "count") for cell in _compared(entry))


def _compared(entry: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The cells side by side in an entry: groups, also within levels, or parts of the patients."""
    found = [*_values(entry.get("groups")), *_values(entry.get("by_outcome")), *entry.get("within", ())]
    if isinstance(entry.get("levels"), list):
        found += [cell for level in entry["levels"] for cell in _values(level.get("groups"))]
    return [cell for cell in found if isinstance(cell, Mapping) and "n" in cell]


def _values(inner: Any) -> list[Any]:
    return list(inner.values()) if isinstance(inner, Mapping) else []


def _is_gone(entry: Mapping[str, Any], key: str) -> bool:
    return key in entry and entry[key] is None


def _has_small_cells(model: Entry, minimum: int) -> bool:
    """Whether a model of one category tells a small count, worked out as any reader could.

    Its coefficients are the log odds in each level and its standard errors the sizes of the levels.
    """
    terms = model.get("terms")
    if not terms or len(model.get("covariates", ())) != 1 or terms[0]["term"] != INTERCEPT:
        return False
    reference, *others = terms
    if any(term.get("per", 1) is not None for term in others):
        return False
    known = reference["standard_error"] ** 2
    levels = [(reference["coefficient"], known)]
    levels += [
        (reference["coefficient"] + term["coefficient"], term["standard_error"] ** 2 - known)
        for term in others
    ]
    return any(
        _is_small(round(count), minimum)
        for log_odds, variance in levels
        # The variance of a level's log odds is 1 / events + 1 / others, and their ratio is the odds.
        for count in ((1 + exp(log_odds)) / variance, (1 + exp(-log_odds)) / variance)
    )


def _without_sizes(entry: Entry, before: Mapping[str, Any], minimum: int) -> Entry:
    """The sizes of the whole go where with the n of a part they would tell how few were left out."""
    parts = [part for key in PARTS for part in before.get(key, ()) if isinstance(part, Mapping)]
    sizes = before.get("sizes", {})
    left_out = [part.get("n_missing") for part in parts]
    left_out += [
        sizes[group] - cell["n"]
        for part in parts
        for groups in (part, *(part["levels"] if isinstance(part.get("levels"), list) else ()))
        for group, cell in groups.get("groups", {}).items()
        if group in sizes
    ]
    if "n" not in before or not any(_is_small(count, minimum) for count in (*left_out, *sizes.values())):
        return entry
    return {**entry, **({"sizes": dict.fromkeys(sizes)} if sizes else {}), "n": None, "is_withheld": True}


def _names_withheld(seen: Any) -> set[str]:
    """What the rows, curves and models are called whose result is withheld."""
    if isinstance(seen, list):
        return set().union(*(_names_withheld(entry) for entry in seen))
    if not isinstance(seen, Mapping):
        return set()
    names = set().union(*(_names_withheld(entry) for entry in seen.values()))
    if seen.get("is_withheld") and any(_is_gone(seen, result) for result in RESULTS):
        names |= {seen[key] for key in NAMED_BY if key in seen}
    return names


def _about_others(found: Any, names: set[str]) -> Any:
    """What a guard found, without the entries with numbers about what is named."""
    if isinstance(found, list):
        return [_about_others(entry, names) for entry in found if not _is_about(entry, names)]
    if not isinstance(found, Mapping):
        return found
    if _is_about(found, names):
        return {}
    told = {
        key: _about_others(inner, names)
        for key, inner in found.items()
        if key not in names or not _holds_numbers(inner)
    }
    was_emptied = any(
        isinstance(told.get(key), list | Mapping) and inner and not told[key] for key, inner in found.items()
    )
    return {} if was_emptied else told


def _is_about(entry: Any, names: set[str]) -> bool:
    return (
        isinstance(entry, Mapping)
        and any(entry.get(key) in names for key in NAMED_BY if isinstance(entry.get(key), str))
        and _holds_numbers(entry)
    )


def _holds_numbers(inner: Any) -> bool:
    if isinstance(inner, Mapping):
        return any(_holds_numbers(each) for each in inner.values())
    return any(_holds_numbers(each) for each in inner) if isinstance(inner, list) else _is_number(inner)


def _without_groups(guard: Entry) -> Entry:
    """The sizes of the groups, in a guard, are those of the payload."""
    found = guard["found"]
    return (
        {**guard, "found": {**found, "groups": dict.fromkeys(found["groups"])}}
        if "groups" in found
        else guard
    )


def _is_small(count: Any, minimum: int) -> bool:
    return isinstance(count, int) and not isinstance(count, bool) and 0 < count < minimum


def _splits_small(n: Any, part: Any, minimum: int) -> bool:
    """Whether a part of n, or the rest, is small."""
    if not isinstance(n, int) or not isinstance(part, int):
        return False
    return _is_small(part, minimum) or _is_small(n - part, minimum)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
