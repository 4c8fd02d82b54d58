"""Curves of markers: what they are read by, how they are compared, and what they add."""

from collections.abc import Iterable, Sequence
from typing import Any

from analytics.methods.statement import Statement
from analytics.plan import EVENTS_NEEDED, Definition, Variables


def of_roc(questions: Sequence[Definition], variables: Variables) -> Iterable[Statement]:
    yield Statement("area")
    yield from _once("resampled_area", questions, ("resamples", "seed"))
    yield from _once("partial_area", questions, ("partial",))
    yield Statement("direction")
    yield Statement("cut_off")
    rules = {rule: None for question in questions for rule in question.get("rules", {}).items()}
    if rules:
        yield Statement("cut_off_rules", {"rules": list(rules)})
    named = {marker: cuts for each in questions for marker, cuts in each.get("thresholds", {}).items()}
    if named:
        yield Statement("named_cut_offs", {"thresholds": named})
    yield from _once("resampled_cut_off", questions, ("resamples",))
    yield Statement("predictive_values")
    for question in questions:
        for combined in question.get("combined", []):
            yield Statement("combined", {**combined, "outcome": question["outcome"]})
    yield from _once("corrected_area", questions, ("resamples", "crossvalidation"))
    yield from _once("markers_compared", questions, ("compare",))
    for question in questions:
        for added in question.get("added", []):
            yield Statement("added", {**added, "outcome": question["outcome"]})
    if any("added" in question for question in questions):
        yield Statement("reclassification")
    parts = {code: None for question in questions for code in question.get("report_by", [])}
    if parts:
        yield Statement("areas_in_parts", {"variables": list(parts)})
    if any(question.get("across_sites") for question in questions):
        yield Statement("areas_across_sites")
    yield Statement("events_needed", {"needed": EVENTS_NEEDED})


def _once(code: str, questions: Sequence[Definition], names: tuple[str, ...]) -> Iterable[Statement]:
    """A statement for each way in which the questions that ask for it want it."""
    wanted: list[dict[str, Any]] = [
        {name: question[name] for name in names}
        for question in questions
        if all(name in question for name in names)
    ]
    for place, found in enumerate(wanted):
        if found not in wanted[:place]:
            yield Statement(code, found)
