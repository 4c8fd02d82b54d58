"""How the hazard ratios of a model move over time: level lines where one ratio describes them."""

from math import exp, inf
from typing import Any

from analytics.figures.figure import Figure, Table
from analytics.figures.survival.naming import heading
from analytics.figures.survival.over_time import path
from analytics.figures.words import Words
from registry.presentation.rounding import p_value, ratio, ratio_interval
from registry.presentation.svg import Drawing, LinearScale

COLUMNS, WIDTH, HEIGHT, GAP, TOP, LEFT = 3, 200.0, 120.0, 74.0, 62.0, 44.0
LEAST, LARGEST = 0.7, 700.0
"""The axis reaches at least to a ratio of two either way; a larger logarithm has no ratio."""

Course = dict[str, Any]


def draw_courses(model: dict[str, Any], horizon: float, words: Words) -> Figure:
    """A panel for each term, all on one axis of the log hazard ratio per the step that is shown."""
    gettext = words.gettext
    courses = model["proportional_hazards"]["courses"]
    terms = {term["term"]: term for term in model["terms"]}
    title = gettext("Hazard ratios over time: %(model)s") % {"model": heading(model, words)}
    lines = -(-len(courses) // COLUMNS)
    drawing = Drawing(
        f"course-{model['name']}",
        width=LEFT + COLUMNS * (WIDTH + LEFT + 16),
        height=TOP + lines * (HEIGHT + GAP) - 10,
        title=title,
        description=gettext("The course of each hazard ratio, smoothed; level where it does not change."),
    )
    drawing.text(0, 18, title, "fig-label fig-strong")
    tested = {test["variable"]: test["p_value"] for test in model["proportional_hazards"]["terms"]}
    for k, course in enumerate(courses):
        left = LEFT + (k % COLUMNS) * (WIDTH + LEFT + 16)
        top = TOP + (k // COLUMNS) * (HEIGHT + GAP)
        term = terms[course["term"]]
        drawing.text(left - LEFT + 8, top - 22, words.term(term), "fig-small fig-strong")
        said = gettext("constant: P %(p)s") % {"p": p_value(tested[course["variable"]])}
        drawing.text(left - LEFT + 8, top - 7, said, "fig-small fig-muted")
        _panel(drawing, _scaled(course, term), horizon, left, top, words)
    return Figure(drawing.name, title, str(drawing), _table(title, courses, terms, words))


def _scaled(course: Course, term: dict[str, Any]) -> list[dict[str, float]]:
    """The course per the step of the measurement that its hazard ratio is shown for."""
    step = term["per"] or 1
    return [
        {"time": point["time"], **{name: point[name] * step for name in ("coefficient", "ci_low", "ci_high")}}
        for point in course["course"]
    ]


def _panel(
    drawing: Drawing, points: list[dict[str, float]], horizon: float, left: float, top: float, words: Words
) -> None:
    reach = max([LEAST, *(abs(point["coefficient"]) * 1.5 for point in points)])
    across = LinearScale(0, horizon, left, left + WIDTH)
    up = LinearScale(-reach, reach, top + HEIGHT, top)
    for value in (-reach * 0.8, 0.0, reach * 0.8):
        drawing.line(across.start, up(value), across.end, up(value), "fig-ref" if value == 0 else "fig-grid")
        drawing.text(
            across.start - 6, up(value) + 4, ratio(_ratio(value)), "fig-small fig-muted", anchor="end"
        )
    drawing.line(across.start, up.start, across.end, up.start, "fig-axis")
    for tick in across.ticks(3):
        drawing.text(across(tick), up.start + 16, f"{tick:g}", "fig-small fig-muted", anchor="middle")
    low, high = (
        path([(point["time"], point[end]) for point in points], across, up, is_step=False)
        for end in ("ci_low", "ci_high")
    )
    drawing.polygon([*high, *reversed(low)], "fig-band")
    drawing.polyline(
        path([(point["time"], point["coefficient"]) for point in points], across, up, is_step=False),
        "fig-line-1",
    )
    middle = (across.start + across.end) / 2
    drawing.text(middle, up.start + 33, words.gettext("Months"), "fig-small fig-muted", anchor="middle")


def _ratio(logarithm: float) -> float:
    """The ratio, infinite where it is too large for a number."""
    return exp(logarithm) if logarithm < LARGEST else inf


def _table(title: str, courses: list[Course], terms: dict[str, dict[str, Any]], words: Words) -> Table:
    gettext = words.gettext
    rows = [
        (
            words.term(terms[course["term"]]),
            f"{point['time']:.3g}",
            ratio(_ratio(point["coefficient"])),
            ratio_interval(_ratio(point["ci_low"]), _ratio(point["ci_high"])),
        )
        for course in courses
        for point in _scaled(course, terms[course["term"]])
    ]
    columns = (gettext("Term"), gettext("Months"), gettext("Hazard ratio"), gettext("95 % CI"))
    return Table.plain(title, columns, rows)
