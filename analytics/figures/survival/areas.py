"""How well markers and models foretell an outcome, at each time of the plan."""

from typing import Any

from analytics.figures.figure import Figure, Table
from analytics.figures.survival.naming import shown_area
from analytics.figures.survival.over_time import frame, legend, path, series
from analytics.figures.words import Words, inside
from registry.presentation.rounding import MISSING, count, interval, number
from registry.presentation.svg import Drawing, LinearScale, text_width

LEFT, TOP, WIDTH, HEIGHT, ASIDE = 64.0, 40.0, 420.0, 260.0, 5.0
LOWEST, CHANCE = 0.3, 0.5

Area = dict[str, Any]


def draw_areas(outcome: str, payload: dict[str, Any], words: Words) -> Figure:
    """A line for each marker and model, with its interval at each time."""
    gettext = words.gettext
    areas = [area for area in payload["areas"] if area["outcome"] == outcome and area["at"]]
    title = gettext("Foretelling %(outcome)s") % {"outcome": inside(words.name(outcome))}
    said = [_said(area, words) for area in areas]
    drawing = Drawing(
        f"areas-{outcome}",
        width=LEFT + WIDTH + 56 + max(text_width(line) for lines in said for line in lines),
        height=max(TOP + HEIGHT + 50, TOP + 16 + 44 * len(areas)),
        title=title,
        description=_described(areas, words),
    )
    drawing.text(0, 18, title, "fig-label fig-strong")
    times = sorted({point["time"] for area in areas for point in area["at"]})
    across = LinearScale(0, times[-1], LEFT, LEFT + WIDTH)
    up = LinearScale(LOWEST, 1, TOP + HEIGHT, TOP)
    frame(drawing, across, up, times, gettext("AUC"), words, shown=lambda tick: f"{tick:.1f}")
    drawing.line(across.start, up(CHANCE), across.end, up(CHANCE), "fig-ref")
    for k, area in enumerate(areas):
        known = [point for point in area["at"] if point["auc"] is not None]
        # Side by side, so that the intervals at one time can be told apart.
        beside = LinearScale(0, times[-1], LEFT + _aside(k, len(areas)), LEFT + WIDTH + _aside(k, len(areas)))
        for point in known:
            low, high = (up(max(point[end], LOWEST)) for end in ("ci_low", "ci_high"))
            x = beside(point["time"])
            drawing.line(x, low, x, high, f"fig-line-{k % 4 + 1} fig-thin")
        points = [(point["time"], point["auc"]) for point in known]
        series(drawing, path(points, beside, up, is_step=False), k)
        legend(drawing, said[k], k, LEFT + WIDTH + 24, TOP + 4 + 44 * k)
    return Figure(drawing.name, title, str(drawing), _table(title, areas, words))


def _aside(k: int, n: int) -> float:
    return (k - (n - 1) / 2) * ASIDE


def _said(area: Area, words: Words) -> tuple[str, str]:
    if area["is_apparent"]:
        return shown_area(area, words), words.gettext("in the patients it was fitted to")
    return shown_area(area, words), words.gettext("n = %(n)s") % {"n": count(area["n"])}


def _described(areas: list[Area], words: Words) -> str:
    named = "; ".join(
        words.gettext("%(marker)s at %(months)s months %(auc)s (%(interval)s)")
        % {
            "marker": shown_area(area, words),
            "months": f"{point['time']:g}",
            "auc": number(point["auc"], 3),
            "interval": interval(point["ci_low"], point["ci_high"], 3),
        }
        for area in areas
        for point in area["at"]
        if point["auc"] is not None
    )
    return words.gettext("Areas under the curve over time: %(named)s.") % {"named": named or MISSING}


def _table(title: str, areas: list[Area], words: Words) -> Table:
    gettext = words.gettext
    rows = [
        (
            shown_area(area, words),
            f"{point['time']:g}",
            count(point["n_events"]),
            count(point["n_risk"]),
            number(point["auc"], 4),
            number(point["standard_error"], 4),
            interval(point["ci_low"], point["ci_high"], 4),
        )
        for area in areas
        for point in area["at"]
    ]
    columns = (
        gettext("Marker"),
        gettext("Months"),
        gettext("Events so far"),
        gettext("Followed longer"),
        "AUC",
        "SE",
        gettext("95 % CI"),
    )
    return Table.plain(title, columns, rows)
