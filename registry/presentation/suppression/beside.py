"""Results beside the whole they were taken from: the difference of their counts is a count too."""

from collections.abc import Mapping
from typing import Any

from registry.presentation.suppression.counts import Entry, is_small

PARTS = ("models", "areas")
COUNTED = ("n", "n_events", "n_competing")


def without_few_left_out(entry: Entry, before: Mapping[str, Any], minimum: int) -> Entry:
    """Where few patients of an outcome are not in a result of it, the result does not say how many are."""
    wholes = {
        outcome["outcome"]: outcome
        for outcome in before.get("outcomes") or ()
        if isinstance(outcome, Mapping) and "outcome" in outcome
    }
    if not wholes:
        return entry
    told = {
        key: [
            _without_counts(part, _telling(was, wholes.get(was.get("outcome")), minimum))
            for part, was in zip(entry[key], before[key], strict=True)
        ]
        for key in PARTS
        if before.get(key)
    }
    return {**entry, **told}


def _telling(part: Mapping[str, Any], whole: Mapping[str, Any] | None, minimum: int) -> set[str]:
    """The counts of a result that with those of its outcome would tell how few were left out, or of what."""
    if whole is None:
        return set()
    left_out = {key: whole[key] - part[key] for key in COUNTED if key in whole and key in part}
    telling = {key for key, count in left_out.items() if is_small(abs(count), minimum)}
    others = left_out.get("n", 0) - left_out.get("n_events", 0)
    return telling | ({"n", "n_events"} if is_small(abs(others), minimum) else set())


def _without_counts(told: Entry, telling: set[str]) -> Entry:
    if not telling:
        return told
    gone: Entry = dict.fromkeys(telling)
    if "n_events" in telling and "events_per_variable" in told:
        gone["events_per_variable"] = None
    if telling & {"n", "n_events"} and "at" in told:
        gone["at"] = [{**point, "n_risk": None, "n_events": None} for point in told["at"]]
    return {**told, **gone, "is_withheld": True}
