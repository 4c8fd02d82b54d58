"""Cumulative incidence by group, with the numbers at risk under the axis."""

from typing import Any

from analytics.figures.figure import Figure, Table
from analytics.figures.survival.naming import NO_POINT, shown_group
from analytics.figures.survival.over_time import band, frame, legend, path, series
from analytics.figures.words import Words, inside
from registry.presentation.rounding import MISSING, count, interval, number, with_interval
from registry.presentation.svg import Drawing, LinearScale, share_end, text_width

LEFT, TOP, WIDTH, HEIGHT, ROW, ASIDE = 64.0, 40.0, 460.0, 300.0, 20.0, 7.0

Outcome = dict[str, Any]


def draw_incidence(outcome: Outcome, payload: dict[str, Any], words: Words) -> Figure:
    """The curve of each group with its interval."""
    gettext, entries = words.gettext, outcome["by_group"]
    title = gettext("Cumulative incidence: %(outcome)s") % {"outcome": inside(words.name(outcome["outcome"]))}
    names = [shown_group(entry, payload["by"], words) for entry in entries]
    left = max(LEFT, *(text_width(name, 12) + 24 for name in names))
    beside = max(
        text_width(line)
        for name, entry in zip(names, entries, strict=True)
        for line in _said(name, entry, payload["horizon"], words)
    )
    bottom = TOP + HEIGHT
    drawing = Drawing(
        f"incidence-{outcome['outcome']}",
        width=left + WIDTH + 40 + beside,
        height=bottom + 84 + ROW * len(entries),
        title=title,
        description=_described(names, entries, payload["horizon"], words),
    )
    drawing.text(0, 18, title, "fig-label fig-strong")
    across = LinearScale(0, payload["horizon"], left, left + WIDTH)
    up = LinearScale(0, _highest(entries), bottom, TOP)
    for k, entry in enumerate(entries):
        band(drawing, _known(entry["steps"]), across, up, k)
    axis = gettext("Cumulative incidence, %")
    frame(drawing, across, up, payload["times"], axis, words, shown=lambda tick: f"{tick * 100:.3g}")
    for k, entry in enumerate(entries):
        steps = [(point["time"], point["cumulative_incidence"]) for point in _known(entry["steps"])]
        series(drawing, path(steps, across, up, is_step=True), k)
        if not steps:
            _points(drawing, _known(entry["at"]), across, up, k, (k - (len(entries) - 1) / 2) * ASIDE)
        legend(
            drawing, _said(names[k], entry, payload["horizon"], words), k, left + WIDTH + 16, TOP + 4 + 44 * k
        )
    _at_risk(drawing, entries, names, across, bottom + 66, words)
    return Figure(drawing.name, title, str(drawing), _table(title, outcome, payload, words))


def _known(points: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [point for point in points if point["cumulative_incidence"] is not None]


def _points(
    drawing: Drawing,
    points: list[dict[str, Any]],
    across: LinearScale,
    up: LinearScale,
    k: int,
    aside: float,
) -> None:
    """A curve whose steps are withheld, at the plan's times: what lies between them is not told."""
    for point in points:
        x = across(point["time"]) + aside
        if point["ci_low"] is not None and point["ci_high"] is not None:
            low, high = (up(min(point[end], up.high)) for end in ("ci_low", "ci_high"))
            drawing.line(x, low, x, high, f"fig-line-{k % 4 + 1} fig-thin")
        drawing.circle(x, up(point["cumulative_incidence"]), 4, f"fig-series-{k % 4 + 1}")


def _said(name: str, entry: dict[str, Any], horizon: float, words: Words) -> tuple[str, str]:
    """The group, and its events up to the horizon that is drawn."""
    so_far = (entry["at_horizon"] or {}).get("n_events")
    told = {"events": count(so_far), "n": count(entry["n"]), "months": f"{horizon:g}"}
    return name, words.gettext("%(events)s events in %(n)s by %(months)s months") % told


def _at_risk(
    drawing: Drawing,
    entries: list[dict[str, Any]],
    names: list[str],
    across: LinearScale,
    top: float,
    words: Words,
) -> None:
    drawing.text(0, top, words.gettext("Patients at risk"), "fig-small fig-strong")
    for k, entry in enumerate(entries):
        y = top + ROW * (k + 1)
        drawing.text(0, y, names[k], "fig-small")
        for point in entry["at"]:
            if point["time"] <= across.high:
                drawing.text(across(point["time"]), y, count(point["n_risk"]), "fig-small", anchor="middle")


def _highest(entries: list[dict[str, Any]]) -> float:
    """An axis that holds every curve, and the intervals at the plan's times."""
    reached = [
        point[end] or 0.0
        for entry in entries
        for point in _known(entry["steps"] or entry["at"])
        for end in ("cumulative_incidence", "ci_high")
    ]
    return share_end(reached)


def _table(title: str, outcome: Outcome, payload: dict[str, Any], words: Words) -> Table:
    gettext = words.gettext
    rows = [
        (
            shown_group(entry, payload["by"], words),
            f"{point['time']:g}",
            count(point["n_risk"]),
            count(point["n_events"]),
            number(point["cumulative_incidence"], 4),
            number(point["standard_error"], 4),
            interval(point["ci_low"], point["ci_high"], 4),
        )
        for entry in outcome["by_group"]
        for point in entry["at"]
    ]
    columns = (
        gettext("Patients"),
        gettext("Months"),
        gettext("At risk"),
        gettext("Events so far"),
        gettext("Cumulative incidence"),
        "SE",
        gettext("95 % CI"),
    )
    return Table.plain(title, columns, rows or [(gettext("Withheld"), *[MISSING] * 6)])


def _described(names: list[str], entries: list[dict[str, Any]], horizon: float, words: Words) -> str:
    named = "; ".join(
        f"{name} {with_interval(*(point[end] for end in NO_POINT), decimals=3)}"
        for name, point in zip(names, (entry["at_horizon"] or NO_POINT for entry in entries), strict=True)
    )
    return words.gettext("Cumulative incidence at %(months)s months: %(named)s.") % {
        "months": f"{horizon:g}",
        "named": named,
    }
