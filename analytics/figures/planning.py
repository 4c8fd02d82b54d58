"""How intervals narrow as patients come in: now, and where they are as narrow as wanted."""

from typing import Any

from analytics.figures.figure import Figure, Table
from analytics.figures.quantities import called, on_axis, shown_width
from analytics.figures.words import Words
from registry.presentation.rounding import MISSING
from registry.presentation.svg import Drawing, LinearScale, text_width

LEFT, TOP, WIDE, HIGH = 58.0, 40.0, 300.0, 150.0
COLUMN, LINE = LEFT + WIDE + 36, HIGH + 104
ACROSS = 2

Row = dict[str, Any]


def draw_planning(payload: dict[str, Any], words: Words) -> list[Figure]:
    """A panel an interval, two side by side."""
    gettext = words.gettext
    title = gettext("Half of the interval's width as patients come in")
    rows = [row for row in payload["rows"] if row["half_width"] is not None]
    lines = -(-len(rows) // ACROSS) or 1
    column = max([COLUMN, *(text_width(called(row, words), 12) + 24 for row in rows)])
    drawing = Drawing(
        "planning",
        width=column * ACROSS,
        height=TOP + LINE * lines,
        title=title,
        description=_described(rows, words),
    )
    drawing.text(0, 18, title, "fig-label fig-strong")
    for k, row in enumerate(rows):
        _panel(drawing, row, column * (k % ACROSS), TOP + LINE * (k // ACROSS), words)
    if not rows:
        drawing.text(0, TOP + 20, gettext("No interval can be foretold yet."), "fig-label fig-muted")
    return [Figure("planning", title, str(drawing), _table(title, payload, words))]


def _panel(drawing: Drawing, row: Row, left: float, top: float, words: Words) -> None:
    """The curve of one interval, a disc at the present size, a square where it is narrow enough."""
    gettext, curve, printed = words.gettext, row["curve"], on_axis(row)
    drawing.text(left, top + 14, called(row, words), "fig-small fig-strong")
    bottom = top + 28 + HIGH
    across = LinearScale(0, curve[-1]["size"], left + LEFT, left + LEFT + WIDE)
    up = LinearScale(0, max(point["half_width"] for point in curve) * 1.05, bottom, top + 28)
    for tick in up.ticks(4):
        drawing.line(across(0), up(tick), across(across.high), up(tick), "fig-grid")
        drawing.text(across(0) - 8, up(tick) + 4, printed(tick), "fig-small fig-muted", anchor="end")
    for tick in across.ticks(4):
        drawing.text(across(tick), bottom + 18, f"{tick:.0f}", "fig-small fig-muted", anchor="middle")
    drawing.line(across(0), bottom, across(across.high), bottom, "fig-axis")
    drawing.line(across(0), up(row["wanted"]), across(across.high), up(row["wanted"]), "fig-ref")
    drawing.polyline([(across(point["size"]), up(point["half_width"])) for point in curve], "fig-line-1")
    now = row["n_needed"] - row["n_more"] if row["n_more"] else row[_counted(row)]
    drawing.circle(across(now), up(row["half_width"]), 5, "fig-series-1")
    drawing.rectangle(across(row["n_needed"]) - 4.5, up(row["wanted"]) - 4.5, 9, 9, "fig-series-2")
    unit = gettext("Events") if row["unit"] == "events" else gettext("Patients")
    drawing.text(across(across.high / 2), bottom + 36, unit, "fig-small fig-muted", anchor="middle")
    said = gettext("now %(now)s with %(n)s; wanted %(wanted)s with %(needed)s") % {
        "now": shown_width(row, row["half_width"]),
        "n": now,
        "wanted": shown_width(row, row["wanted"]),
        "needed": row["n_needed"],
    }
    drawing.text(left + LEFT, bottom + 54, said, "fig-small")


def _counted(row: Row) -> str:
    return "n_events" if row["unit"] == "events" else "n"


def _table(title: str, payload: dict[str, Any], words: Words) -> Table:
    gettext = words.gettext
    rows = [
        (called(row, words), str(point["size"]), shown_width(row, point["half_width"]))
        for row in payload["rows"]
        for point in row["curve"]
    ]
    columns = (gettext("Number"), gettext("Patients or events"), gettext("Half of the width"))
    return Table.plain(title, columns, rows or [(MISSING, MISSING, MISSING)])


def _described(rows: list[Row], words: Words) -> str:
    gettext = words.gettext
    named = "; ".join(
        gettext("%(name)s: %(now)s now, %(wanted)s with %(needed)s")
        % {
            "name": called(row, words),
            "now": shown_width(row, row["half_width"]),
            "wanted": shown_width(row, row["wanted"]),
            "needed": row["n_needed"],
        }
        for row in rows
    )
    return f"{named}." if named else gettext("No interval can be foretold yet.")
