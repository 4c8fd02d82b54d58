"""Guards without what they would tell of a result that is withheld."""

from collections.abc import Mapping
from typing import Any

from registry.presentation.suppression.counts import Entry, is_gone, is_number
from registry.presentation.suppression.payload import withhold

NAMED_BY = ("marker", "variable", "name", "model")
RESULTS = ("n", "auc", "sensitivity", "smd", "log_likelihood", "p_value")


def withhold_guards(guards: list[Entry], seen: Entry, minimum: int) -> list[Entry]:
    """Guards without the numbers of any row, curve or model whose result is withheld from the payload."""
    names = _names_withheld(seen)
    told = [{**guard, "found": _about_others(guard["found"], names)} for guard in withhold(guards, minimum)]
    if seen.get("is_withheld"):
        told = [_without_groups(guard) for guard in told]
    return [
        guard for guard, before in zip(told, guards, strict=True) if guard["found"] or not before["found"]
    ]


def _names_withheld(seen: Any) -> set[str]:
    """What the rows, curves and models are called whose result is withheld."""
    if isinstance(seen, list):
        return set().union(*(_names_withheld(entry) for entry in seen))
    if not isinstance(seen, Mapping):
        return set()
    names = set().union(*(_names_withheld(entry) for entry in seen.values()))
    if seen.get("is_withheld") and any(is_gone(seen, result) for result in RESULTS):
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
    return any(_holds_numbers(each) for each in inner) if isinstance(inner, list) else is_number(inner)


def _without_groups(guard: Entry) -> Entry:
    """The sizes of the groups, in a guard, are those of the payload."""
    found = guard["found"]
    return (
        {**guard, "found": {**found, "groups": dict.fromkeys(found["groups"])}}
        if "groups" in found
        else guard
    )
