"""Cells of the tables of curves."""

from analytics.figures.words import Words, gettext_noop
from analytics.tables.cells import Payload
from registry.presentation.rounding import (
    MISSING,
    number,
    percent,
    percent_with_interval,
    ratio_with_interval,
    with_interval,
)

RULES = {
    "closest_topleft": gettext_noop("closest to the corner"),
    "sensitivity_at_least": gettext_noop("sensitivity ≥ %(share)s %%"),
    "specificity_at_least": gettext_noop("specificity ≥ %(share)s %%"),
    "given": gettext_noop("as planned"),
}


def area(entry: Payload) -> str:
    """An area with its interval."""
    return with_interval(entry["auc"], entry["ci_low"], entry["ci_high"], decimals=3)


def proportion(entry: Payload, name: str) -> str:
    """A proportion and its interval in percent."""
    return percent_with_interval(entry[name], *(entry[f"{name}_ci"] or (None, None)))


def likelihood_ratio(point: Payload, name: str) -> str:
    return ratio_with_interval(point[name], *(point[f"{name}_ci"] or (None, None)))


def cut_off(curve: Payload, threshold: float | None, words: Words) -> str:
    """At or above, or at or below, the threshold."""
    if threshold is None:
        return MISSING
    return f"{'≥' if curve['direction'] == '<' else '≤'} {value(curve, threshold, words)}"


def value(curve: Payload, threshold: float | None, words: Words) -> str:
    """A threshold in the marker's decimals and one more, a risk with three."""
    if "title" in curve:
        return number(threshold, 3)
    return words.value(curve["marker"], threshold, finer=1)


def rule(point: Payload, words: Words) -> str:
    """What a cut-off was chosen by."""
    named = words.gettext(RULES[point["rule"]])
    return named % {"share": percent(point["wanted"])} if point["rule"].endswith("_at_least") else named
