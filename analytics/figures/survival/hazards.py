"""Hazard ratios of all models as a forest plot."""

from dataclasses import replace
from typing import Any

from analytics.figures.figure import Figure, Table
from analytics.figures.forest import Line, forest, hazard_axis
from analytics.figures.survival.naming import heading, said_of, shown_hazard
from analytics.figures.words import Words
from registry.presentation.rounding import MISSING, count, number, p_value


def draw_hazard_ratios(payload: dict[str, Any], words: Words) -> Figure:
    """Each model under its heading, its terms below."""
    gettext = words.gettext
    title = gettext("Hazard ratios, with 95 %% intervals") % {}
    lines: list[Line] = []
    for model in payload["models"]:
        lines.append(Line(_counted(model, words), is_heading=True))
        lines.extend(Line(said, is_heading=True) for said in said_of(model, words))
        lines.extend(_lines(model, words))
    spread = max(line.weight for line in lines if not line.is_heading) or 1.0
    lines = [line if line.is_heading else replace(line, weight=line.weight / spread) for line in lines]
    columns = (gettext("HR (95 % CI)"), "P")
    drawing = forest("hazard-ratios", title, _said_ratios(payload, words), lines, hazard_axis(words), columns)
    return Figure("hazard-ratios", title, str(drawing), _model_table(title, payload, words))


def _counted(model: dict[str, Any], words: Words) -> str:
    return words.gettext("%(title)s, %(events)s events in %(n)s") % {
        "title": heading(model, words),
        "events": count(model["n_events"]),
        "n": count(model["n"]),
    }


def _lines(model: dict[str, Any], words: Words) -> list[Line]:
    if model["reason"] is not None:
        not_estimable = (words.gettext("not estimable"),)
        return [Line(words.gettext("Not estimable"), weight=0.0, numbers=not_estimable, is_muted=True)]
    lines = []
    for term in model["terms"]:
        shown = (shown_hazard(term, words), p_value(term["p_value"]))
        if term["reason"] is not None:
            lines.append(Line(words.term(term), weight=0.0, numbers=shown, is_muted=True))
            continue
        scaled, error = term["scaled"], term["standard_error"] * abs(term["per"] or 1)
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
            shown_hazard(term, words),
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
    return Table.plain(title, columns, rows or [(gettext("Not estimable"), *[MISSING] * 6)])


def _said_ratios(payload: dict[str, Any], words: Words) -> str:
    named = "; ".join(
        f"{words.term(term)} {shown_hazard(term, words)}"
        for model in payload["models"]
        if model["estimand"] != "subdistribution"
        for term in model["terms"]
    )
    return words.gettext("Hazard ratios: %(named)s.") % {"named": named}
