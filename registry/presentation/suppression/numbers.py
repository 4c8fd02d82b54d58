"""Which numbers of a payload are no longer told."""

from collections.abc import Mapping
from typing import Any

DRAWN = ("points", "curve", "steps", "net_benefit")


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
