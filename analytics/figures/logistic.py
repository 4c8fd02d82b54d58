"""Odds ratios as a forest plot, and the odds along each covariate that bends."""

from dataclasses import replace
from typing import Any

from analytics.figures.bends import draw_bend
from analytics.figures.figure import Figure, Table
from analytics.figures.forest import Line, forest, odds_axis
from analytics.figures.words import Words, gettext_noop, inside
from analytics.statistics.design import INTERCEPT
from registry.presentation.rounding import MISSING, count, number, p_value, ratio_with_interval

NOT_SHOWN = {
    "derived_beside_parents": gettext_noop("not shown: overlaps by construction"),
    "nearly_collinear": gettext_noop("not shown: nearly collinear"),
}
RELY_ON = {
    "derived_beside_parents": gettext_noop("Do not rely on this: covariates overlap by construction"),
    "nearly_collinear": gettext_noop("Do not rely on this: covariates are nearly collinear"),
}


def draw_logistic(payload: dict[str, Any], words: Words) -> list[Figure]:
    """One plot of all univariable models, or one with a heading a model; a curve for what bends."""
    gettext = words.gettext
    outcome = words.name(payload["outcome"])
    title = gettext("Odds ratios for %(outcome)s, with 95 %% intervals") % {"outcome": inside(outcome)}
    lines: list[Line] = []
    for model in payload["models"]:
        if not payload["is_univariable"]:
            lines.append(Line(_heading(model, words), is_heading=True))
            lines.extend(Line(said, is_heading=True) for said in said_of(model, words))
        lines.extend(_lines(model, words, show_n=payload["is_univariable"]))
    spread = max(line.weight for line in lines) or 1.0
    lines = [replace(line, weight=line.weight / spread) for line in lines]
    columns = [gettext("OR (95 % CI)"), "P"]
    if payload["is_univariable"]:
        columns.insert(0, gettext("Events / n"))
    drawing = forest("forest", title, _described(payload, words), lines, odds_axis(words), columns)
    bends = [
        draw_bend(model, spline, words)
        for model in payload["models"]
        for spline in model["splines"]
        if spline["curve"]
    ]
    return [Figure("forest", title, str(drawing), _table(title, payload, words)), *bends]


def shown_terms(model: dict[str, Any]) -> list[dict[str, Any]]:
    """The terms a reader looks for: not the intercept, and of a covariate that bends only the first."""
    return [
        term
        for term in model["terms"]
        if term["term"] != INTERCEPT and (not term["is_bent"] or term["term"] == term["variable"])
    ]


def said_of(model: dict[str, Any], words: Words) -> list[str]:
    """What must stand beside a model's numbers: that they are blocked, or penalised."""
    said = []
    if model["block"] and model["is_replication"]:
        said.append(words.gettext(RELY_ON[model["block"]["code"]]))
    if model.get("method") == "firth":
        said.append(words.gettext("Firth's penalised likelihood"))
    return said


def named_term(term: dict[str, Any], words: Words) -> str:
    """A term with what its odds ratio is for; a product by its parts."""
    if term["parts"]:
        return " × ".join(words.term(part) for part in term["parts"])
    if term["is_bent"]:
        return words.gettext("%(variable)s, as a curve") % {"variable": words.name(term["variable"])}
    return words.term(term)


def shown_odds(term: dict[str, Any], words: Words) -> str:
    """The odds ratio with its interval, or what stands in its place."""
    if term["reason"] is not None:
        return words.gettext(NOT_SHOWN.get(term["reason"]["code"], MISSING))
    if term["is_bent"]:
        return words.gettext("see the curve")
    scaled = term["scaled"]
    return ratio_with_interval(scaled["odds_ratio"], scaled["ci_low"], scaled["ci_high"])


def shown_p(term: dict[str, Any]) -> str:
    """The P of a term; of a covariate that bends, of all its terms together."""
    if not term["is_bent"]:
        return p_value(term["p_value"])
    return p_value(term["likelihood_ratio"]["p_value"] if term["likelihood_ratio"] else None)


def _lines(model: dict[str, Any], words: Words, *, show_n: bool) -> list[Line]:
    counts = (f"{count(model['n_events'])} / {count(model['n'])}",) if show_n else ()
    if model["reason"] is not None:
        name = words.name(model["covariates"][0]) if show_n else words.gettext("Not estimable")
        return [Line(name, numbers=(*counts, words.gettext("not estimable")), is_muted=True)]
    lines = []
    for term in shown_terms(model):
        name = named_term(term, words)
        label = f"{name} (Firth)" if show_n and model["method"] == "firth" else name
        numbers = (*counts, shown_odds(term, words), shown_p(term))
        if term["reason"] is not None or term["is_bent"]:
            lines.append(Line(label, weight=0.0, numbers=numbers, is_muted=True))
            continue
        scaled = term["scaled"]
        error = term["standard_error"] * abs(term["per"] or 1)
        lines.append(
            Line(
                label,
                scaled["odds_ratio"],
                scaled["ci_low"],
                scaled["ci_high"],
                weight=1 / error**2 if error else 0.0,
                numbers=numbers,
            )
        )
    return lines


def _heading(model: dict[str, Any], words: Words) -> str:
    return words.gettext("%(title)s: %(events)s events in %(n)s") % {
        "title": words.model(model),
        "events": count(model["n_events"]),
        "n": count(model["n"]),
    }


def _table(title: str, payload: dict[str, Any], words: Words) -> Table:
    gettext = words.gettext
    rows = []
    for model in payload["models"]:
        for term in shown_terms(model) if model["reason"] is None else ():
            is_one = not term["is_bent"]
            rows.append(
                (
                    named_term(term, words),
                    "" if payload["is_univariable"] else words.model(model),
                    count(model["n"]),
                    count(model["n_events"]),
                    number(term["coefficient"] if is_one else None, 4),
                    number(term["standard_error"] if is_one else None, 4),
                    shown_odds(term, words),
                    number(term["statistic"] if is_one else None, 2),
                    shown_p(term),
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
        f"{named_term(term, words)} {shown_odds(term, words)}"
        for model in payload["models"]
        if model["reason"] is None
        for term in shown_terms(model)
    )
    return words.gettext("Odds ratios: %(named)s.") % {"named": named}
