"""Estimates with their intervals, one a line, the numbers beside them."""

from collections.abc import Sequence
from dataclasses import dataclass

from analytics.figures.words import Words
from registry.presentation.svg import Drawing, LinearScale, LogScale, text_width

ROW, TOP, PLOT = 30.0, 64.0, 300.0


@dataclass(frozen=True)
class Line:
    """One line of a forest plot; a heading has a label only."""

    label: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    weight: float = 1.0
    numbers: tuple[str, ...] = ()
    is_heading: bool = False
    is_muted: bool = False


@dataclass(frozen=True)
class Axis:
    """What the lines are measured on."""

    title: str
    reference: float
    left: str
    right: str
    is_log: bool = False


def odds_axis(words: Words) -> Axis:
    """What odds ratios are measured on."""
    title, left, right = (
        words.gettext("Odds ratio (log scale)"),
        words.gettext("lower odds"),
        words.gettext("higher odds"),
    )
    return Axis(title, 1.0, left, right, is_log=True)


def hazard_axis(words: Words) -> Axis:
    """What hazard ratios are measured on."""
    title, left, right = (
        words.gettext("Hazard ratio (log scale)"),
        words.gettext("later or fewer"),
        words.gettext("sooner or more"),
    )
    return Axis(title, 1.0, left, right, is_log=True)


def forest(
    name: str, title: str, description: str, lines: Sequence[Line], axis: Axis, columns: Sequence[str]
) -> Drawing:
    """Draw the lines over a common axis, marker area by weight, numbers at the right."""
    labels = max(text_width(line.label) for line in lines) + 18
    widths = [_column_width(lines, columns, k) for k in range(len(columns))]
    bottom = TOP + ROW * len(lines)
    drawing = Drawing(
        name, width=labels + PLOT + 28 + sum(widths), height=bottom + 58, title=title, description=description
    )
    drawing.text(0, 18, title, "fig-label fig-strong")
    scale = _scale(lines, axis, labels, labels + PLOT)
    for k in range(0, len(lines), 2):
        drawing.rectangle(0, TOP + k * ROW, drawing.width, ROW, "fig-stripe")
    _ticks(drawing, scale, axis, bottom)

    right = labels + PLOT + 28
    for column, width in zip(columns, widths, strict=True):
        right += width
        drawing.text(right, TOP - 10, column, "fig-small fig-strong", anchor="end")
    for k, line in enumerate(lines):
        _line(drawing, line, TOP + (k + 0.5) * ROW, scale, widths, labels + PLOT + 28)
    return drawing


def _line(
    drawing: Drawing,
    line: Line,
    y: float,
    scale: LinearScale | LogScale,
    widths: Sequence[float],
    right: float,
) -> None:
    css = "fig-label fig-muted" if line.is_muted else "fig-label"
    drawing.text(
        4 if line.is_heading else 12, y + 5, line.label, f"{css} fig-strong" if line.is_heading else css
    )
    for content, width in zip(line.numbers, widths, strict=False):
        right += width
        drawing.text(right, y + 5, content, css, anchor="end")
    if line.value is None:
        return
    if line.low is not None and line.high is not None:
        _interval(drawing, line.low, line.high, y, scale)
    if scale.low <= line.value <= scale.high:
        side = 4 + 6 * line.weight**0.5
        drawing.rectangle(scale(line.value) - side / 2, y - side / 2, side, side, "fig-series-1")


def _interval(drawing: Drawing, low: float, high: float, y: float, scale: LinearScale | LogScale) -> None:
    """The interval as a line, with an arrow head where it leaves the axis."""
    start, end = scale(min(max(low, scale.low), scale.high)), scale(min(max(high, scale.low), scale.high))
    drawing.line(start, y, end, y, "fig-line-1")
    if low < scale.low:
        drawing.polygon([(start - 1, y), (start + 8, y - 4), (start + 8, y + 4)], "fig-series-1")
    if high > scale.high:
        drawing.polygon([(end + 1, y), (end - 8, y - 4), (end - 8, y + 4)], "fig-series-1")


def _ticks(drawing: Drawing, scale: LinearScale | LogScale, axis: Axis, bottom: float) -> None:
    start, end = scale(scale.low), scale(scale.high)
    drawing.line(start, bottom, end, bottom, "fig-axis")
    for tick in scale.ticks():
        drawing.line(scale(tick), bottom, scale(tick), bottom + 5, "fig-axis")
        drawing.text(
            scale(tick),
            bottom + 19,
            f"{tick:.4g}".replace("-", "\u2212"),
            "fig-small fig-muted",
            anchor="middle",
        )
    reference = scale(axis.reference)
    drawing.line(reference, TOP, reference, bottom, "fig-ref")
    drawing.text((start + end) / 2, bottom + 39, axis.title, "fig-small fig-muted", anchor="middle")
    drawing.text(reference - 10, TOP - 10, f"← {axis.left}", "fig-small fig-muted", anchor="end")
    drawing.text(reference + 10, TOP - 10, f"{axis.right} →", "fig-small fig-muted")


def _scale(lines: Sequence[Line], axis: Axis, start: float, end: float) -> LinearScale | LogScale:
    """An axis that holds every estimate and the reference, and intervals up to a reasonable length."""
    values = [line.value for line in lines if line.value is not None]
    ends = [
        edge for line in lines if line.value is not None for edge in (line.low, line.high) if edge is not None
    ]
    if axis.is_log:
        low = max(min([*values, *ends, 0.8]), min([*values, 1.0]) / 8, 1e-4) / 1.1
        high = min(max([*values, *ends, 1.25]), max([*values, 1.0]) * 8, 1e4) * 1.1
        return LogScale(low, high, start, end)
    reach = max([abs(value - axis.reference) for value in (*values, *ends)] + [0.25]) * 1.08
    return LinearScale(axis.reference - reach, axis.reference + reach, start, end)


def _column_width(lines: Sequence[Line], columns: Sequence[str], k: int) -> float:
    contents = [line.numbers[k] for line in lines if len(line.numbers) > k]
    return max(text_width(content) for content in (*contents, columns[k])) + 20
