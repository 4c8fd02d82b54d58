"""Odds ratios as a forest plot."""

from typing import Any

from analytics.figures.figure import Figure, Table
from analytics.figures.forest import Axis, Line, forest
from analytics.figures.words import Words, inside
from registry.presentation.rounding import number, p_value, ratio, ratio_interval

INTERCEPT = "(Intercept)"


def draw_logistic(payload: dict[str, Any], words: Words) -> list[Figure]:
    """One plot of all univariable models, or one with a heading a model."""
    gettext = words.gettext
    outcome = words.name(payload["outcome"])
    title = gettext("Odds ratios for %(outcome)s, with 95 %% intervals") % {"outcome": inside(outcome)}
    lines: list[Line] = []
    for model in payload["models"]:
        if not payload["is_univariable"]:
            lines.append(Line(_heading(model, words), is_heading=True))
        lines.extend(_lines(model, words, show_n=payload["is_univariable"]))
    spread = max(line.weight for line in lines) or 1.0
    lines = [_reweighted(line, spread) for line in lines]
    columns = [gettext("OR (95 % CI)"), "P"]
    if payload["is_univariable"]:
        columns.insert(0, gettext("Events / n"))
    axis = Axis(
        gettext("Odds ratio (log scale)"), 1.0, gettext("lower odds"), gettext("higher odds"), is_log=True
    )
    drawing = forest("forest", title, _described(payload, words), lines, axis, columns)
    return [Figure("forest", title, str(drawing), _table(title, payload, words))]


def shown_terms(model: dict[str, Any]) -> list[dict[str, Any]]:
    """The terms a reader looks for: all but the intercept."""
    return [term for term in model["terms"] if term["term"] != INTERCEPT]


def _lines(model: dict[str, Any], words: Words, *, show_n: bool) -> list[Line]:
    counts = (f"{model['n_events']} / {model['n']}",) if show_n else ()
    if model["reason"] is not None:
        name = words.name(model["covariates"][0]) if show_n else words.gettext("Not estimable")
        return [Line(name, numbers=(*counts, words.gettext("not estimable")), is_muted=True)]
    lines = []
    for term in shown_terms(model):
        scaled = term["scaled"]
        error = term["standard_error"] * abs(term.get("per") or 1)
        lines.append(
            Line(
                words.term(term),
                scaled["odds_ratio"],
                scaled["ci_low"],
                scaled["ci_high"],
                weight=1 / error**2 if error else 0.0,
                numbers=(*counts, _with_interval(scaled), p_value(term["p_value"])),
            )
        )
    return lines


def _reweighted(line: Line, spread: float) -> Line:
    """The weight as a share of the most precise estimate's."""
    return Line(
        line.label,
        line.value,
        line.low,
        line.high,
        line.weight / spread,
        line.numbers,
        line.is_heading,
        line.is_muted,
    )


def _with_interval(scaled: dict[str, Any]) -> str:
    return f"{ratio(scaled['odds_ratio'])} ({ratio_interval(scaled['ci_low'], scaled['ci_high'])})"


def _heading(model: dict[str, Any], words: Words) -> str:
    return words.gettext("%(title)s: %(events)s events in %(n)s") % {
        "title": words.model(model),
        "events": model["n_events"],
        "n": model["n"],
    }


def _table(title: str, payload: dict[str, Any], words: Words) -> Table:
    gettext = words.gettext
    rows = []
    for model in payload["models"]:
        for term in shown_terms(model) if model["reason"] is None else ():
            rows.append(
                (
                    words.term(term),
                    "" if payload["is_univariable"] else gettext(model["title"]),
                    str(model["n"]),
                    str(model["n_events"]),
                    number(term["coefficient"], 4),
                    number(term["standard_error"], 4),
                    _with_interval(term["scaled"]),
                    number(term["statistic"], 2),
                    p_value(term["p_value"]),
                )
            )
    columns = (
        gettext("Term"),
        gettext("Model"),
        "n",
        gettext("Events"),
        gettext("Coefficient"),
        "SE",
        gettext("OR (95 % CI)"),
        "z",
        "P",
    )
    return Table.plain(title, columns, rows)


def _described(payload: dict[str, Any], words: Words) -> str:
    named = "; ".join(
        f"{words.term(term)} {_with_interval(term['scaled'])}"
        for model in payload["models"]
        if model["reason"] is None
        for term in shown_terms(model)
    )
    return words.gettext("Odds ratios: %(named)s.") % {"named": named}
