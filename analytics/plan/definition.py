"""What a plan is written in, and what all plans hold to."""

from typing import Any

Definition = dict[str, Any]
Variables = dict[str, dict[str, Any]]

EVENTS_NEEDED = 10
"""Events, and patients without one, below which no model is fitted and no curve drawn."""

SHRINKAGE_WANTED = 0.9
"""Coefficients shrunk by no more are wanted of a planned model."""

SHARE_BETWEEN_LOOKS, FEWEST_BETWEEN_LOOKS = 0.05, 10
"""What must come in between looks at a locked hypothesis: of the planned information, and at least so many.

Nearer boundaries cannot be computed in a double's precision, and nearer looks could tell patients apart.
"""


class PlanError(ValueError):
    """A plan that cannot be carried out as written, naming the entry at fault."""
