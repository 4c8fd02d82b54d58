"""Observed against predicted risk, and the net benefit of acting on it."""

from collections.abc import Sequence
from typing import Any

from analytics.figures.figure import Figure, Table
from analytics.figures.words import Words, inside
from registry.presentation.rounding import MISSING, number
from registry.presentation.svg import DASHES, Drawing, LinearScale, share_end, text_width

LEFT, TOP, SIDE = 64.0, 40.0, 380.0
PANEL, BLOCK = LEFT + SIDE + 32, 108.0

Model = dict[str, Any]


def draw_calibration(payload: dict[str, Any], words: Words) -> list[Figure]:
    """The calibration curves of all models in one square, then their decision curves."""
    models = [model for model in payload["models"] if model["reason"] is None]
    return [_calibration(payload, models, words), _decision(payload, models, words)]


def _calibration(payload: dict[str, Any], models: list[Model], words: Words) -> Figure:
    gettext = words.gettext
    title = gettext("Calibration of the risk of %(outcome)s") % {
        "outcome": inside(words.name(payload["outcome"]))
    }
    curves = [[(point["risk"], point["observed"]) for point in model["curve"]] for model in models]
    end = share_end([value for curve in curves for point in curve for value in point])
    said = [_said(model, words) for model in models]
    drawing = _drawing("calibration", title, _described(models, words), said)
    across, up = LinearScale(0, end, LEFT, LEFT + SIDE), LinearScale(0, end, TOP + SIDE, TOP)
    _frame(drawing, across, up, gettext("Predicted risk, %"), gettext("Observed, %"))
    drawing.line(across(0), up(0), across(end), up(end), "fig-ref")
    for k, curve in enumerate(curves):
        held = [(across(x), up(min(max(y, 0.0), end))) for x, y in curve]
        _series(drawing, held, k, said[k])
    rows = [
        (words.model(model), number(point["risk"], 4), number(point["observed"], 4))
        for model in models
        for point in model["curve"]
    ]
    columns = (gettext("Model"), gettext("Predicted risk"), gettext("Observed, smoothed"))
    return Figure(drawing.name, title, str(drawing), _table(title, columns, rows, words))


def _decision(payload: dict[str, Any], models: list[Model], words: Words) -> Figure:
    gettext = words.gettext
    title = gettext("Net benefit of acting on the risk of %(outcome)s") % {
        "outcome": inside(words.name(payload["outcome"]))
    }
    curves = [[(point["threshold"], point["model"]) for point in model["net_benefit"]] for model in models]
    treat_all = [
        (point["threshold"], point["treat_all"]) for model in models[:1] for point in model["net_benefit"]
    ]
    said = [(words.model(model),) for model in models]
    description = gettext("Net benefit at each threshold of risk, against treating everyone and nobody.")
    drawing = _drawing("decision", title, description, [*said, (gettext("Everyone"),), (gettext("Nobody"),)])
    across = LinearScale(0, share_end([x for x, _y in treat_all]), LEFT, LEFT + SIDE)
    highest = share_end([y for curve in [*curves, treat_all] for _x, y in curve])
    up = LinearScale(-highest / 4, highest, TOP + SIDE, TOP)
    _frame(drawing, across, up, gettext("Threshold of risk, %"), gettext("Net benefit, per 100 patients"))
    drawing.line(across(0), up(0), across(across.high), up(0), "fig-ref")
    for k, curve in enumerate([*curves, treat_all]):
        above = [(across(x), up(y)) for x, y in curve if y >= up.low]
        _series(drawing, above, k, said[k] if k < len(said) else (gettext("Everyone"),))
    _legend(drawing, len(curves) + 1, "fig-ref", "", (gettext("Nobody"),))
    rows = [
        (
            words.model(model),
            number(point["threshold"], 2),
            number(point["model"], 4),
            number(point["treat_all"], 4),
        )
        for model in models
        for point in model["net_benefit"]
    ]
    columns = (
        gettext("Model"),
        gettext("Threshold"),
        gettext("Net benefit"),
        gettext("Net benefit, everyone"),
    )
    return Figure(drawing.name, title, str(drawing), _table(title, columns, rows, words))


def _drawing(name: str, title: str, description: str, said: Sequence[Sequence[str]]) -> Drawing:
    beside = max((text_width(line) for lines in said for line in lines), default=0.0)
    height = max(TOP + SIDE + 52, TOP + BLOCK * len(said))
    drawing = Drawing(name, width=PANEL + 32 + beside, height=height, title=title, description=description)
    drawing.text(0, 18, title, "fig-label fig-strong")
    return drawing


def _frame(drawing: Drawing, across: LinearScale, up: LinearScale, x_title: str, y_title: str) -> None:
    for tick in up.ticks():
        drawing.line(across(0), up(tick), across(across.high), up(tick), "fig-grid")
        shown = f"{tick * 100:.3g}".replace("-", "\u2212")
        drawing.text(across(0) - 8, up(tick) + 4, shown, "fig-small fig-muted", anchor="end")
    for tick in across.ticks():
        drawing.text(
            across(tick), up(up.low) + 19, f"{tick * 100:.3g}", "fig-small fig-muted", anchor="middle"
        )
    drawing.line(across(0), up(up.low), across(across.high), up(up.low), "fig-axis")
    drawing.line(across(0), up(up.low), across(0), up(up.high), "fig-axis")
    middle = LEFT + SIDE / 2
    drawing.text(middle, up(up.low) + 40, x_title, "fig-small fig-muted", anchor="middle")
    drawing.text(18, TOP + SIDE / 2, y_title, "fig-small fig-muted", anchor="middle", rotate=-90)


def _series(drawing: Drawing, points: list[tuple[float, float]], k: int, said: Sequence[str]) -> None:
    css, dash = f"fig-line-{k % 4 + 1}", DASHES[k % 4]
    if points:
        drawing.polyline(points, css, dash=dash)
    _legend(drawing, k, css, dash, said)


def _legend(drawing: Drawing, k: int, css: str, dash: str, said: Sequence[str]) -> None:
    y = TOP + 4 + BLOCK * k
    drawing.line(PANEL, y, PANEL + 18, y, css, dash=dash)
    for line, text in enumerate(said):
        drawing.text(
            PANEL + 24, y + 5 + 17 * line, text, "fig-small fig-muted" if line else "fig-label fig-strong"
        )


def _said(model: Model, words: Words) -> tuple[str, ...]:
    gettext = words.gettext
    return (
        words.model(model),
        *([gettext("Do not rely on this")] if model["block"] else []),
        gettext("%(events)s events in %(n)s")
        % {"events": number(model["n_events"], 0), "n": number(model["n"], 0)},
        gettext("AUC %(apparent)s, corrected %(corrected)s")
        % {"apparent": number(model["auc"], 3), "corrected": number(model["auc_corrected"], 3)},
        gettext("slope to expect elsewhere %(slope)s") % {"slope": number(model["slope_corrected"])},
        gettext("ICI %(ici)s, Brier %(brier)s")
        % {"ici": number(model["ici"], 3), "brier": number(model["brier"], 3)},
    )


def _table(title: str, columns: tuple[str, ...], rows: Sequence[tuple[str, ...]], words: Words) -> Table:
    nothing = [(words.gettext("Not estimable"), *[MISSING] * (len(columns) - 1))]
    return Table.plain(title, columns, rows or nothing)


def _described(models: list[Model], words: Words) -> str:
    named = "; ".join(
        words.gettext("%(model)s: slope to expect elsewhere %(slope)s, ICI %(ici)s")
        % {
            "model": words.model(model),
            "slope": number(model["slope_corrected"]),
            "ici": number(model["ici"], 3),
        }
        for model in models
    )
    return words.gettext("In the patients the models were fitted to. %(named)s.") % {"named": named}
