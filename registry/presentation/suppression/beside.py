"""Results beside the whole they were taken from: the difference of their counts is a count too."""

from collections.abc import Mapping
from typing import Any

from registry.presentation.suppression.counts import Entry, is_small

PARTS = ("models", "areas")
COUNTED = ("n", "n_events", "n_competing")
FROM_COUNTS = (*COUNTED, "events_per_variable")


def without_few_left_out(entry: Entry, before: Mapping[str, Any], minimum: int) -> Entry:
    """Where few patients of an outcome are not in a result of it, the result does not say how many are."""
    wholes = {
        outcome["outcome"]: outcome
        for outcome in before.get("outcomes") or ()
        if isinstance(outcome, Mapping) and "outcome" in outcome
    }
    if not wholes:
        return entry
    hidden = {
        key: [
            _without_counts(told) if _leaves_few(part, wholes.get(part.get("outcome")), minimum) else told
            for told, part in zip(entry[key], before[key], strict=True)
        ]
        for key in PARTS
        if before.get(key)
    }
    return {**entry, **hidden}


def _leaves_few(part: Mapping[str, Any], whole: Mapping[str, Any] | None, minimum: int) -> bool:
    if whole is None:
        return False
    pairs = [(whole[key], part[key]) for key in COUNTED if key in whole and key in part]
    return any(is_small(abs(all_ - some), minimum) for all_, some in pairs)


def _without_counts(told: Entry) -> Entry:
    gone: Entry = {key: None for key in FROM_COUNTS if key in told}
    if "at" in told:
        gone["at"] = [{**point, "n_risk": None, "n_events": None} for point in told["at"]]
    return {**told, **gone, "is_withheld": True}
