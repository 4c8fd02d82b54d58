"""Which numbers of a payload are no longer told."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from registry.presentation.suppression.formulas import shortened

DRAWN = ("points", "curve", "steps", "net_benefit")


@dataclass(frozen=True)
class Withheld:
    """Results and counts that a payload has and what is seen of it has not."""

    results: frozenset[float] = frozenset()
    counts: frozenset[int] = frozenset()


def withheld_numbers(payload: Any, seen: Any) -> Withheld:
    """The numbers in a payload told neither whole nor shortened in what is seen of it; drawn points are none.

    A difference that is withheld is withheld without its sign as well: estimates may be stored so.
    """
    gone = list(_gone(payload, seen))
    results = [number for number in gone if isinstance(number, float)]
    return Withheld(
        frozenset((*results, *map(abs, results))),
        frozenset(number for number in gone if isinstance(number, int)),
    )


def _gone(payload: Any, seen: Any) -> Iterator[float | int]:
    if isinstance(payload, Mapping):
        kept = seen if isinstance(seen, Mapping) else {}
        for key in payload:
            if key not in DRAWN:
                yield from _gone(payload[key], kept.get(key))
    elif isinstance(payload, list):
        for pair in zip(payload, _beside(payload, seen), strict=True):
            yield from _gone(*pair)
    elif isinstance(payload, float | int) and not isinstance(payload, bool) and not _is_told(payload, seen):
        yield payload


def _is_told(number: float, seen: Any) -> bool:
    return bool(seen == number) or (isinstance(number, float) and bool(seen == shortened(number)))


def _beside(payload: list[Any], seen: Any) -> list[Any]:
    """What is seen of each entry of a list: in its place, or by its term where some have gone."""
    if isinstance(seen, list) and len(seen) == len(payload):
        return seen
    by_term = {entry["term"]: entry for entry in seen or () if isinstance(entry, Mapping) and "term" in entry}
    return [by_term.get(entry.get("term")) if isinstance(entry, Mapping) else None for entry in payload]
