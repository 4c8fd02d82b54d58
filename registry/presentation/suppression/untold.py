"""Counts in what a guard found that the payload does not tell."""

from collections.abc import Mapping
from typing import Any

from registry.presentation.suppression.counts import Entry, is_number
from registry.presentation.suppression.entry import COUNTS

TOLD = (*COUNTS, "events_per_variable", "events_needed")
SIZES = ("sizes", "groups")
Counts = dict[str, set[float]]


def told_counts(seen: Any) -> Counts:
    """The counts that a payload tells, by their names; a group's size is a number of patients."""
    found: Counts = {key: set() for key in TOLD}
    _collect(seen, found)
    return found


def _collect(seen: Any, found: Counts) -> None:
    if isinstance(seen, list):
        for entry in seen:
            _collect(entry, found)
    elif isinstance(seen, Mapping):
        for key, inner in seen.items():
            if key in TOLD and is_number(inner):
                found[key].add(inner)
            if key in SIZES and isinstance(inner, Mapping):
                found["n"] |= {n for n in inner.values() if is_number(n)}
            _collect(inner, found)


def without_untold(found: Entry, counts: Counts) -> Entry:
    """What a guard found, without the entries with a count that the payload does not tell.

    A reason stays without its counts, and groups without their sizes; what is left with nothing is empty.
    """
    if _is_untold(found, counts, keys=("events_per_variable", "events_needed")):
        return {}
    told = {key: _inner(key, inner, counts) for key, inner in found.items()}
    return {} if any(inner and told[key] in ([], {}) for key, inner in found.items()) else told


def _inner(key: str, inner: Any, counts: Counts) -> Any:
    if isinstance(inner, list):
        return [_inner("", each, counts) for each in inner if not _is_untold(each, counts)]
    if not isinstance(inner, Mapping):
        return inner
    if key in SIZES and all(n is None or is_number(n) for n in inner.values()):
        return dict(inner) if set(inner.values()) <= counts["n"] else dict.fromkeys(inner)
    if "code" in inner:
        gone = [key for key in TOLD if key in inner] if _lacks(inner, counts) else []
        return {**inner, **dict.fromkeys(gone)}
    return {name: _inner(name, each, counts) for name, each in inner.items() if not _is_untold(each, counts)}


def _is_untold(entry: Any, counts: Counts, keys: tuple[str, ...] = TOLD) -> bool:
    return isinstance(entry, Mapping) and "code" not in entry and _lacks(entry, counts, keys)


def _lacks(entry: Mapping[str, Any], counts: Counts, keys: tuple[str, ...] = TOLD) -> bool:
    return any(is_number(entry.get(key)) and entry[key] not in counts[key] for key in keys)
