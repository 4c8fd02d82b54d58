"""How often each variable is missing, and which are missing together."""

from typing import Any

from analytics.figures.figure import Figure, Table
from analytics.figures.words import Words
from registry.presentation.rounding import MISSING, count, p_value, percent, share
from registry.presentation.svg import Drawing, LinearScale, text_width

TOP, ROW, BAR, CELL = 64.0, 28.0, 260.0, 26.0
MOST_PATTERNS = 16
NARROWEST = 720.0
"""A narrower drawing would be enlarged on the page."""


def draw_missingness(payload: dict[str, Any], words: Words) -> list[Figure]:
    """Bars of the variables, then the most frequent patterns."""
    return [_shares(payload, words), _patterns(payload, words)]


def shown_share(counted: dict[str, Any]) -> str:
    """Patients without a value, and their share."""
    return share(counted["count"], counted["proportion"])


def _shares(payload: dict[str, Any], words: Words) -> Figure:
    gettext, rows = words.gettext, payload["rows"]
    title = gettext("Patients without a value")
    columns = (
        gettext("All"),
        *(words.level(payload["outcome"], level) for level in ("yes", "no")),
        "P",
    )
    cells = [
        (
            shown_share(row),
            *(shown_share(row["by_outcome"][level]) for level in ("yes", "no")),
            p_value(row["p_value"]),
        )
        for row in rows
    ]
    labels = max(text_width(words.name(row["variable"])) for row in rows) + 16
    widths = [max(text_width(line[k]) for line in (columns, *cells)) + 18 for k in range(len(columns))]
    bottom = TOP + ROW * len(rows)
    drawing = Drawing(
        "missing",
        width=labels + BAR + 24 + sum(widths),
        height=bottom + 46,
        title=title,
        description=_described(payload, words),
    )
    drawing.text(0, 18, title, "fig-label fig-strong")
    largest = max((row["proportion"] or 0.0 for row in rows), default=0.0)
    across = LinearScale(0, max(largest * 1.05, 0.05), labels, labels + BAR)
    for tick in across.ticks(4):
        drawing.line(across(tick), TOP, across(tick), bottom, "fig-grid")
        drawing.text(across(tick), bottom + 18, f"{tick * 100:.3g}", "fig-small fig-muted", anchor="middle")
    drawing.text(labels + BAR / 2, bottom + 38, gettext("Missing, %"), "fig-small fig-muted", anchor="middle")
    _headed(drawing, columns, widths, labels + BAR + 24)
    for k, (row, line) in enumerate(zip(rows, cells, strict=True)):
        y = TOP + ROW * k
        drawing.text(0, y + 19, words.name(row["variable"]), "fig-label")
        if row["proportion"]:
            drawing.rectangle(labels, y + 7, across(row["proportion"]) - labels, ROW - 14, "fig-series-1")
        right = labels + BAR + 24
        for content, width in zip(line, widths, strict=True):
            right += width
            drawing.text(right, y + 19, content, "fig-label", anchor="end")
    named = [(words.name(row["variable"]), *line) for row, line in zip(rows, cells, strict=True)]
    return Figure("missing", title, str(drawing), Table.plain(title, (gettext("Variable"), *columns), named))


def _headed(drawing: Drawing, columns: tuple[str, ...], widths: list[float], right: float) -> None:
    for column, width in zip(columns, widths, strict=True):
        right += width
        drawing.text(right, TOP - 10, column, "fig-small fig-strong", anchor="end")


def _patterns(payload: dict[str, Any], words: Words) -> Figure:
    """A line a pattern: a filled square where the variable is missing, how many patients at the right."""
    gettext = words.gettext
    title = gettext("Which values are missing together")
    patterns = payload["patterns"][:MOST_PATTERNS]
    lacking = [code for code in payload["variables"] if any(code in each["lacking"] for each in patterns)]
    names = [words.name(code) for code in lacking]
    head = max((text_width(name, 12) for name in names), default=0.0) + 8
    top, grid = 34 + head, CELL * len(lacking)
    drawing = Drawing(
        "missing-patterns",
        width=max(grid + 180, NARROWEST),
        height=top + CELL * max(len(patterns), 1) + 12,
        title=title,
        description=gettext("%(n)s patients lack nothing.") % {"n": count(payload["n_complete"])},
    )
    drawing.text(0, 18, title, "fig-label fig-strong")
    for k, name in enumerate(names):
        x = CELL * (k + 0.5) + 4
        drawing.text(x, top - 6, name, "fig-small", rotate=-90)
    for line, pattern in enumerate(patterns):
        y = top + CELL * line
        for k, code in enumerate(lacking):
            css = "fig-series-1" if code in pattern["lacking"] else "fig-stripe"
            drawing.rectangle(CELL * k + 1, y + 1, CELL - 2, CELL - 2, css)
        said = gettext("1 patient") if pattern["n"] == 1 else gettext("%(n)s patients")
        said %= {"n": count(pattern["n"])}
        drawing.text(grid + 12, y + 18, said, "fig-label")
    if not patterns:
        drawing.text(
            0, top + 18, gettext("Withheld: some patterns have few patients."), "fig-label fig-muted"
        )
    rows = [
        (", ".join(words.name(code) for code in each["lacking"]) or gettext("Nothing"), count(each["n"]))
        for each in payload["patterns"]
    ]
    columns = (gettext("Missing"), gettext("Patients"))
    return Figure(
        drawing.name, title, str(drawing), Table.plain(title, columns, rows or [(MISSING, MISSING)])
    )


def _described(payload: dict[str, Any], words: Words) -> str:
    known = sorted(
        (row for row in payload["rows"] if row["proportion"]), key=lambda row: -float(row["proportion"])
    )
    named = "; ".join(f"{words.name(row['variable'])} {percent(row['proportion'])} %" for row in known[:3])
    if not named:
        return words.gettext("No value is missing, or the counts are withheld.")
    return words.gettext("Most often missing: %(named)s.") % {"named": named}
