"""A frozen model in the patients of its development and in later ones: ranking, then calibration."""

from typing import Any

from analytics.figures.figure import Figure, Table
from analytics.figures.words import Words, inside
from registry.presentation.rounding import MISSING, interval, number
from registry.presentation.svg import DASHES, Drawing, LinearScale, text_width

LEFT, TOP, SIDE = 60.0, 66.0, 320.0
SECOND = LEFT + SIDE + 90
LEGEND = TOP + SIDE + 66

Part = dict[str, Any]


def draw_validation(payload: dict[str, Any], words: Words) -> list[Figure]:
    """Two squares side by side, a line a set of patients in each."""
    gettext, parts = words.gettext, payload["within"]
    title = gettext("The frozen model for %(outcome)s") % {"outcome": inside(words.name(payload["outcome"]))}
    said = [described(part, words) for part in parts]
    beside = max((text_width(text, 12) for text in said), default=0.0) + 40
    drawing = Drawing(
        "validation",
        width=max(SECOND + SIDE + 24, beside),
        height=LEGEND + 20 * max(len(parts), 1),
        title=title,
        description=" ".join(said) or gettext("The model is not frozen yet."),
    )
    drawing.text(0, 18, title, "fig-label fig-strong")
    drawing.text(LEFT, TOP - 14, gettext("Ranking: ROC curves"), "fig-small fig-strong")
    drawing.text(
        SECOND, TOP - 14, gettext("Calibration: observed and predicted risk"), "fig-small fig-strong"
    )
    ranking, calibration = (_square(drawing, left) for left in (LEFT, SECOND))
    _titles(drawing, LEFT, gettext("1 − specificity, %"), gettext("Sensitivity, %"))
    _titles(drawing, SECOND, gettext("Predicted risk, %"), gettext("Observed, %"))
    for k, part in enumerate(parts):
        _roc(drawing, part, k, ranking)
        _curve(drawing, part, k, calibration)
        y = LEGEND + 20 * k
        drawing.line(LEFT, y - 4, LEFT + 26, y - 4, f"fig-line-{k + 1}", dash=DASHES[k])
        drawing.text(LEFT + 34, y, said[k], "fig-small")
    return [Figure("validation", title, str(drawing), _table(title, payload, words))]


def part_name(part: Part, words: Words) -> str:
    """Which patients these are."""
    is_development = part["part"] == "development"
    return words.gettext("Development") if is_development else words.gettext("Enrolled later")


def described(part: Part, words: Words) -> str:
    """One line on a set of patients: its area, or what is awaited."""
    gettext, name = words.gettext, part_name(part, words)
    if part["auc"] is None:
        return gettext("%(name)s: not judged yet.") % {"name": name}
    text = gettext("%(name)s: AUC %(auc)s (95 %% CI %(interval)s), calibration slope %(slope)s.")
    return text % {
        "name": name,
        "auc": number(part["auc"], 3),
        "interval": interval(part["auc_ci_low"], part["auc_ci_high"], 3),
        "slope": number(part["slope"]),
    }


def _square(drawing: Drawing, left: float) -> tuple[LinearScale, LinearScale]:
    across, up = LinearScale(0, 1, left, left + SIDE), LinearScale(0, 1, TOP + SIDE, TOP)
    for tick in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0):
        drawing.line(across(0), up(tick), across(1), up(tick), "fig-grid")
        shown = number(tick * 100, 0)
        drawing.text(across(tick), up(0) + 18, shown, "fig-small fig-muted", anchor="middle")
        drawing.text(across(0) - 8, up(tick) + 4, shown, "fig-small fig-muted", anchor="end")
    drawing.line(across(0), up(0), across(1), up(0), "fig-axis")
    drawing.line(across(0), up(0), across(0), up(1), "fig-axis")
    drawing.line(across(0), up(0), across(1), up(1), "fig-ref")
    return across, up


def _titles(drawing: Drawing, left: float, below: str, beside: str) -> None:
    drawing.text(left + SIDE / 2, TOP + SIDE + 38, below, "fig-small fig-muted", anchor="middle")
    drawing.text(left - 44, TOP + SIDE / 2, beside, "fig-small fig-muted", anchor="middle", rotate=-90)


def _roc(drawing: Drawing, part: Part, k: int, scales: tuple[LinearScale, LinearScale]) -> None:
    """The curve, and the frozen cut-off as a disc on it."""
    across, up = scales
    if part["points"]:
        points = [(across(1 - point["specificity"]), up(point["sensitivity"])) for point in part["points"]]
        drawing.polyline(points, f"fig-line-{k + 1}", dash=DASHES[k])
    if part["sensitivity"] is not None:
        drawing.circle(across(1 - part["specificity"]), up(part["sensitivity"]), 5, f"fig-series-{k + 1}")


def _curve(drawing: Drawing, part: Part, k: int, scales: tuple[LinearScale, LinearScale]) -> None:
    across, up = scales
    if part["curve"]:
        held = [(across(point["risk"]), up(min(max(point["observed"], 0.0), 1.0))) for point in part["curve"]]
        drawing.polyline(held, f"fig-line-{k + 1}", dash=DASHES[k])


def _table(title: str, payload: dict[str, Any], words: Words) -> Table:
    gettext = words.gettext
    rows = [
        (
            part_name(part, words),
            gettext("ROC"),
            number(1 - point["specificity"], 4),
            number(point["sensitivity"], 4),
        )
        for part in payload["within"]
        for point in part["points"]
    ]
    rows += [
        (
            part_name(part, words),
            gettext("calibration"),
            number(point["risk"], 4),
            number(point["observed"], 4),
        )
        for part in payload["within"]
        for point in part["curve"]
    ]
    columns = (
        gettext("Patients"),
        gettext("Curve"),
        gettext("1 − specificity, or predicted risk"),
        gettext("Sensitivity, or observed risk"),
    )
    return Table.plain(title, columns, rows or [(MISSING, MISSING, MISSING, MISSING)])
