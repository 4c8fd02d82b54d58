"""Group differences as standardised mean differences, on one axis for all variables."""

from typing import Any

from analytics.figures.figure import Figure, Table
from analytics.figures.forest import Axis, Line, forest
from analytics.figures.words import Words, inside
from registry.presentation.rounding import MISSING, interval, number, p_value, with_interval

KEY = 24.0


def draw_comparison(payload: dict[str, Any], words: Words) -> list[Figure]:
    """The variables in the plan's order; a variable without a single difference shows its test only."""
    gettext, are_many = words.gettext, len(payload["groups"]) > 2
    groups = [inside(words.level(payload["by"], group)) for group in payload["groups"]]
    title = (
        gettext("Largest standardised difference of any two groups")
        if are_many
        else gettext("Standardised differences: %(first)s against %(second)s")
        % dict(zip(("first", "second"), groups, strict=True))
    )
    axis = Axis(
        gettext("Standardised mean difference"),
        0.0,
        gettext("lower in %(group)s") % {"group": gettext("the first") if are_many else groups[0]},
        gettext("higher"),
    )
    columns = (*([gettext("Between")] if are_many else []), gettext("SMD (95 % CI)"), "P")
    lines = [_line(row, payload, words) for row in payload["rows"]]
    drawing = forest("differences", title, _described(payload, words), lines, axis, columns)
    if are_many:
        # Their names would make the figure too wide for a telephone.
        drawing.height += KEY
        named = "; ".join(f"{number}: {group}" for number, group in enumerate(groups, 1))
        drawing.text(0, drawing.height - 8, named, "fig-small fig-muted")
    return [Figure("differences", title, str(drawing), _table(title, payload, words))]


def row_name(row: dict[str, Any], words: Words) -> str:
    """A row's variable, with the level that is counted where that is not plain."""
    name = words.name(row["variable"])
    if row.get("level") in (None, "yes"):
        return name
    return f"{name}: {inside(words.level(row['variable'], row['level']))}"


def _line(row: dict[str, Any], payload: dict[str, Any], words: Words) -> Line:
    name = row_name(row, words)
    between = [_numbered(row, payload)] if len(payload["groups"]) > 2 else []
    shown = with_interval(row["smd"], row["smd_ci_low"], row["smd_ci_high"])
    numbers = (*between, shown, p_value(_primary(row)))
    if row["smd"] is None:
        return Line(name, numbers=numbers, is_muted=True)
    if "levels" in row:
        # Of several levels it is a distance, without a side.
        return Line(name, numbers=numbers)
    return Line(name, row["smd"], row["smd_ci_low"], row["smd_ci_high"], 0.5, numbers)


def _numbered(row: dict[str, Any], payload: dict[str, Any]) -> str:
    """The two groups that lie farthest apart, by their numbers in the key."""
    if row["smd_between"] is None:
        return MISSING
    return " – ".join(str(payload["groups"].index(group) + 1) for group in row["smd_between"])


def _between(row: dict[str, Any], payload: dict[str, Any], words: Words) -> str:
    """The two groups that lie farthest apart."""
    if row["smd_between"] is None:
        return MISSING
    return " – ".join(inside(words.level(payload["by"], group)) for group in row["smd_between"])


def _primary(row: dict[str, Any]) -> float | None:
    return next((test["p_value"] for test in row["tests"] if test["is_primary"]), None)


def _table(title: str, payload: dict[str, Any], words: Words) -> Table:
    gettext, are_many = words.gettext, len(payload["groups"]) > 2
    rows = tuple(
        (
            words.name(row["variable"]),
            *([_between(row, payload, words)] if are_many else []),
            number(row["smd"], 3),
            interval(row["smd_ci_low"], row["smd_ci_high"], 3),
        )
        for row in payload["rows"]
    )
    between = [gettext("Between")] if are_many else []
    return Table.plain(title, (gettext("Variable"), *between, "SMD", gettext("95 % CI")), rows)


def _described(payload: dict[str, Any], words: Words) -> str:
    known = sorted(
        (row for row in payload["rows"] if row["smd"] is not None), key=lambda row: -abs(row["smd"])
    )
    named = "; ".join(f"{words.name(row['variable'])} {number(row['smd'])}" for row in known[:3])
    return words.gettext("Largest differences: %(named)s.") % {"named": named}
