"""One remark as data: rule, severity, source, and what was found."""

from typing import Any, Literal

Guard = dict[str, Any]
Severity = Literal["note", "warn", "block"]
Entry = dict[str, Any]

DECISIVE = 0.05
"""A P below this is taken to decide."""
ROUNDING = 1e-9
"""Differences below this are those of the last bits."""


def guard(code: str, severity: Severity, source: str, **found: Any) -> Guard:
    """One remark on a result."""
    return {"code": code, "severity": severity, "source": source, "found": found}
