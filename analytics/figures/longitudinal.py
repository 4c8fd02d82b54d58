"""The mean course of a measurement by group, and its hazard ratio under each treatment of time."""

from typing import Any

from analytics.figures.figure import Figure, Table
from analytics.figures.forest import Line, forest, hazard_axis
from analytics.figures.words import Words, inside
from registry.presentation.rounding import MISSING, count, interval, number, p_value, ratio_with_interval
from registry.presentation.svg import DASHES, Drawing, LinearScale, text_width

LEFT, TOP, WIDTH, HEIGHT, ROW = 64.0, 40.0, 460.0, 300.0, 20.0
MONTHS_IN_YEAR = 12
APART = 5.0
"""How far the groups' marks of one time stand beside each other."""

Group = dict[str, Any]
Model = dict[str, Any]


def draw_longitudinal(payload: dict[str, Any], words: Words) -> list[Figure]:
    """The course, then the forest of hazard ratios where the plan asks for any."""
    found = [_course(payload, words)] if payload["by_group"] else []
    hazards = hazard_models(payload)
    return [*found, _hazards(payload, hazards, words)] if hazards else found


def hazard_models(payload: dict[str, Any]) -> list[Model]:
    """The models of the outcome."""
    return [model for model in payload["models"] if model["estimand"] != "mixed"]


def group_name(group: Group, payload: dict[str, Any], words: Words) -> str:
    """Whose course it is."""
    return words.level(payload["by"], group["group"]) if payload["by"] else words.gettext("Everyone")


def of_lab(model: Model, payload: dict[str, Any]) -> dict[str, Any] | None:
    """The term of the measurement itself; None where the model could not be fitted."""
    return next((term for term in model["terms"] if term["variable"] == payload["lab"]), None)


def hazard_with_interval(term: dict[str, Any] | None) -> str:
    """A hazard ratio per unit shown, and its interval."""
    if term is None:
        return MISSING
    scaled = term["scaled"]
    return ratio_with_interval(scaled["hazard_ratio"], scaled["ci_low"], scaled["ci_high"])


def _course(payload: dict[str, Any], words: Words) -> Figure:
    gettext, groups = words.gettext, payload["by_group"]
    title = gettext("%(lab)s over time") % {"lab": words.name(payload["lab"])}
    names = [group_name(group, payload, words) for group in groups]
    left = max([LEFT, *(text_width(name, 12) + 24 for name in names)])
    beside = max(text_width(name) for name in names) + 40
    bottom = TOP + HEIGHT
    drawing = Drawing(
        "course",
        width=left + WIDTH + 24 + beside,
        height=bottom + 84 + ROW * len(groups),
        title=title,
        description=_described(names, groups, payload["lab"], words),
    )
    drawing.text(0, 18, title, "fig-label fig-strong")
    across = LinearScale(min(payload["times"]), max(payload["times"]) or 1.0, left + 16, left + WIDTH - 16)
    up = _up(groups, bottom)
    _frame(drawing, across, up, payload, words)
    for k, (group, name) in enumerate(zip(groups, names, strict=True)):
        _line(drawing, group, k, across, up)
        shift = APART * (k - (len(groups) - 1) / 2)
        for point in group["at"]:
            if point["mean"] is not None:
                _mark(drawing, point, k, across(point["time"]) + shift, up)
        y = TOP + 8 + 24 * k
        drawing.line(across.end + 32, y, across.end + 50, y, f"fig-line-{k % 4 + 1}", dash=DASHES[k % 4])
        drawing.text(across.end + 56, y + 5, name, "fig-label")
    _counts(drawing, groups, names, across, bottom + 66, words)
    return Figure(drawing.name, title, str(drawing), _table(title, payload, words))


def _line(drawing: Drawing, group: Group, k: int, across: LinearScale, up: LinearScale) -> None:
    """The straight line of the mixed model, within the axis."""
    if group["intercept"] is None or group["slope"] is None:
        return
    ends = []
    for time in (across.low, across.high):
        value = group["intercept"] + group["slope"] * time / MONTHS_IN_YEAR
        ends.append((across(time), up(min(max(value, up.low), up.high))))
    drawing.polyline(ends, f"fig-line-{k % 4 + 1}", dash=DASHES[k % 4])


def _mark(drawing: Drawing, point: dict[str, Any], k: int, x: float, up: LinearScale) -> None:
    if point["ci_low"] is not None:
        drawing.line(x, up(point["ci_low"]), x, up(point["ci_high"]), f"fig-line-{k % 4 + 1} fig-thin")
    drawing.circle(x, up(point["mean"]), 4, f"fig-series-{k % 4 + 1}")


def _up(groups: list[Group], bottom: float) -> LinearScale:
    """An axis that holds every mean and its interval."""
    reached = [
        point[end]
        for group in groups
        for point in group["at"]
        for end in ("mean", "ci_low", "ci_high")
        if point[end] is not None
    ]
    low, high = min(reached, default=0.0), max(reached, default=1.0)
    margin = (high - low) * 0.08 or abs(high) * 0.1 or 1.0
    return LinearScale(low - margin, high + margin, bottom, TOP)


def _frame(
    drawing: Drawing, across: LinearScale, up: LinearScale, payload: dict[str, Any], words: Words
) -> None:
    start, end = across.start - 16, across.end + 16
    for tick in up.ticks():
        drawing.line(start, up(tick), end, up(tick), "fig-grid")
        shown = f"{tick:.4g}".replace("-", "\u2212")
        drawing.text(start - 8, up(tick) + 4, shown, "fig-small fig-muted", anchor="end")
    drawing.line(start, up.start, end, up.start, "fig-axis")
    for time in payload["times"]:
        drawing.line(across(time), up.start, across(time), up.start + 5, "fig-axis")
        drawing.text(across(time), up.start + 19, f"{time:g}", "fig-small fig-muted", anchor="middle")
    middle = (start + end) / 2
    drawing.text(middle, up.start + 38, words.gettext("Months"), "fig-small fig-muted", anchor="middle")
    name = words.with_unit(payload["lab"])
    drawing.text(start - 46, TOP + HEIGHT / 2, name, "fig-small fig-muted", anchor="middle", rotate=-90)


def _counts(
    drawing: Drawing,
    groups: list[Group],
    names: list[str],
    across: LinearScale,
    top: float,
    words: Words,
) -> None:
    drawing.text(0, top, words.gettext("Patients measured"), "fig-small fig-strong")
    for k, (group, name) in enumerate(zip(groups, names, strict=True)):
        y = top + ROW * (k + 1)
        drawing.text(0, y, name, "fig-small")
        for point in group["at"]:
            drawing.text(across(point["time"]), y, count(point["n"]), "fig-small", anchor="middle")


def _described(names: list[str], groups: list[Group], lab: str, words: Words) -> str:
    named = "; ".join(
        f"{name} {words.value(lab, group['slope'], finer=1)}"
        for name, group in zip(names, groups, strict=True)
        if group["slope"] is not None
    )
    if not named:
        return words.gettext("Means with 95 %% intervals at the planned times.") % {}
    return words.gettext("Change per year by the mixed model: %(named)s.") % {"named": named}


def _table(title: str, payload: dict[str, Any], words: Words) -> Table:
    gettext, lab = words.gettext, payload["lab"]
    rows = [
        (
            group_name(group, payload, words),
            f"{point['time']:g}",
            count(point["n"]),
            words.value(lab, point["mean"], finer=1),
            words.value(lab, point["sd"], finer=1),
            interval(point["ci_low"], point["ci_high"], 3),
        )
        for group in payload["by_group"]
        for point in group["at"]
    ]
    columns = (
        gettext("Patients"),
        gettext("Months"),
        gettext("Measured"),
        gettext("Mean"),
        "SD",
        gettext("95 % CI"),
    )
    return Table.plain(title, columns, rows or [(gettext("Withheld"), *[MISSING] * 5)])


def _hazards(payload: dict[str, Any], hazards: list[Model], words: Words) -> Figure:
    gettext = words.gettext
    title = gettext("Hazard ratio of %(lab)s for %(outcome)s") % {
        "lab": inside(words.name(payload["lab"])),
        "outcome": inside(words.name(payload["outcome"])),
    }
    terms = [of_lab(model, payload) for model in hazards]
    lines = [_forest_line(model, term, words) for model, term in zip(hazards, terms, strict=True)]
    columns = (gettext("HR (95 % CI)"), "P", gettext("Events / n"))
    said = "; ".join(
        f"{words.model(model)} {hazard_with_interval(term)}"
        for model, term in zip(hazards, terms, strict=True)
    )
    drawing = forest("hazards", title, f"{title}: {said}.", lines, hazard_axis(words), columns)
    rows = [
        (
            words.model(model),
            words.term(term) if term else gettext("Not estimable"),
            number(term["coefficient"] if term else None, 4),
            number(term["standard_error"] if term else None, 4),
            hazard_with_interval(term),
            p_value(term["p_value"] if term else None),
        )
        for model, term in zip(hazards, terms, strict=True)
    ]
    names = (
        gettext("Value"),
        gettext("Term"),
        gettext("Coefficient"),
        "SE",
        gettext("HR (95 % CI)"),
        "P",
    )
    return Figure("hazards", title, str(drawing), Table.plain(title, names, rows))


def _forest_line(model: Model, term: dict[str, Any] | None, words: Words) -> Line:
    counted = f"{count(model['n_events'])} / {count(model['n'])}"
    if term is None:
        refused = (words.gettext("not estimable"), "", counted)
        return Line(words.model(model), weight=0.0, numbers=refused, is_muted=True)
    scaled = term["scaled"]
    shown = (hazard_with_interval(term), p_value(term["p_value"]), counted)
    return Line(
        words.model(model), scaled["hazard_ratio"], scaled["ci_low"], scaled["ci_high"], numbers=shown
    )
