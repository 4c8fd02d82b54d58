"""Group differences as standardised mean differences, on one axis for all variables."""

from typing import Any

from analytics.figures.figure import Figure, Table
from analytics.figures.forest import Axis, Line, forest
from analytics.figures.words import Words, inside
from registry.presentation.rounding import interval, number, p_value


def draw_comparison(payload: dict[str, Any], words: Words) -> list[Figure]:
    """The variables in the plan's order; a variable without a single difference shows its test only."""
    gettext = words.gettext
    first, second = (words.level(payload["by"], group) for group in payload["groups"][:2])
    title = gettext("Standardised differences: %(first)s against %(second)s") % {
        "first": inside(first),
        "second": inside(second),
    }
    lines = [_line(row, words) for row in payload["rows"]]
    axis = Axis(
        gettext("Standardised mean difference"),
        0.0,
        gettext("lower in %(group)s") % {"group": inside(first)},
        gettext("higher"),
    )
    drawing = forest(
        "differences", title, _described(payload, words), lines, axis, (gettext("SMD (95 % CI)"), "P")
    )
    return [Figure("differences", title, str(drawing), _table(title, payload, words))]


def _line(row: dict[str, Any], words: Words) -> Line:
    name = words.name(row["variable"])
    if row.get("level") not in (None, "yes"):
        name = f"{name}: {inside(words.level(row['variable'], row['level']))}"
    if row["smd"] is None:
        return Line(name, numbers=("–", p_value(_primary(row))), is_muted=True)
    shown = number(row["smd"])
    if row["smd_ci_low"] is not None:
        shown = f"{shown} ({interval(row['smd_ci_low'], row['smd_ci_high'])})"
    if "levels" in row:
        # Of several levels it is a distance, without a side.
        return Line(name, numbers=(shown, p_value(_primary(row))))
    return Line(name, row["smd"], row["smd_ci_low"], row["smd_ci_high"], 0.5, (shown, p_value(_primary(row))))


def _primary(row: dict[str, Any]) -> float | None:
    return next((test["p_value"] for test in row["tests"] if test["is_primary"]), None)


def _table(title: str, payload: dict[str, Any], words: Words) -> Table:
    gettext = words.gettext
    rows = tuple(
        (
            words.name(row["variable"]),
            number(row["smd"], 3),
            interval(row["smd_ci_low"], row["smd_ci_high"], 3),
        )
        for row in payload["rows"]
    )
    return Table.plain(title, (gettext("Variable"), "SMD", gettext("95 % CI")), rows)


def _described(payload: dict[str, Any], words: Words) -> str:
    known = sorted(
        (row for row in payload["rows"] if row["smd"] is not None), key=lambda row: -abs(row["smd"])
    )
    named = "; ".join(f"{words.name(row['variable'])} {number(row['smd'])}" for row in known[:3])
    return words.gettext("Largest differences: %(named)s.") % {"named": named}
