"""One quantity of one patient over time, with its reference band and the patient's events."""

from collections.abc import Sequence
from dataclasses import dataclass

from registry.presentation.svg import Drawing, LinearScale

WIDTH, HEIGHT = 340, 150
LEFT, RIGHT, TOP, BOTTOM = 46, 12, 28, 26


@dataclass(frozen=True)
class Point:
    """One measurement: where on the time axis, how much, and whether only a bound is known."""

    at: float
    value: float
    shown: str
    is_bound: bool = False


@dataclass(frozen=True)
class TimeAxis:
    """The time axis that all figures of a patient share."""

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]


def draw_course(
    name: str,
    *,
    title: str,
    description: str,
    points: Sequence[Point],
    axis: TimeAxis,
    band: tuple[float | None, float | None],
    events: Sequence[tuple[float, str]],
    floor: float | None = None,
) -> str:
    """A small time course as an SVG element; events are lettered, a floor is always on the axis."""
    drawing = Drawing(name, width=WIDTH, height=HEIGHT, title=title, description=description)
    values = [point.value for point in points] + [edge for edge in band if edge is not None]
    low, high = _padded(min(values), max(values)) if floor is None else (floor, max(3.0, *values) * 1.1)
    across = LinearScale(axis.low, axis.high, LEFT, WIDTH - RIGHT)
    up = LinearScale(low, high, HEIGHT - BOTTOM, TOP)
    if band != (None, None):
        top, bottom = up(high if band[1] is None else band[1]), up(low if band[0] is None else band[0])
        drawing.rectangle(LEFT, top, WIDTH - LEFT - RIGHT, bottom - top, "fig-band")
    drawing.text(4, 16, title, "fig-label fig-strong")
    for tick in up.ticks(3):
        drawing.text(LEFT - 6, up(tick) + 4, f"{tick:g}", "fig-small fig-muted", anchor="end")
        drawing.line(LEFT, up(tick), WIDTH - RIGHT, up(tick), "fig-grid")
    for at, label in axis.ticks:
        drawing.line(across(at), HEIGHT - BOTTOM, across(at), HEIGHT - BOTTOM + 4, "fig-axis")
        drawing.text(across(at), HEIGHT - 6, label, "fig-small fig-muted", anchor="middle")
    drawing.line(LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM, "fig-axis")
    for at, letter in events:
        drawing.line(across(at), TOP, across(at), HEIGHT - BOTTOM, "fig-event")
        drawing.text(across(at) - 3, TOP + 9, letter, "fig-small fig-strong fig-halo", anchor="end")
    places = [(across(point.at), up(point.value)) for point in points]
    if len(places) > 1:
        drawing.polyline(places, "fig-line-1")
    for point, (x, y) in zip(points, places, strict=True):
        if point.is_bound:
            drawing.diamond(x, y, 4, "fig-series-2")
        else:
            drawing.circle(x, y, 3, "fig-series-1")
    drawing.text(WIDTH - RIGHT, 16, points[-1].shown, "fig-label", anchor="end")
    return str(drawing)


def _padded(low: float, high: float) -> tuple[float, float]:
    room = 0.08 * (high - low) or max(abs(high) * 0.1, 0.5)
    return low - room, high + room
