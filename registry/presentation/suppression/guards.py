"""Guards without what they would tell of a result that is withheld."""

from collections.abc import Mapping
from typing import Any

from registry.presentation.suppression.counts import Entry, is_gone, is_number
from registry.presentation.suppression.payload import withhold
from registry.presentation.suppression.untold import told_counts, without_untold

Name = str | tuple[Any, ...]

NAMED_BY = ("marker", "variable", "name", "model", "part", "about")
PAIRED_BY = ("x", "y", "stratum")
RATIOS = ("odds_ratio", "hazard_ratio")
RESULTS = ("n", "n_events", "auc", "sensitivity", "smd", "log_likelihood", "p_value")


def withhold_guards(guards: list[Entry], seen: Entry, minimum: int) -> list[Entry]:
    """Guards without the numbers of any row, curve or model whose result is withheld from the payload."""
    names = _names_withheld(seen)
    told = [{**guard, "found": _about_others(guard["found"], names)} for guard in withhold(guards, minimum)]
    if _is_part_withheld(seen):
        counts = told_counts(seen)
        told = [{**guard, "found": without_untold(guard["found"], counts)} for guard in told]
        told = [{**guard, "found": _of_told_ratios(guard["found"], _ratios(seen))} for guard in told]
    if seen.get("is_withheld"):
        told = [_without_groups(guard) for guard in told]
    return [
        guard for guard, before in zip(told, guards, strict=True) if guard["found"] or not before["found"]
    ]


def _names_withheld(seen: Any) -> set[Name]:
    """What the rows, curves, models, parts and pairs are called whose result is withheld."""
    if isinstance(seen, list):
        return set().union(*(_names_withheld(entry) for entry in seen))
    if not isinstance(seen, Mapping):
        return set()
    names = set().union(*(_names_withheld(entry) for entry in seen.values()))
    if seen.get("is_withheld") and any(is_gone(seen, result) for result in RESULTS):
        names |= {seen[key] for key in NAMED_BY if isinstance(seen.get(key), str)}
        names |= {_pair(seen)} if set(PAIRED_BY) <= set(seen) else set()
    return names


def _about_others(found: Any, names: set[Name]) -> Any:
    """What a guard found, without the entries with numbers about what is named."""
    if isinstance(found, list):
        return [_about_others(entry, names) for entry in found if not _is_about(entry, names)]
    if not isinstance(found, Mapping):
        return found
    if _is_about(found, names):
        return {}
    if "place" in found and any(key in names and is_number(inner) for key, inner in found.items()):
        # A remark that holds parts against one another says nothing of one alone.
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


def _is_about(entry: Any, names: set[Name]) -> bool:
    return (
        isinstance(entry, Mapping)
        and (
            any(entry.get(key) in names for key in NAMED_BY if isinstance(entry.get(key), str))
            or _pair(entry) in names
        )
        and _holds_numbers(entry)
    )


def _pair(entry: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(str(entry.get(key)) for key in PAIRED_BY)


def _is_part_withheld(seen: Any) -> bool:
    if isinstance(seen, Mapping):
        return bool(seen.get("is_withheld")) or any(map(_is_part_withheld, seen.values()))
    return isinstance(seen, list) and any(map(_is_part_withheld, seen))


def _holds_numbers(inner: Any) -> bool:
    if isinstance(inner, Mapping):
        return any(_holds_numbers(each) for each in inner.values())
    return any(_holds_numbers(each) for each in inner) if isinstance(inner, list) else is_number(inner)


def _ratios(seen: Any) -> set[float]:
    """The odds and hazard ratios that are told, either way round."""
    if isinstance(seen, list):
        return set().union(*(_ratios(entry) for entry in seen))
    if not isinstance(seen, Mapping):
        return set()
    own = {seen[key] for key in RATIOS if is_number(seen.get(key))}
    return set().union(own, (1 / ratio for ratio in own if ratio), *map(_ratios, seen.values()))


def _of_told_ratios(found: Entry, ratios: set[float]) -> Entry:
    """A finding of the terms that are told; nothing where none is."""
    if "goes_with" not in found:
        return found
    told = [term for term in found["goes_with"] if term["ratio"] is None or term["ratio"] in ratios]
    return {**found, "goes_with": told} if told else {}


def _without_groups(guard: Entry) -> Entry:
    """The sizes of the groups, in a guard, are those of the payload."""
    found = guard["found"]
    return (
        {**guard, "found": {**found, "groups": dict.fromkeys(found["groups"])}}
        if "groups" in found
        else guard
    )
