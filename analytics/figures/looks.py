"""Estimates with the interval for one look and for every look; test statistics against their boundaries."""

from typing import Any

from analytics.figures.figure import Figure, Table
from analytics.figures.quantities import called, shown, shown_interval, sized
from analytics.figures.words import Words
from registry.presentation.rounding import MISSING, number
from registry.presentation.svg import Drawing, LinearScale, text_width

TOP, LINE, PLOT = 64.0, 34.0, 300.0
LEFT, WIDE, HIGH, BLOCK = 58.0, 420.0, 200.0, 300.0
LEAST_REACH = 4.0
"""Standard errors that the axes reach at least."""

Row = dict[str, Any]


def draw_looks(payload: dict[str, Any], words: Words) -> list[Figure]:
    """The estimates one below the other, then a panel a hypothesis; each where there are any."""
    figures = [_estimates(payload["rows"], words)] if payload["rows"] else []
    return [*figures, _boundaries(payload["hypotheses"], words)] if payload["hypotheses"] else figures


def _estimates(rows: list[Row], words: Words) -> Figure:
    """On a common axis, standard errors from no effect, with the numbers themselves at the right."""
    gettext = words.gettext
    title = gettext("Estimates, for one look and for every look")
    columns = (gettext("Estimate"), gettext("One look"), gettext("Every look"), gettext("Look"))
    cells = [_cells(row) for row in rows]
    widths = [max(text_width(line[k]) for line in (columns, *cells)) + 18 for k in range(len(columns))]
    labels = max(text_width(called(row, words)) for row in rows) + 16
    bottom = TOP + LINE * len(rows)
    drawing = Drawing(
        "looks-estimates",
        width=labels + PLOT + 24 + sum(widths),
        height=bottom + 72,
        title=title,
        description=_described(rows, words),
    )
    drawing.text(0, 18, title, "fig-label fig-strong")
    reach = (
        max([LEAST_REACH, *(abs(row["from_null"]) + row["always_multiple"] for row in _known(rows))]) * 1.05
    )
    across = LinearScale(-reach, reach, labels, labels + PLOT)
    for k in range(0, len(rows), 2):
        drawing.rectangle(0, TOP + LINE * k, drawing.width, LINE, "fig-stripe")
    _axis(drawing, across, bottom, gettext("Standard errors from no effect"))
    right = labels + PLOT + 24
    for column, width in zip(columns, widths, strict=True):
        right += width
        drawing.text(right, TOP - 10, column, "fig-small fig-strong", anchor="end")
    for k, (row, line) in enumerate(zip(rows, cells, strict=True)):
        y = TOP + LINE * (k + 0.5)
        drawing.text(8, y + 5, called(row, words))
        right = labels + PLOT + 24
        for content, width in zip(line, widths, strict=True):
            right += width
            drawing.text(right, y + 5, content, anchor="end")
        if row["from_null"] is not None:
            _intervals(drawing, row, y, across)
    _legend(drawing, labels, bottom + 62, words)
    named = [(called(row, words), *line) for row, line in zip(rows, cells, strict=True)]
    return Figure(drawing.name, title, str(drawing), Table.plain(title, (gettext("Number"), *columns), named))


def _intervals(drawing: Drawing, row: Row, y: float, across: LinearScale) -> None:
    at = row["from_null"]
    for multiple, css, dash in (("always", "fig-line-2", "7 4"), ("fixed", "fig-line-1", "")):
        half = row[f"{multiple}_multiple"]
        place = y + (4 if multiple == "always" else -4)
        drawing.line(across(at - half), place, across(at + half), place, css, dash=dash)
    drawing.rectangle(across(at) - 4, y - 8, 8, 8, "fig-series-1")


def _axis(drawing: Drawing, across: LinearScale, bottom: float, title: str) -> None:
    drawing.line(across(across.low), bottom, across(across.high), bottom, "fig-axis")
    for tick in across.ticks(6):
        drawing.line(across(tick), bottom, across(tick), bottom + 5, "fig-axis")
        drawing.text(across(tick), bottom + 19, number(tick, 0), "fig-small fig-muted", anchor="middle")
    drawing.line(across(0), TOP, across(0), bottom, "fig-ref")
    drawing.text(across(0), bottom + 38, title, "fig-small fig-muted", anchor="middle")


def _legend(drawing: Drawing, left: float, y: float, words: Words) -> None:
    one, every = words.gettext("for one look"), words.gettext("for every look")
    drawing.line(left, y - 4, left + 26, y - 4, "fig-line-1")
    drawing.text(left + 32, y, one, "fig-small")
    start = left + 56 + text_width(one, 12)
    drawing.line(start, y - 4, start + 26, y - 4, "fig-line-2", dash="7 4")
    drawing.text(start + 32, y, every, "fig-small")


def _boundaries(hypotheses: list[Row], words: Words) -> Figure:
    gettext = words.gettext
    title = gettext("Test statistics against their boundaries")
    drawing = Drawing(
        "looks-boundaries",
        width=max(LEFT + WIDE + 24, *(text_width(named(each, words)) + 8 for each in hypotheses), 720.0),
        height=40 + BLOCK * len(hypotheses),
        title=title,
        description="; ".join(f"{named(each, words)}: {decision(each, words)}" for each in hypotheses),
    )
    drawing.text(0, 18, title, "fig-label fig-strong")
    for k, hypothesis in enumerate(hypotheses):
        _panel(drawing, hypothesis, 40 + BLOCK * k, words)
    rows = [
        (named(each, words), number(look["fraction"] * 100, 1), number(look["z"]), number(look["boundary"]))
        for each in hypotheses
        for look in each["looks"]
    ]
    columns = (gettext("Hypothesis"), gettext("Information, %"), "z", gettext("Boundary"))
    return Figure(
        drawing.name,
        title,
        str(drawing),
        Table.plain(title, columns, rows or [(MISSING, MISSING, MISSING, MISSING)]),
    )


def _panel(drawing: Drawing, hypothesis: Row, top: float, words: Words) -> None:
    """The looks as discs, their boundaries as a line on the side or sides that count, to the planned end."""
    drawing.text(0, top + 12, named(hypothesis, words), "fig-small fig-strong")
    drawing.text(0, top + 30, decision(hypothesis, words), "fig-small fig-muted")
    looks, start, bottom = hypothesis["looks"], top + 44, top + 44 + HIGH
    edge = [(look["fraction"], look["boundary"]) for look in looks]
    if hypothesis["at_end"] is not None:
        edge.append((1.0, hypothesis["at_end"]))
    farthest = max([LEAST_REACH, *(z for _share, z in edge), *(abs(look["z"]) for look in looks)]) * 1.05
    across = LinearScale(0, max([1.0, *(share for share, _z in edge)]), LEFT, LEFT + WIDE)
    up = LinearScale(-farthest, farthest, bottom, start)
    for tick in up.ticks(5):
        drawing.line(across(0), up(tick), across(across.high), up(tick), "fig-grid")
        drawing.text(across(0) - 8, up(tick) + 4, number(tick, 0), "fig-small fig-muted", anchor="end")
    for tick in across.ticks():
        drawing.text(across(tick), bottom + 18, number(tick * 100, 0), "fig-small fig-muted", anchor="middle")
    drawing.line(across(0), up(0), across(across.high), up(0), "fig-ref")
    drawing.line(across(0), bottom, across(across.high), bottom, "fig-axis")
    for side in _sides(hypothesis):
        if len(edge) > 1:
            drawing.polyline([(across(x), up(side * z)) for x, z in edge], "fig-line-2", dash="7 4")
        for x, z in edge:
            drawing.rectangle(across(x) - 3, up(side * z) - 3, 6, 6, "fig-series-2")
    if len(looks) > 1:
        drawing.polyline([(across(look["fraction"]), up(look["z"])) for look in looks], "fig-line-1")
    for look in looks:
        drawing.circle(across(look["fraction"]), up(look["z"]), 4.5, "fig-series-1")
    title = words.gettext("Information, % of what was planned")
    drawing.text(LEFT + WIDE / 2, bottom + 36, title, "fig-small fig-muted", anchor="middle")


def named(hypothesis: Row, words: Words) -> str:
    """The title that the plan gives a hypothesis, else what it is about."""
    return words.gettext(hypothesis["title"]) if hypothesis["title"] else called(hypothesis, words)


def decision(hypothesis: Row, words: Words) -> str:
    """What the looks so far have decided."""
    gettext, status = words.gettext, hypothesis["status"]
    if status is None:
        return gettext("not tested")
    if status == "crossed":
        return gettext("boundary crossed at look %(look)s") % {"look": number(hypothesis["crossed_at"], 0)}
    if status == "ended":
        return gettext("planned end reached, boundary not crossed")
    next_at = hypothesis["next_at"]
    if status == "waiting":
        return gettext("first look at %(size)s") % {"size": sized(hypothesis, next_at, words)}
    size = sized(hypothesis, next_at, words)
    if not hypothesis["looks"]:
        return gettext("not crossed so far; next look at %(size)s") % {"size": size}
    return gettext("not crossed at look %(look)s; next look at %(size)s") % {
        "look": hypothesis["looks"][-1]["look"],
        "size": size,
    }


def _sides(hypothesis: Row) -> tuple[int, ...]:
    if hypothesis["sides"] == 2:
        return (1, -1)
    return (-1,) if hypothesis["alternative"] == "less" else (1,)


def _cells(row: Row) -> tuple[str, ...]:
    return (
        shown(row, row["value"]),
        shown_interval(row, row["ci_low"], row["ci_high"]),
        shown_interval(row, row["always_low"], row["always_high"]),
        number(row["look"], 0),
    )


def _known(rows: list[Row]) -> list[Row]:
    return [row for row in rows if row["from_null"] is not None]


def _described(rows: list[Row], words: Words) -> str:
    named = "; ".join(
        words.gettext("%(name)s %(value)s (for every look %(interval)s)")
        % {
            "name": called(row, words),
            "value": shown(row, row["value"]),
            "interval": shown_interval(row, row["always_low"], row["always_high"]),
        }
        for row in _known(rows)
    )
    return f"{named}." if named else words.gettext("Nothing can be estimated yet.")
