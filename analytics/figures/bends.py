"""The odds along a covariate that a model lets bend, with their band."""

from math import exp
from typing import Any

from analytics.figures.figure import Figure, Table
from analytics.figures.words import Words, inside
from registry.presentation.rounding import p_value, ratio, ratio_interval
from registry.presentation.svg import Drawing, LinearScale, LogScale

LEFT, TOP, WIDTH, HEIGHT = 64.0, 64.0, 480.0, 300.0
MARGIN = 40.0
EVERY = 5
"""Of the points drawn, how many make one row of the table."""


def draw_bend(model: dict[str, Any], spline: dict[str, Any], words: Words) -> Figure:
    """One covariate of one model: the odds ratio against the median, on a log scale."""
    gettext, variable = words.gettext, spline["variable"]
    outcome = inside(words.name(model["outcome"]))
    title = gettext("Odds of %(outcome)s along %(variable)s") % {
        "outcome": outcome,
        "variable": words.inside(variable),
    }
    points = [
        (point["value"], exp(point["log_odds_ratio"]), exp(point["ci_low"]), exp(point["ci_high"]))
        for point in spline["curve"]
    ]
    drawing = Drawing(
        f"bend-{model['name']}-{variable}",
        width=LEFT + WIDTH + MARGIN,
        height=TOP + HEIGHT + 60,
        title=title,
        description=_described(points, model, spline, words),
    )
    drawing.text(0, 18, title, "fig-label fig-strong")
    drawing.text(0, 38, f"{words.model(model)}; {_tested(model, variable, words)}", "fig-small fig-muted")
    across = LinearScale(points[0][0], points[-1][0], LEFT, LEFT + WIDTH)
    up = LogScale(
        max(min(low for _x, _y, low, _high in points), 1e-3) / 1.1,
        min(max(high for _x, _y, _low, high in points), 1e3) * 1.1,
        TOP + HEIGHT,
        TOP,
    )
    band = [(across(x), up(low)) for x, _y, low, _high in points]
    band += [(across(x), up(high)) for x, _y, _low, high in reversed(points)]
    drawing.polygon(band, "fig-band")
    _axes(drawing, spline, across, up, words)
    drawing.polyline([(across(x), up(y)) for x, y, _low, _high in points], "fig-line-1")
    rows = [
        (words.value(variable, x), ratio(y), ratio_interval(low, high)) for x, y, low, high in points[::EVERY]
    ]
    columns = (words.with_unit(variable), gettext("Odds ratio"), gettext("95 % CI"))
    return Figure(drawing.name, title, str(drawing), Table.plain(title, columns, rows))


def _axes(drawing: Drawing, spline: dict[str, Any], across: LinearScale, up: LogScale, words: Words) -> None:
    variable, bottom = spline["variable"], TOP + HEIGHT
    for tick in up.ticks(6):
        drawing.line(LEFT, up(tick), LEFT + WIDTH, up(tick), "fig-grid")
        drawing.text(LEFT - 8, up(tick) + 4, f"{tick:.4g}", "fig-small fig-muted", anchor="end")
    for tick in across.ticks():
        drawing.text(across(tick), bottom + 20, f"{tick:.4g}", "fig-small fig-muted", anchor="middle")
    for knot in spline["knots"]:
        drawing.line(across(knot), bottom - 8, across(knot), bottom, "fig-axis")
    drawing.line(LEFT, bottom, LEFT + WIDTH, bottom, "fig-axis")
    drawing.line(LEFT, up(1.0), LEFT + WIDTH, up(1.0), "fig-ref")
    reference = across(spline["reference"])
    drawing.circle(reference, up(1.0), 4, "fig-series-1")
    named = words.gettext("%(variable)s (strokes: knots; dot: median, %(median)s)") % {
        "variable": words.with_unit(variable),
        "median": words.value(variable, spline["reference"]),
    }
    drawing.text(LEFT + WIDTH / 2, bottom + 42, named, "fig-small fig-muted", anchor="middle")
    drawing.text(
        16,
        TOP + HEIGHT / 2,
        words.gettext("Odds ratio against the median (log scale)"),
        "fig-small fig-muted",
        anchor="middle",
        rotate=-90,
    )


def _tested(model: dict[str, Any], variable: str, words: Words) -> str:
    """The P of the whole course, and of its bend."""
    whole = next(term["likelihood_ratio"] for term in model["terms"] if term["variable"] == variable)
    bend = next(
        (
            test["p_value"]
            for test in model["tests"]
            if test["name"] == "nonlinear" and test["variables"] == [variable]
        ),
        None,
    )
    return words.gettext("P of the whole: %(whole)s, of the bend: %(bend)s") % {
        "whole": p_value(whole["p_value"] if whole else None),
        "bend": p_value(bend),
    }


def _described(
    points: list[tuple[float, float, float, float]],
    model: dict[str, Any],
    spline: dict[str, Any],
    words: Words,
) -> str:
    variable = spline["variable"]
    named = "; ".join(
        f"{words.value(variable, x)}: {ratio(y)} ({ratio_interval(low, high)})"
        for x, y, low, high in points[:: 2 * EVERY]
    )
    return words.gettext("Odds ratios against %(median)s in the model “%(model)s”: %(named)s.") % {
        "median": words.value(variable, spline["reference"]),
        "model": words.model(model),
        "named": named,
    }
