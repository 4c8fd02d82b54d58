"""A question's payload as the tables one would print, words handed in."""

from collections.abc import Callable
from typing import Any

from analytics.figures.figure import Role, Row, Table
from analytics.figures.logistic import shown_terms
from analytics.figures.words import Words, gettext_noop, inside
from registry.presentation.rounding import (
    interval,
    number,
    p_value,
    percent,
    ratio,
    ratio_interval,
)

Payload = dict[str, Any]
NOT_COUNTED = "–"


def tables(kind: str, payload: Payload, words: Words) -> list[Table]:
    """The tables of one result, the main one first."""
    return TABULATED_BY[kind](payload, words)


def _comparison(payload: Payload, words: Words) -> list[Table]:
    gettext, by, groups = words.gettext, payload["by"], payload["groups"]
    sizes = [
        f"{words.level(by, group)} (n\u00a0=\u00a0{_count(payload['sizes'][group])})" for group in groups
    ]
    rows: list[Row] = []
    for row in payload["rows"]:
        rows.extend(_compared(row, groups, words))
    note = gettext(
        "Mean ± SD, or median (first to third quartile) with the rank test where the variable is skewed; "
        "number (%) for categories. P: Welch's t test, Mann–Whitney, chi-square, or Fisher's exact test "
        "where fewer than five patients are expected in a cell. q: P adjusted over the table "
        "(Benjamini–Hochberg)."
    )
    columns = (gettext("Variable"), *sizes, "SMD", gettext("Test"), "P", "q")
    return [Table(gettext("Group comparison"), columns, tuple(rows), note)]


def _compared(row: Payload, groups: list[str], words: Words) -> list[Row]:
    variable = row["variable"]
    test = next((test for test in row["tests"] if test["is_primary"]), None)
    tail = (
        number(row["smd"]),
        words.gettext(TESTS[test["name"]]) if test else NOT_COUNTED,
        p_value(test["p_value"]) if test else NOT_COUNTED,
        p_value(row["p_adjusted"]),
    )
    if "levels" in row:
        head = Row((words.name(variable), *("" for _ in groups), *tail))
        levels = [
            Row(
                (
                    words.level(variable, entry["level"]),
                    *(_share(entry["groups"][g]) for g in groups),
                    *[""] * 4,
                ),
                "sub",
            )
            for entry in row["levels"]
        ]
        return [head, *levels]
    if "level" in row:
        name = words.name(variable)
        if row["level"] != "yes":
            name = f"{name}: {inside(words.level(variable, row['level']))}"
        return [Row((name, *(_share(row["groups"][group]) for group in groups), *tail))]
    cells = [_spread(row, row["groups"][group], words) for group in groups]
    return [Row((words.with_unit(variable), *cells, *tail))]


def _spread(row: Payload, group: Payload, words: Words) -> str:
    if group["mean"] is None:
        return NOT_COUNTED
    middle, low, high, mean, sd = (
        words.value(row["variable"], group[name]) for name in ("median", "q1", "q3", "mean", "sd")
    )
    return f"{middle} ({low}–{high})" if row["is_skewed"] else f"{mean} ± {sd}"


def _share(group: Payload) -> str:
    if group.get("count") is None:
        return NOT_COUNTED
    return f"{group['count']} ({percent(group['proportion'])})"


def _correlation(payload: Payload, words: Words) -> list[Table]:
    gettext, strata, method = words.gettext, payload["strata"], payload["methods"][0]
    cells = {
        (pair["stratum"], pair["x"], pair["y"]): pair for pair in payload["pairs"] if pair["method"] == method
    }
    main = strata[0]
    rows = []
    for (stratum, x, y), pair in cells.items():
        if stratum == main:
            beside = [number(cells[other, x, y]["r"]) for other in strata[1:]]
            given = [number(pair["within_groups"]["partial_r"])] if "within_groups" in pair else []
            head = (f"{words.name(x)} – {words.name(y)}", str(_count(pair["n"])), _r(pair))
            rows.append(Row((*head, p_value(pair["p_value"]), p_value(pair["p_adjusted"]), *beside, *given)))
    named = [words.stratum(stratum, payload["stratified_by"]) for stratum in strata]
    columns = [
        gettext("Pair"),
        "n",
        f"r (95\u00a0%\u00a0CI), {named[0]}",
        "P",
        "q",
        *(f"r, {name}" for name in named[1:]),
    ]
    if any("within_groups" in pair for pair in cells.values()):
        columns.append(gettext("r, given the group"))
    note = gettext(
        "q: P adjusted over the table (Benjamini–Hochberg). Each pair on the patients who have both values."
    )
    return [Table(words.method(method), tuple(columns), tuple(rows), note)]


def _r(pair: Payload) -> str:
    if pair["r"] is None:
        return NOT_COUNTED
    return f"{number(pair['r'])} ({interval(pair['ci_low'], pair['ci_high'])})"


def _logistic(payload: Payload, words: Words) -> list[Table]:
    gettext = words.gettext
    rows: list[Row] = []
    for model in payload["models"]:
        counts = (_count(model["n"]), _count(model["n_events"]))
        if not payload["is_univariable"]:
            rows.append(Row((words.model(model), *counts, "", "", ""), "section"))
            counts = ("", "")
        if model["reason"] is not None:
            name = (
                words.name(model["covariates"][0]) if payload["is_univariable"] else gettext("Not estimable")
            )
            rows.append(Row((name, *counts, NOT_COUNTED, NOT_COUNTED)))
        role: Role = "" if payload["is_univariable"] else "sub"
        rows.extend(Row(_term(term, counts, model, words), role) for term in shown_terms(model))
    columns = [gettext("Covariate"), "n", gettext("Events"), gettext("OR (95\u00a0%\u00a0CI)"), "P"]
    if not payload["is_univariable"]:
        columns.append("VIF")
    note = gettext(
        "Maximum likelihood, Wald intervals and tests; complete cases of each model. OR: odds ratio."
    )
    caption = gettext("Odds ratios for %(outcome)s") % {"outcome": inside(words.name(payload["outcome"]))}
    return [Table(caption, tuple(columns), tuple(rows), note)]


def _term(term: Payload, counts: tuple[str, str], model: Payload, words: Words) -> tuple[str, ...]:
    scaled = term["scaled"]
    odds = f"{ratio(scaled['odds_ratio'])} ({ratio_interval(scaled['ci_low'], scaled['ci_high'])})"
    vif = [number(model["vif"].get(term["variable"]), 1)] if model["vif"] else []
    return (words.term(term), *counts, odds, p_value(term["p_value"]), *vif)


def _roc(payload: Payload, words: Words) -> list[Table]:
    gettext = words.gettext
    rows = [Row(_curve(curve, words)) for curve in payload["curves"]]
    columns = (
        gettext("Marker"),
        "n",
        gettext("Events"),
        gettext("AUC (95\u00a0%\u00a0CI)"),
        gettext("Cut-off"),
        gettext("Sensitivity, % (95\u00a0%\u00a0CI)"),
        gettext("Specificity, % (95\u00a0%\u00a0CI)"),
        "TP\u00a0/\u00a0FN",
        "FP\u00a0/\u00a0TN",
    )
    note = gettext(
        "DeLong interval of the area; cut-off by Youden's index; exact intervals of sensitivity and "
        "specificity, the cut-off taken as given. TP, FN: with the event, positive and negative; "
        "FP, TN: without."
    )
    return [Table(gettext("Areas and operating points"), columns, tuple(rows), note)]


def _curve(curve: Payload, words: Words) -> tuple[str, ...]:
    head = (words.curve(curve), _count(curve["n"]), _count(curve["n_events"]))
    if curve["reason"] is not None:
        return (*head, *[NOT_COUNTED] * 6)
    sign = "≥" if curve["direction"] == "<" else "≤"
    cut_off = NOT_COUNTED
    if curve["threshold"] is not None:
        value = (
            number(curve["threshold"], 3)
            if "title" in curve
            else words.value(curve["marker"], curve["threshold"], finer=1)
        )
        cut_off = f"{sign} {value}"
    return (
        *head,
        f"{number(curve['auc'], 3)} ({interval(curve['ci_low'], curve['ci_high'], 3)})",
        cut_off,
        _proportion(curve["sensitivity"], curve["sensitivity_ci"]),
        _proportion(curve["specificity"], curve["specificity_ci"]),
        f"{_count(curve['tp'])} / {_count(curve['fn'])}",
        f"{_count(curve['fp'])} / {_count(curve['tn'])}",
    )


def _proportion(value: float | None, limits: list[float] | None) -> str:
    if value is None or limits is None:
        return NOT_COUNTED
    return f"{number(value * 100, 1)} ({interval(limits[0] * 100, limits[1] * 100, 1)})"


def _count(count: int | None) -> str:
    return NOT_COUNTED if count is None else str(count)


TESTS = {
    "welch": gettext_noop("Welch"),
    "student": gettext_noop("Student"),
    "mann_whitney": gettext_noop("Mann–Whitney"),
    "chi_square": gettext_noop("chi-square"),
    "fisher": gettext_noop("Fisher"),
    "welch_anova": gettext_noop("Welch ANOVA"),
    "kruskal_wallis": gettext_noop("Kruskal–Wallis"),
}

TABULATED_BY: dict[str, Callable[[Payload, Words], list[Table]]] = {
    "comparison": _comparison,
    "correlation": _correlation,
    "logistic": _logistic,
    "roc": _roc,
}
