"""The same model by complete patients and imputed, and two groups by each treatment of undetected values."""

from typing import Any

from analytics.figures.figure import Figure, Table
from analytics.figures.forest import Axis, Line, forest, odds_axis
from analytics.figures.words import Words, gettext_noop, inside
from analytics.statistics.design import INTERCEPT
from registry.presentation.rounding import p_value, ratio_with_interval, with_interval

TREATMENTS = {
    "at_limit": gettext_noop("At the limit, as in the other analyses"),
    "without": gettext_noop("Left out"),
    "root_two": gettext_noop("Limit over √2"),
    "tobit": gettext_noop("As below the limit (Tobit)"),
}


def draw_sensitivity(payload: dict[str, Any], words: Words) -> list[Figure]:
    """The odds ratios, then a plot for each variable with values below detection."""
    limits = [_limits(row, payload, words) for row in payload["rows"] if row["tests"]]
    return [_odds_ratios(payload, words), *limits] if payload["models"] else limits


def shown_terms(payload: dict[str, Any]) -> list[tuple[str, list[dict[str, Any] | None]]]:
    """The terms a reader looks for, each by complete patients and imputed; None where not estimable."""
    by_model = [{term["term"]: term for term in model["terms"]} for model in payload["models"]]
    named = {term: None for terms in by_model for term in terms if term != INTERCEPT}
    return [(term, [terms.get(term) for terms in by_model]) for term in named]


def odds_with_interval(term: dict[str, Any]) -> str:
    """An odds ratio and its interval, per the unit that is shown."""
    scaled = term["scaled"]
    return ratio_with_interval(scaled["odds_ratio"], scaled["ci_low"], scaled["ci_high"])


def estimate_with_interval(test: dict[str, Any], row: dict[str, Any], words: Words) -> str:
    """A ratio of geometric means, or a difference in the variable's decimals."""
    if test["shown"] is None:
        return words.gettext("not estimable")
    value, low, high = (test["shown"][end] for end in ("estimate", "ci_low", "ci_high"))
    if row["scale"] == "ratio":
        return ratio_with_interval(value, low, high)
    decimals = words.variables.get(row["variable"], {}).get("decimals", 2) + 1
    return with_interval(value, low, high, decimals=decimals)


def treatment(test: dict[str, Any], words: Words) -> str:
    """What a comparison does with values below detection, and what it holds equal."""
    name = words.gettext(TREATMENTS[test["name"]])
    if not test["given"]:
        return name
    return words.gettext("%(treatment)s, given %(named)s") % {
        "treatment": name,
        "named": ", ".join(words.inside(code) for code in test["given"]),
    }


def _odds_ratios(payload: dict[str, Any], words: Words) -> Figure:
    gettext = words.gettext
    title = gettext("Odds ratios for %(outcome)s, complete patients beside imputed values") % {
        "outcome": inside(words.name(payload["outcome"]))
    }
    lines, rows = [], []
    titles = [gettext(model["title"]) for model in payload["models"]]
    for _term, found in shown_terms(payload):
        name = next(words.term(term) for term in found if term is not None)
        lines.append(Line(name, is_heading=True))
        for model, term in zip(titles, found, strict=True):
            lines.append(_line(model, term, words))
            rows.append((name, model, *lines[-1].numbers))
    if not lines:
        lines = [Line(gettext("Not estimable"), is_muted=True)]
    columns = (gettext("OR (95 % CI)"), "P")
    drawing = forest("forest", title, _described(rows, words), lines, odds_axis(words), columns)
    return Figure(
        "forest",
        title,
        str(drawing),
        Table.plain(title, (gettext("Term"), gettext("Patients"), *columns), rows),
    )


def _line(label: str, term: dict[str, Any] | None, words: Words) -> Line:
    if term is None:
        return Line(label, numbers=(words.gettext("not estimable"),), is_muted=True)
    scaled = term["scaled"]
    return Line(
        label,
        scaled["odds_ratio"],
        scaled["ci_low"],
        scaled["ci_high"],
        numbers=(odds_with_interval(term), p_value(term["p_value"])),
    )


def _limits(row: dict[str, Any], payload: dict[str, Any], words: Words) -> Figure:
    gettext, by = words.gettext, payload["by"]
    is_ratio = row["scale"] == "ratio"
    first, second = (inside(words.level(by, group)) for group in row["groups"])
    title = gettext("%(variable)s by what is done with values below detection") % {
        "variable": words.name(row["variable"])
    }
    lines = []
    for test in row["tests"]:
        shown = test["shown"] or dict.fromkeys(("estimate", "ci_low", "ci_high"))
        lines.append(
            Line(
                treatment(test, words),
                shown["estimate"],
                shown["ci_low"],
                shown["ci_high"],
                numbers=(estimate_with_interval(test, row, words), p_value(test["p_value"])),
                is_muted=test["shown"] is None,
            )
        )
    measure = gettext("Difference of means: %(first)s less %(second)s")
    if is_ratio:
        measure = gettext("Ratio of geometric means: %(first)s to %(second)s (log scale)")
    axis = Axis(
        measure % {"first": first, "second": second},
        1.0 if is_ratio else 0.0,
        gettext("lower"),
        gettext("higher"),
        is_log=is_ratio,
    )
    columns = (gettext("Estimate (95 % CI)"), "P")
    name = f"limits-{row['variable']}"
    rows = [(line.label, *line.numbers) for line in lines]
    drawing = forest(name, title, _described(rows, words), lines, axis, columns)
    return Figure(
        name, title, str(drawing), Table.plain(title, (gettext("Values below detection"), *columns), rows)
    )


def _described(rows: list[tuple[str, ...]], words: Words) -> str:
    return words.gettext("Estimates: %(named)s.") % {"named": "; ".join(" ".join(row[:-1]) for row in rows)}
