"""Odds ratios, a line a term; below them the other intervals and tests, and how well each model fits."""

from collections.abc import Callable, Iterable
from functools import partial

from analytics.figures.figure import Role, Row, Table
from analytics.figures.logistic import named_term, said_of, shown_odds, shown_p, shown_terms
from analytics.figures.words import Words, gettext_noop, inside
from analytics.tables.cells import Payload
from registry.presentation.rounding import MISSING, count, number, p_value, ratio_interval

NOT_CLUSTERED = {
    "too_few_clusters": gettext_noop("Errors between sites are not given: there are too few sites."),
    "penalised": gettext_noop("Errors between sites are not given for penalised estimates."),
    "missing": gettext_noop("Errors between sites are not given: sites are not recorded."),
}
Cells = Callable[[Payload, Payload], tuple[str, ...]]


def tabulate_logistic(payload: Payload, words: Words) -> list[Table]:
    """The odds ratios first; what stands beside them in tables of their own, so that none is wide."""
    found = [_odds_ratios(payload, words), _likelihood(payload, words), *_robust(payload, words)]
    if not payload["is_univariable"]:
        found.append(_models(payload, words))
    return [table for table in found if table.rows]


def _odds_ratios(payload: Payload, words: Words) -> Table:
    gettext = words.gettext
    columns = [gettext("Covariate"), "n", gettext("Events"), gettext("OR (95\u00a0%\u00a0CI)"), "P"]
    if not payload["is_univariable"]:
        columns.append("VIF")
    rows: list[Row] = []
    for model in payload["models"]:
        counts = (count(model["n"]), count(model["n_events"]))
        rows.extend(_headings(model, counts, len(columns), payload, words))
        told = counts if payload["is_univariable"] else ("", "")
        if model["reason"] is not None:
            name = (
                words.name(model["covariates"][0]) if payload["is_univariable"] else gettext("Not estimable")
            )
            rows.append(Row((name, *told, *[MISSING] * (len(columns) - 3))))
        for term in shown_terms(model):
            vif = [] if payload["is_univariable"] else [_inflation(model, term)]
            cells = (_label(model, term, payload, words), *told, shown_odds(term, words), shown_p(term), *vif)
            rows.append(Row(cells, _role(payload)))
    note = gettext(
        "Maximum likelihood, Wald intervals and tests; complete cases of each model. OR: odds ratio."
    )
    if any(model["method"] == "firth" for model in payload["models"]):
        note += " " + gettext("Firth: penalised likelihood, with intervals and tests of its profile.")
    if any(model["interactions"] for model in payload["models"]):
        note += " " + gettext(
            "With a product in the model, the odds ratio of a part holds where the other is 0."
        )
    reasons = [model["clusters"]["reason"] for model in payload["models"] if model["clusters"]]
    for code in dict.fromkeys(reason["code"] for reason in reasons if reason):
        note += " " + gettext(NOT_CLUSTERED[code])
    caption = gettext("Odds ratios for %(outcome)s") % {"outcome": inside(words.name(payload["outcome"]))}
    return Table(caption, tuple(columns), tuple(rows), note)


def _likelihood(payload: Payload, words: Words) -> Table:
    """The profile-likelihood interval, the likelihood-ratio test, the odds ratio per standard deviation."""
    gettext = words.gettext
    columns = (
        gettext("Covariate"),
        gettext("95\u00a0%\u00a0CI, profile"),
        gettext("P, likelihood ratio"),
        gettext("Coefficient per SD"),
    )

    def cells(_model: Payload, term: Payload) -> tuple[str, ...]:
        test, scaled = term["likelihood_ratio"], term["scaled"]
        if term["reason"] is not None or term["is_bent"]:
            return (MISSING, p_value(test["p_value"] if test else None), MISSING)
        p = p_value(test["p_value"] if test else None)
        if test and test["df"] > 1:
            p = gettext("%(p)s (%(df)s df)") % {"p": p, "df": test["df"]}
        profile = ratio_interval(scaled["profile_low"], scaled["profile_high"])
        return (profile, p, number(term["standardised"]))

    note = gettext(
        "Interval of the odds ratio from the profile of the likelihood. Likelihood ratio: each variable with "
        "all its terms against the model without it. SD: the covariate's standard deviation here."
    )
    rows = tuple(_by_model(payload, words, len(columns), cells))
    return Table(gettext("Likelihood intervals and tests"), columns, rows, note)


def _robust(payload: Payload, words: Words) -> list[Table]:
    """The interval with the errors between clusters, where the plan asks for one."""
    gettext = words.gettext
    asked = [model["clusters"] for model in payload["models"] if model["clusters"] is not None]
    if not any(clusters["reason"] is None for clusters in asked):
        return []

    def cells(_model: Payload, term: Payload) -> tuple[str, ...]:
        robust = term["robust"]
        if robust is None or term["is_bent"]:
            return (MISSING, MISSING)
        return (ratio_interval(robust["ci_low"], robust["ci_high"]), p_value(robust["p_value"]))

    columns = (gettext("Covariate"), gettext("95\u00a0%\u00a0CI, robust"), "P")
    note = gettext("Sandwich errors between %(sites)s sites, without a small-sample factor.") % {
        "sites": max(clusters["n_clusters"] or 0 for clusters in asked)
    }
    rows = tuple(_by_model(payload, words, len(columns), cells))
    return [Table(gettext("Odds ratios with errors between sites"), columns, rows, note)]


def _models(payload: Payload, words: Words) -> Table:
    """How well each model fits the patients it was fitted to: measures down, models across."""
    gettext, models = words.gettext, payload["models"]
    measures: list[tuple[str, Callable[[Payload], str]]] = [
        (gettext("Patients"), lambda model: count(model["n"])),
        (gettext("Events"), lambda model: count(model["n_events"])),
        (
            gettext("Events (or non-events) per coefficient"),
            lambda model: number(model["events_per_variable"], 1),
        ),
        (gettext("P of the whole model, likelihood ratio"), lambda model: _test_of(model, "all")),
        (gettext("Nagelkerke's R²"), lambda model: number(model["nagelkerke"])),
        (gettext("c, same patients"), lambda model: number(model["auc"], 3)),
        (gettext("Brier score, same patients"), lambda model: number(model["brier"], 3)),
        (gettext("Shrinkage factor"), lambda model: number(model["shrinkage"])),
        (gettext("Condition number"), lambda model: number(model["condition_number"], 0)),
    ]
    titled = {model["name"]: words.model(model) for model in models}
    for name in dict.fromkeys(model["added_to"] for model in models if model["added_to"]):
        label = gettext("P of what is added to “%(model)s”, likelihood ratio") % {"model": titled[name]}
        measures.append((label, partial(_added_to, name=name)))
    rows = tuple(Row((label, *(shown(model) for model in models))) for label, shown in measures)
    note = gettext(
        "Shrinkage factor below 0.9: the model is overfitted. Condition number: columns scaled to length 1, "
        "intercept included, not centred. DeLong's test of nested models on the patients they were fitted to "
        "is not valid and not offered."
    )
    if any(model["method"] == "firth" for model in models):
        note += " " + gettext(
            "Nagelkerke's R² and the shrinkage factor compare maximised likelihoods; a model by Firth's "
            "penalised likelihood, which is shrunk already, has neither."
        )
    return Table(gettext("The models"), (gettext("Measure"), *titled.values()), rows, note)


def _test_of(model: Payload, name: str) -> str:
    return p_value(next((test["p_value"] for test in model["tests"] if test["name"] == name), None))


def _added_to(model: Payload, name: str) -> str:
    return _test_of(model, "added") if model["added_to"] == name else ""


def _by_model(payload: Payload, words: Words, width: int, cells: Cells) -> Iterable[Row]:
    """The terms of every model under its title, with cells of their own."""
    for model in payload["models"]:
        if model["reason"] is None:
            yield from _headings(model, (), width, payload, words)
        for term in shown_terms(model):
            yield Row((_label(model, term, payload, words), *cells(model, term)), _role(payload))


def _headings(
    model: Payload, counts: tuple[str, ...], width: int, payload: Payload, words: Words
) -> Iterable[Row]:
    """The title of a model, and below it what must stand beside its numbers."""
    if payload["is_univariable"]:
        return
    yield Row((words.model(model), *counts, *[""] * (width - 1 - len(counts))), "section")
    for said in said_of(model, words):
        yield Row((said, *[""] * (width - 1)), "sub")


def _label(model: Payload, term: Payload, payload: Payload, words: Words) -> str:
    name = named_term(term, words)
    return f"{name} (Firth)" if payload["is_univariable"] and model["method"] == "firth" else name


def _role(payload: Payload) -> Role:
    return "" if payload["is_univariable"] else "sub"


def _inflation(model: Payload, term: Payload) -> str:
    return number((model["vif"] or {}).get(term["variable"]), 1)
