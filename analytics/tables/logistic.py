"""Odds ratios, a line a term."""

from analytics.figures.figure import Role, Row, Table
from analytics.figures.logistic import shown_terms
from analytics.figures.words import Words, inside
from analytics.tables.cells import NOT_COUNTED, Payload, count
from registry.presentation.rounding import number, p_value, ratio, ratio_interval


def tabulate_logistic(payload: Payload, words: Words) -> list[Table]:
    gettext = words.gettext
    rows: list[Row] = []
    for model in payload["models"]:
        counts = (count(model["n"]), count(model["n_events"]))
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
