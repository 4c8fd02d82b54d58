"""ROC curves in a square, each with its operating point and the counts behind it."""

from typing import Any

from analytics.figures.figure import Figure, Table
from analytics.figures.words import Words, inside
from registry.presentation.rounding import count, interval, number, percent, with_interval
from registry.presentation.svg import DASHES, Drawing, LinearScale

LEFT, TOP, SIDE = 56.0, 40.0, 420.0
PANEL, BLOCK, LINE, MINUS_SIGN = LEFT + SIDE + 40, 108.0, 17.0, "\u2212"


def draw_roc(payload: dict[str, Any], words: Words) -> list[Figure]:
    """All curves of the question in one square."""
    gettext = words.gettext
    curves = [curve for curve in payload["curves"] if curve["auc"] is not None]
    outcome = words.name(payload["outcome"])
    title = gettext("ROC curves for %(outcome)s") % {"outcome": inside(outcome)}
    drawing = Drawing(
        "roc",
        width=PANEL + 320,
        height=max(TOP + SIDE + 50, TOP + sum(_height(curve) for curve in curves) + 8),
        title=title,
        description=_described(curves, words),
    )
    drawing.text(0, 18, title, "fig-label fig-strong")
    across, up = LinearScale(0, 1, LEFT, LEFT + SIDE), LinearScale(0, 1, TOP + SIDE, TOP)
    _frame(drawing, across, up, words)
    for k, curve in enumerate(curves):
        _curve(drawing, curve, k, across, up)
    top = TOP
    for k, curve in enumerate(curves):
        _operating_point(drawing, curve, k, across, up)
        _panel(drawing, curve, k, top, words)
        top += _height(curve)
    return [Figure("roc", title, str(drawing), _table(title, payload, words))]


def _frame(drawing: Drawing, across: LinearScale, up: LinearScale, words: Words) -> None:
    for tick in (0.2, 0.4, 0.6, 0.8):
        drawing.line(across(tick), up(0), across(tick), up(1), "fig-grid")
        drawing.line(across(0), up(tick), across(1), up(tick), "fig-grid")
    for tick in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0):
        drawing.text(across(tick), up(0) + 18, f"{tick * 100:.0f}", "fig-small fig-muted", anchor="middle")
        drawing.text(across(0) - 8, up(tick) + 4, f"{tick * 100:.0f}", "fig-small fig-muted", anchor="end")
    drawing.line(across(0), up(0), across(1), up(0), "fig-axis")
    drawing.line(across(0), up(0), across(0), up(1), "fig-axis")
    drawing.line(across(0), up(0), across(1), up(1), "fig-ref")
    drawing.text(
        (across(0) + across(1)) / 2,
        up(0) + 40,
        words.gettext("1 − specificity, %"),
        "fig-small fig-muted",
        anchor="middle",
    )
    middle = (up(0) + up(1)) / 2
    drawing.text(
        14, middle, words.gettext("Sensitivity, %"), "fig-small fig-muted", anchor="middle", rotate=-90
    )


def _curve(drawing: Drawing, curve: dict[str, Any], k: int, across: LinearScale, up: LinearScale) -> None:
    points = [(across(1 - point["specificity"]), up(point["sensitivity"])) for point in curve["points"]]
    if not points:
        return
    drawing.polyline(points, f"fig-line-{k % 4 + 1}", dash=DASHES[k % 4])


def _operating_point(
    drawing: Drawing, curve: dict[str, Any], k: int, across: LinearScale, up: LinearScale
) -> None:
    """The cut-off with its 95 % intervals as a cross, numbered as in the panel."""
    if curve["sensitivity"] is None:
        return
    x, y = across(1 - curve["specificity"]), up(curve["sensitivity"])
    low, high = curve["specificity_ci"]
    drawing.line(across(1 - high), y, across(1 - low), y, f"fig-line-{k % 4 + 1} fig-thin")
    low, high = curve["sensitivity_ci"]
    drawing.line(x, up(low), x, up(high), f"fig-line-{k % 4 + 1} fig-thin")
    _badge(drawing, x, y, k)


def _badge(drawing: Drawing, x: float, y: float, k: int) -> None:
    drawing.circle(x, y, 9, f"fig-line-{k % 4 + 1} fig-badge")
    drawing.text(x, y + 4.5, str(k + 1), "fig-label fig-strong", anchor="middle")


def _height(curve: dict[str, Any]) -> float:
    """Of a curve's part of the panel; an area less its optimism has the apparent one below it."""
    return BLOCK + LINE if _is_corrected(curve) else BLOCK


def _is_corrected(curve: dict[str, Any]) -> bool:
    return curve.get("auc_corrected") is not None


def _panel(drawing: Drawing, curve: dict[str, Any], k: int, top: float, words: Words) -> None:
    """The curve's name, area and cut-off, and its 2 x 2 table."""
    gettext = words.gettext
    _badge(drawing, PANEL + 9, top + 8, k)
    drawing.line(PANEL + 26, top + 8, PANEL + 60, top + 8, f"fig-line-{k % 4 + 1}", dash=DASHES[k % 4])
    drawing.text(PANEL + 70, top + 13, words.curve(curve), "fig-label fig-strong")
    area = with_interval(curve["auc"], curve["ci_low"], curve["ci_high"], decimals=3)
    if _is_corrected(curve):
        corrected = gettext("AUC %(area)s less optimism") % {"area": number(curve["auc_corrected"], 3)}
        drawing.text(PANEL + 26, top + 34, corrected, "fig-label")
        top += LINE
        apparent = gettext("apparent %(area)s") % {"area": area}
        drawing.text(PANEL + 26, top + 34, apparent, "fig-small fig-muted")
    else:
        drawing.text(PANEL + 26, top + 34, f"AUC {area}", "fig-label")
    drawing.text(PANEL + 26, top + 53, _cut_off(curve, words), "fig-small fig-muted")
    counts = (
        (gettext("Event"), curve["tp"], curve["fn"], gettext("sensitivity"), curve["sensitivity"]),
        (gettext("No event"), curve["fp"], curve["tn"], gettext("specificity"), curve["specificity"]),
    )
    for row, (name, positive, negative, proportion, value) in enumerate(counts):
        y = top + 72 + LINE * row
        drawing.text(PANEL + 26, y, name, "fig-small")
        drawing.text(PANEL + 134, y, f"+ {count(positive)}", "fig-small", anchor="end")
        drawing.text(PANEL + 184, y, f"{MINUS_SIGN} {count(negative)}", "fig-small", anchor="end")
        drawing.text(PANEL + 200, y, f"{proportion} {percent(value)} %", "fig-small fig-muted")


def _cut_off(curve: dict[str, Any], words: Words) -> str:
    """How the marker calls a patient positive: at or below, or at or above, the threshold."""
    if curve["threshold"] is None:
        return words.gettext("cut-off withheld")
    if curve.get("title"):
        return words.gettext("positive at a predicted risk of %(threshold)s %% or more") % {
            "threshold": percent(curve["threshold"])
        }
    sign = "≥" if curve["direction"] == "<" else "≤"
    marker = curve["marker"]
    shown = f"{sign} {words.value(marker, curve['threshold'], finer=1)} {words.unit(marker)}".strip()
    return words.gettext("positive at %(cut_off)s") % {"cut_off": shown}


def _table(title: str, payload: dict[str, Any], words: Words) -> Table:
    gettext = words.gettext
    rows = tuple(
        (
            words.curve(curve),
            number(1 - point["specificity"], 4),
            number(point["sensitivity"], 4),
        )
        for curve in payload["curves"]
        for point in curve["points"]
    )
    return Table.plain(title, (gettext("Marker"), gettext("1 − specificity"), gettext("Sensitivity")), rows)


def _described(curves: list[dict[str, Any]], words: Words) -> str:
    named = "; ".join(_named(curve, words) for curve in curves)
    return words.gettext("Areas under the curve: %(named)s.") % {"named": named}


def _named(curve: dict[str, Any], words: Words) -> str:
    area = {
        "marker": words.curve(curve),
        "auc": number(curve["auc"], 3),
        "interval": interval(curve["ci_low"], curve["ci_high"], 3),
    }
    if _is_corrected(curve):
        area["corrected"] = number(curve["auc_corrected"], 3)
        return (
            words.gettext("%(marker)s %(corrected)s less optimism, apparent %(auc)s (95 %% CI %(interval)s)")
            % area
        )
    return words.gettext("%(marker)s %(auc)s (95 %% CI %(interval)s)") % area
