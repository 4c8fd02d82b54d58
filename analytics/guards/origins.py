"""What a quantity of the plan is computed from."""

from typing import Any


def origins(code: str, variables: dict[str, Any]) -> set[str]:
    """A quantity with all that it is computed from or a class of, directly or through another.

    >>> sorted(origins("severe", {"severe": {"from": "score", "at_least": 6}}))
    ['score', 'severe']
    """
    variable = variables.get(code, {})
    parents = {*variable.get("derived_from", ()), variable.get("from", code)} - {code}
    return {code}.union(*(origins(parent, variables) for parent in parents))


def is_structural(x: str, y: str, variables: dict[str, Any]) -> bool:
    """Whether one of two quantities is computed from the other, or both from a third."""
    return not origins(x, variables).isdisjoint(origins(y, variables))
