"""Which counts are small."""

from collections.abc import Mapping
from typing import Any

Entry = dict[str, Any]


def is_small(count: Any, minimum: int) -> bool:
    return isinstance(count, int) and not isinstance(count, bool) and 0 < count < minimum


def splits_small(n: Any, part: Any, minimum: int) -> bool:
    """Whether a part of n, or the rest, is small."""
    if not isinstance(n, int) or not isinstance(part, int):
        return False
    return is_small(part, minimum) or is_small(n - part, minimum)


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_gone(entry: Mapping[str, Any], key: str) -> bool:
    """Whether an entry had a value that is withheld."""
    return key in entry and entry[key] is None
