"""Words for what guards found: what it is, and what to do about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy

from registry.presentation.guards import curves, growth, models, record, sensitivity, serial, study, terms
from registry.presentation.guards.naming import ADJUSTMENTS, Name, Wordings

__all__ = ["ADJUSTMENTS", "SEVERITIES", "WORDING", "Remark", "remark"]

SEVERITIES = {
    "note": gettext_lazy("Note"),
    "warn": gettext_lazy("Caution"),
    "block": gettext_lazy("Do not rely on this"),
}
WITHDRAWN = gettext_lazy("Not shown")
"""A block whose numbers have given way to it."""

WORDING: Wordings = {
    **study.WORDING,
    **models.WORDING,
    **terms.WORDING,
    **curves.WORDING,
    **sensitivity.WORDING,
    **growth.WORDING,
    **serial.WORDING,
    **record.WORDING,
}


@dataclass(frozen=True)
class Remark:
    """One guard in words."""

    code: str
    severity: str
    label: str
    text: str
    advice: str
    source: str


def remark(guard: Mapping[str, Any], name: Name) -> Remark:
    """A guard in the reader's language; `name` gives a variable's, a model's or a pair's name."""
    severity, found = guard["severity"], guard["found"]
    text, advice = WORDING[guard["code"], found.get("place")](found, name)
    # Where patients are predicted perfectly maximum likelihood has no number, whatever stands in its place.
    is_gone = (
        found.get("numbers") == "withdrawn" or found.get("is_published") is False or "is_penalised" in found
    )
    label = WITHDRAWN if severity == "block" and is_gone else SEVERITIES[severity]
    return Remark(guard["code"], severity, str(label), text, advice, guard["source"])
