"""What a plan is written in, and what all plans hold to."""

from typing import Any

Definition = dict[str, Any]
Variables = dict[str, dict[str, Any]]

EVENTS_NEEDED = 10
"""Events, and patients without one, below which no model is fitted and no curve drawn."""


class PlanError(ValueError):
    """A plan that cannot be carried out as written, naming the entry at fault."""
