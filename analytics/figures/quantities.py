"""How a number that a plan follows is called, and how it and its precision are printed."""

from collections.abc import Callable
from math import exp
from typing import Any

from analytics.figures.words import Words, inside
from registry.presentation.rounding import MISSING, interval, number, percent, ratio, ratio_interval

Row = dict[str, Any]

RATIOS = ("odds_ratio", "hazard_ratio", "log_odds_ratio", "log_hazard_ratio")
ODDS = ("odds_ratio", "log_odds_ratio")


def called(row: Row, words: Words) -> str:
    """What a number is: Correlation of magnesium and AAC-24 score."""
    gettext, quantity = words.gettext, row["quantity"]
    if quantity == "correlation":
        x, y = (words.inside(code) for code in row["about"].split("~"))
        return gettext("Correlation of %(x)s and %(y)s") % {"x": x, "y": y}
    outcome = words.inside(row["outcome"])
    if quantity == "proportion":
        return gettext("Share with %(outcome)s") % {"outcome": outcome}
    if quantity == "auc":
        return gettext("AUC of %(marker)s for %(outcome)s") % {
            "marker": words.inside(row["about"]),
            "outcome": outcome,
        }
    text = gettext("Odds ratio of %(outcome)s: %(term)s")
    if quantity not in ODDS:
        text = gettext("Hazard ratio of %(outcome)s: %(term)s")
    return text % {"outcome": outcome, "term": inside(_term(row["about"], words))}


def is_ratio(row: Row) -> bool:
    """Whether a number is kept as the logarithm of a ratio."""
    return row["quantity"] in RATIOS


def shown(row: Row, value: float | None) -> str:
    """The number itself: a ratio again, a share in percent."""
    if value is None:
        return MISSING
    if is_ratio(row):
        return ratio(exp(value))
    return f"{percent(value)}\u00a0%" if row["quantity"] == "proportion" else number(value, 3)


def shown_interval(row: Row, low: float | None, high: float | None) -> str:
    """Both ends of its interval."""
    if low is None or high is None:
        return MISSING
    if is_ratio(row):
        return ratio_interval(exp(low), exp(high))
    return interval(low, high, 3)


def shown_width(row: Row, half_width: float | None) -> str:
    """Half of an interval's width: to each side, or the factor up and down."""
    if half_width is None:
        return MISSING
    if is_ratio(row):
        return f"×/÷ {number(exp(half_width))}"
    if row["quantity"] == "proportion":
        return f"± {number(half_width * 100, 1)}\u00a0%"
    return f"± {number(half_width, 3)}"


def sized(row: Row, size: float | None, words: Words) -> str:
    """How many patients or events, whichever its precision goes by."""
    if size is None:
        return MISSING
    unit = words.gettext("%(n)s events") if row["unit"] == "events" else words.gettext("%(n)s patients")
    return unit % {"n": number(size, 0)}


def on_axis(row: Row) -> Callable[[float], str]:
    """A half-width as an axis prints it."""
    if row["quantity"] == "proportion":
        return lambda half: f"{half * 100:.3g}\u00a0%"
    return (lambda half: number(exp(half))) if is_ratio(row) else (lambda half: f"{half:.3g}")


def _term(code: str, words: Words) -> str:
    variable = words.variables.get(code, {})
    return words.term(
        {"variable": code, "level": None, "per": variable.get("per", 1 if "each" in variable else None)}
    )
