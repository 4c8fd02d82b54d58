"""Cumulative incidence with the numbers at risk under the axis, and hazard ratios as a forest plot."""

from dataclasses import replace
from typing import Any

from analytics.figures.figure import Figure, Table
from analytics.figures.forest import Axis, Line, forest
from analytics.figures.words import Words, gettext_noop, inside
from registry.presentation.rounding import interval, number, p_value, ratio, ratio_interval
from registry.presentation.svg import DASHES, Drawing, LinearScale, text_width

LEFT, TOP, WIDTH, HEIGHT, ROW = 64.0, 40.0, 460.0, 300.0, 20.0
HIGHEST = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)
"""Ends of the axis of incidence that leave round ticks."""

ESTIMANDS = {
    "hazard": gettext_noop("%(title)s: hazard (Cox)"),
    "cause_specific": gettext_noop("%(title)s: cause-specific hazard (Cox)"),
    "subdistribution": gettext_noop("%(title)s: subdistribution hazard (Fine–Gray)"),
}

NO_POINT = dict.fromkeys(("cumulative_incidence", "ci_low", "ci_high"))

Outcome = dict[str, Any]
Point = tuple[float, float]


def draw_survival(payload: dict[str, Any], words: Words) -> list[Figure]:
    """One figure an outcome, then one of all models."""
    figures = [_curves(outcome, payload, words) for outcome in payload["outcomes"] if outcome["by_group"]]
    return [*figures, _hazard_ratios(payload, words)] if payload["models"] else figures


def shown_group(entry: dict[str, Any], by: str | None, words: Words) -> str:
    """The name of the patients a curve is of."""
    return words.level(by, entry["group"]) if by else words.gettext("Everyone")


def heading(model: dict[str, Any], words: Words) -> str:
    """A model's title, and which hazard its ratios are of."""
    return words.gettext(ESTIMANDS[model["estimand"]]) % {"title": words.model(model)}


def with_interval(scaled: dict[str, Any]) -> str:
    """A hazard ratio and its interval."""
    return f"{ratio(scaled['hazard_ratio'])} ({ratio_interval(scaled['ci_low'], scaled['ci_high'])})"


def _curves(outcome: Outcome, payload: dict[str, Any], words: Words) -> Figure:
    gettext, entries = words.gettext, outcome["by_group"]
    title = gettext("Cumulative incidence: %(outcome)s") % {"outcome": inside(words.name(outcome["outcome"]))}
    names = [shown_group(entry, payload["by"], words) for entry in entries]
    left = max(LEFT, *(text_width(name, 12) + 24 for name in names))
    beside = max(
        text_width(line)
        for name, entry in zip(names, entries, strict=True)
        for line in _said(name, entry, words)
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
        _band(drawing, _drawn(entry), across, up, k, is_step=bool(entry["steps"]))
    _frame(drawing, across, up, payload["times"], words)
    for k, entry in enumerate(entries):
        points = [(point["time"], point["cumulative_incidence"]) for point in _drawn(entry)]
        path = _path(points, across, up, is_step=bool(entry["steps"]))
        if path:
            drawing.polyline(path, f"fig-line-{k % 4 + 1}", dash=DASHES[k % 4])
        _legend(drawing, entry, names[k], k, left + WIDTH + 16, TOP + 4 + 44 * k, words)
    _at_risk(drawing, entries, names, across, bottom + 66, words)
    return Figure(drawing.name, title, str(drawing), _table(title, outcome, payload, words))


def _drawn(entry: dict[str, Any]) -> list[dict[str, Any]]:
    """The steps of a curve; where those are withheld, its values at the plan's times, joined by lines."""
    points = entry["steps"] or entry["at"]
    return [point for point in points if point["cumulative_incidence"] is not None]


def _path(points: list[Point], across: LinearScale, up: LinearScale, *, is_step: bool) -> list[Point]:
    path: list[Point] = []
    for x, y in points:
        if is_step and path:
            path.append((across(x), path[-1][1]))
        path.append((across(x), up(min(y, up.high))))
    return path


def _band(
    drawing: Drawing,
    points: list[dict[str, Any]],
    across: LinearScale,
    up: LinearScale,
    k: int,
    *,
    is_step: bool,
) -> None:
    """The interval as an area, where there is one."""
    known = [point for point in points if point["ci_low"] is not None and point["ci_high"] is not None]
    if len(known) < 2:
        return
    low, high = (
        _path([(point["time"], point[end]) for point in known], across, up, is_step=is_step)
        for end in ("ci_low", "ci_high")
    )
    drawing.polygon([*high, *reversed(low)], "fig-band")
    for edge in (low, high):
        drawing.polyline(edge, f"fig-line-{k % 4 + 1} fig-thin", dash=DASHES[k % 4])


def _frame(drawing: Drawing, across: LinearScale, up: LinearScale, times: list[float], words: Words) -> None:
    for tick in up.ticks():
        drawing.line(across(0), up(tick), across(across.high), up(tick), "fig-grid")
        drawing.text(across(0) - 8, up(tick) + 4, f"{tick * 100:.3g}", "fig-small fig-muted", anchor="end")
    drawing.line(across(0), up(0), across(across.high), up(0), "fig-axis")
    for time in _inside(times, across):
        drawing.line(across(time), up(0), across(time), up(0) + 5, "fig-axis")
        drawing.text(across(time), up(0) + 19, f"{time:g}", "fig-small fig-muted", anchor="middle")
    middle = across(across.high / 2)
    drawing.text(middle, up(0) + 38, words.gettext("Months"), "fig-small fig-muted", anchor="middle")
    drawing.text(
        across(0) - 42,
        (up(0) + up(up.high)) / 2,
        words.gettext("Cumulative incidence, %"),
        "fig-small fig-muted",
        anchor="middle",
        rotate=-90,
    )


def _inside(times: list[float], across: LinearScale) -> list[float]:
    return [time for time in times if time <= across.high]


def _legend(
    drawing: Drawing, entry: dict[str, Any], name: str, k: int, x: float, y: float, words: Words
) -> None:
    drawing.line(x, y, x + 18, y, f"fig-line-{k % 4 + 1}", dash=DASHES[k % 4])
    for line, text in enumerate(_said(name, entry, words)):
        css = "fig-small fig-muted" if line else "fig-label fig-strong"
        drawing.text(x + 24, y + 5 + 17 * line, text, css)


def _said(name: str, entry: dict[str, Any], words: Words) -> tuple[str, str]:
    counts = {"events": _count(entry["n_events"]), "n": _count(entry["n"])}
    return name, words.gettext("%(events)s events in %(n)s") % counts


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
                drawing.text(across(point["time"]), y, _count(point["n_risk"]), "fig-small", anchor="middle")


def _highest(entries: list[dict[str, Any]]) -> float:
    """An axis that holds every curve, and the intervals at the plan's times."""
    reached = [
        point[end] or 0.0
        for entry in entries
        for point in _drawn(entry)
        for end in ("cumulative_incidence", "ci_high")
    ]
    return next((end for end in HIGHEST if end >= max(reached, default=0.0)), HIGHEST[-1])


def _table(title: str, outcome: Outcome, payload: dict[str, Any], words: Words) -> Table:
    gettext = words.gettext
    rows = [
        (
            shown_group(entry, payload["by"], words),
            f"{point['time']:g}",
            _count(point["n_risk"]),
            _count(point["n_events"]),
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
    return Table.plain(title, columns, rows or [(gettext("Withheld"), *["–"] * 6)])


def _described(names: list[str], entries: list[dict[str, Any]], horizon: float, words: Words) -> str:
    named = "; ".join(
        f"{name} {number(point['cumulative_incidence'], 3)}"
        f" ({interval(point['ci_low'], point['ci_high'], 3)})"
        for name, point in zip(names, (entry["at_horizon"] or NO_POINT for entry in entries), strict=True)
    )
    return words.gettext("Cumulative incidence at %(months)s months: %(named)s.") % {
        "months": f"{horizon:g}",
        "named": named,
    }


def _hazard_ratios(payload: dict[str, Any], words: Words) -> Figure:
    gettext = words.gettext
    title = gettext("Hazard ratios, with 95 %% intervals") % {}
    lines: list[Line] = []
    for model in payload["models"]:
        lines.append(Line(_counted(model, words), is_heading=True))
        lines.extend(_lines(model, words))
    spread = max(line.weight for line in lines if not line.is_heading) or 1.0
    lines = [line if line.is_heading else replace(line, weight=line.weight / spread) for line in lines]
    axis = Axis(
        gettext("Hazard ratio (log scale)"),
        1.0,
        gettext("later or fewer"),
        gettext("sooner or more"),
        is_log=True,
    )
    columns = (gettext("HR (95 % CI)"), "P")
    drawing = forest("hazard-ratios", title, _said_ratios(payload, words), lines, axis, columns)
    return Figure("hazard-ratios", title, str(drawing), _model_table(title, payload, words))


def _counted(model: dict[str, Any], words: Words) -> str:
    return words.gettext("%(title)s, %(events)s events in %(n)s") % {
        "title": heading(model, words),
        "events": _count(model["n_events"]),
        "n": _count(model["n"]),
    }


def _lines(model: dict[str, Any], words: Words) -> list[Line]:
    if model["reason"] is not None:
        not_estimable = (words.gettext("not estimable"),)
        return [Line(words.gettext("Not estimable"), weight=0.0, numbers=not_estimable, is_muted=True)]
    lines = []
    for term in model["terms"]:
        scaled, error = term["scaled"], term["standard_error"] * abs(term["per"] or 1)
        shown = (with_interval(scaled), p_value(term["p_value"]))
        ends = (scaled["hazard_ratio"], scaled["ci_low"], scaled["ci_high"])
        lines.append(Line(words.term(term), *ends, weight=1 / error**2 if error else 0.0, numbers=shown))
    return lines


def _model_table(title: str, payload: dict[str, Any], words: Words) -> Table:
    gettext = words.gettext
    rows = [
        (
            words.term(term),
            heading(model, words),
            number(term["coefficient"], 4),
            number(term["standard_error"], 4),
            with_interval(term["scaled"]),
            number(term["statistic"], 2),
            p_value(term["p_value"]),
        )
        for model in payload["models"]
        for term in model["terms"]
    ]
    columns = (
        gettext("Term"),
        gettext("Model"),
        gettext("Coefficient"),
        "SE",
        gettext("HR (95 % CI)"),
        "z",
        "P",
    )
    return Table.plain(title, columns, rows or [(gettext("Not estimable"), *["–"] * 6)])


def _said_ratios(payload: dict[str, Any], words: Words) -> str:
    named = "; ".join(
        f"{words.term(term)} {with_interval(term['scaled'])}"
        for model in payload["models"]
        if model["estimand"] != "subdistribution"
        for term in model["terms"]
    )
    return words.gettext("Hazard ratios: %(named)s.") % {"named": named}


def _count(count: int | None) -> str:
    return "–" if count is None else str(count)
