"""Cells of the tables of curves."""

from analytics.figures.words import Words, gettext_noop
from analytics.tables.cells import NOT_COUNTED, Payload
from registry.presentation.rounding import interval, number, percent, ratio, ratio_interval

RULES = {
    "closest_topleft": gettext_noop("closest to the corner"),
    "sensitivity_at_least": gettext_noop("sensitivity ≥ %(share)s %%"),
    "specificity_at_least": gettext_noop("specificity ≥ %(share)s %%"),
    "given": gettext_noop("as planned"),
}


def area(entry: Payload) -> str:
    """An area with its interval."""
    return with_limits(entry["auc"], entry["ci_low"], entry["ci_high"])


def with_limits(value: float | None, low: float | None, high: float | None, decimals: int = 3) -> str:
    if value is None:
        return NOT_COUNTED
    if low is None or high is None:
        return number(value, decimals)
    return f"{number(value, decimals)} ({interval(low, high, decimals)})"


def share(entry: Payload, name: str) -> str:
    """A proportion and its interval in percent."""
    value, limits = entry[name], entry[f"{name}_ci"]
    if value is None or limits is None:
        return NOT_COUNTED
    return f"{number(value * 100, 1)} ({interval(limits[0] * 100, limits[1] * 100, 1)})"


def likelihood_ratio(point: Payload, name: str) -> str:
    value, limits = point[name], point[f"{name}_ci"]
    if value is None:
        return NOT_COUNTED
    return ratio(value) if limits is None else f"{ratio(value)} ({ratio_interval(*limits)})"


def cut_off(curve: Payload, threshold: float | None, words: Words) -> str:
    """At or above, or at or below, the threshold."""
    if threshold is None:
        return NOT_COUNTED
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
