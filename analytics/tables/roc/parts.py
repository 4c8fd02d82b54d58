"""Areas within levels of the variables that the plan names, and whether sites differ."""

from analytics.figures.figure import Row, Table
from analytics.figures.words import Words
from analytics.tables.cells import Payload
from analytics.tables.roc.cells import area
from registry.presentation.rounding import MISSING, count, p_value


def within_parts(payload: Payload, words: Words) -> list[Table]:
    """A table a variable."""
    lines: dict[str, list[Row]] = {}
    for curve in payload["curves"]:
        for subgroup in curve.get("subgroups", ()):
            rows = lines.setdefault(subgroup["variable"], [])
            rows.append(Row((words.curve(curve), "", "", "", p_value(subgroup["p_value"]))))
            for within in subgroup["within"]:
                level = words.level(subgroup["variable"], within["level"])
                counts = (count(within["n"]), count(within["n_events"]))
                shown = MISSING if within["auc"] is None else area(within)
                rows.append(Row((level, *counts, shown, ""), "sub"))
    gettext = words.gettext
    columns = (gettext("Marker"), "n", gettext("Events"), gettext("AUC (95\u00a0%\u00a0CI)"), "P")
    note = gettext(
        "P: DeLong's unpaired test of two levels, one test where more have an area; the direction is that of "
        "all patients."
    )
    caption = gettext("Areas by %(variable)s")
    return [
        Table(caption % {"variable": words.inside(variable)}, columns, tuple(rows), _noted(note, rows, words))
        for variable, rows in lines.items()
    ]


def _noted(note: str, rows: list[Row], words: Words) -> str:
    """The note, and why some areas are dashes where any is."""
    if not any(row.cells[3] == MISSING for row in rows):
        return note
    return f"{note} " + words.gettext("–: too few patients with or without the event for an area.")


def across_sites(payload: Payload, words: Words) -> Table | None:
    """One test a marker; no site's own area is told."""
    gettext = words.gettext
    rows = tuple(
        Row(
            (
                words.curve(curve),
                count(curve["across_sites"]["tested"]),
                p_value(curve["across_sites"]["p_value"]),
            )
        )
        for curve in payload["curves"]
        if curve.get("across_sites")
    )
    if not rows:
        return None
    note = gettext(
        "One test of all sites with enough patients with and without the event; no site's own area is told."
    )
    return Table(gettext("Areas from site to site"), (gettext("Marker"), gettext("Sites"), "P"), rows, note)
