"""The shape of each measurement in each group: shown, never used to choose a test."""

from analytics.figures.figure import Row, Table
from analytics.figures.words import Words
from analytics.tables.cells import Payload
from registry.presentation.rounding import MISSING, number, p_value


def shapes(payload: Payload, words: Words) -> Table | None:
    """A line a measurement; none where only categories are compared."""
    gettext = words.gettext
    measured = [row for row in payload["rows"] if row["scale"] == "continuous"]
    if not measured:
        return None
    rows = tuple(
        Row((words.name(row["variable"]), *(_shape(row["groups"][group]) for group in payload["groups"])))
        for row in measured
    )
    groups = [words.level(payload["by"], group) for group in payload["groups"]]
    note = gettext(
        "Skewness, and in brackets the P of Shapiro and Wilk's test of normality. Neither chooses a test: "
        "the plan declares which variables are skewed."
    )
    return Table(gettext("Shape of the distributions"), (gettext("Variable"), *groups), rows, note)


def _shape(cell: Payload) -> str:
    if cell["skewness"] is None:
        return MISSING
    return f"{number(cell['skewness'])} ({p_value(cell['shapiro_wilk_p_value'])})"
