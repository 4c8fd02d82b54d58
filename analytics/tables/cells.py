"""Cells that several tables print alike."""

from typing import Any

Payload = dict[str, Any]
NOT_COUNTED = "–"


def count(counted: int | None) -> str:
    """A number of patients, a dash where it is withheld."""
    return NOT_COUNTED if counted is None else str(counted)
