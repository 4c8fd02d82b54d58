"""A frame with months across, and the series drawn in it."""

from collections.abc import Callable, Sequence
from typing import Any

from analytics.figures.words import Words
from registry.presentation.svg import DASHES, Drawing, LinearScale

Point = tuple[float, float]


def frame(
    drawing: Drawing,
    across: LinearScale,
    up: LinearScale,
    times: Sequence[float],
    title: str,
    words: Words,
    *,
    shown: Callable[[float], str],
) -> None:
    """Grid, axes and their titles; `shown` writes a value of the upright axis."""
    for tick in up.ticks():
        drawing.line(across.start, up(tick), across.end, up(tick), "fig-grid")
        drawing.text(across.start - 8, up(tick) + 4, shown(tick), "fig-small fig-muted", anchor="end")
    drawing.line(across.start, up.start, across.end, up.start, "fig-axis")
    for time in times:
        if across.low <= time <= across.high:
            drawing.line(across(time), up.start, across(time), up.start + 5, "fig-axis")
            drawing.text(across(time), up.start + 19, f"{time:g}", "fig-small fig-muted", anchor="middle")
    middle = (across.start + across.end) / 2
    drawing.text(middle, up.start + 38, words.gettext("Months"), "fig-small fig-muted", anchor="middle")
    drawing.text(
        across.start - 42, (up.start + up.end) / 2, title, "fig-small fig-muted", anchor="middle", rotate=-90
    )


def path(points: Sequence[Point], across: LinearScale, up: LinearScale, *, is_step: bool) -> list[Point]:
    """Points in pixels, held within the frame; a step stays level until the next point."""
    drawn: list[Point] = []
    for x, y in points:
        if is_step and drawn:
            drawn.append((across(x), drawn[-1][1]))
        drawn.append((across(x), up(min(max(y, up.low), up.high))))
    return drawn


def series(drawing: Drawing, points: Sequence[Point], k: int) -> None:
    """The k-th line of a figure."""
    if points:
        drawing.polyline(points, f"fig-line-{k % 4 + 1}", dash=DASHES[k % 4])


def band(
    drawing: Drawing,
    points: Sequence[dict[str, Any]],
    across: LinearScale,
    up: LinearScale,
    k: int,
) -> None:
    """The interval of the k-th steps as an area in their colour, where there is one."""
    known = [point for point in points if point["ci_low"] is not None and point["ci_high"] is not None]
    if len(known) < 2:
        return
    low, high = (
        path([(point["time"], point[end]) for point in known], across, up, is_step=True)
        for end in ("ci_low", "ci_high")
    )
    drawing.polygon([*high, *reversed(low)], f"fig-band-{k % 4 + 1}")
    for edge in (low, high):
        drawing.polyline(edge, f"fig-line-{k % 4 + 1} fig-thin", dash=DASHES[k % 4])


def legend(drawing: Drawing, said: Sequence[str], k: int, x: float, y: float) -> None:
    """The k-th line's dash, and what it stands for."""
    drawing.line(x, y, x + 18, y, f"fig-line-{k % 4 + 1}", dash=DASHES[k % 4])
    for line, text in enumerate(said):
        css = "fig-small fig-muted" if line else "fig-label fig-strong"
        drawing.text(x + 24, y + 5 + 17 * line, text, css)
