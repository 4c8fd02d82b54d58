"""Hazard ratios, a line a term."""

from analytics.figures.figure import Row, Table
from analytics.figures.survival.naming import heading, said_of, shown_hazard
from analytics.figures.words import Words, gettext_noop
from analytics.tables.cells import Payload
from registry.presentation.rounding import MISSING, count, number, p_value

NO_ERRORS_BETWEEN = gettext_noop("%(title)s: errors between sites could not be computed.")
NOT_CLUSTERED = {
    "too_few_clusters": gettext_noop("%(title)s: no errors between sites, for there are too few sites."),
    "missing": gettext_noop("%(title)s: no errors between sites, for sites are not recorded."),
}


def tabulate_hazard_ratios(payload: Payload, words: Words) -> Table:
    """All models, each under its heading."""
    gettext = words.gettext
    rows: list[Row] = []
    for model in payload["models"]:
        rows.append(
            Row((heading(model, words), count(model["n"]), count(model["n_events"]), "", "", ""), "section")
        )
        rows += [Row((said, *[""] * 5), "sub") for said in said_of(model, words)]
        if model["reason"] is not None:
            rows.append(Row((gettext("Not estimable"), "", "", MISSING, MISSING, ""), "sub"))
            continue
        changing = {
            term["variable"]: p_value(term["p_value"])
            for term in (model["proportional_hazards"] or {"terms": []})["terms"]
        }
        rows.extend(
            Row(
                (
                    words.term(term),
                    "",
                    "",
                    shown_hazard(term, words),
                    p_value(term["p_value"]),
                    changing.get(term["variable"], ""),
                ),
                "sub",
            )
            for term in model["terms"]
        )
        if model["concordance"] is not None:
            rows.append(
                Row(
                    (gettext("Concordance, same patients"), "", "", number(model["concordance"], 3), "", ""),
                    "sub",
                )
            )
    columns = (
        gettext("Covariate"),
        "n",
        gettext("Events"),
        gettext("HR (95\u00a0%\u00a0CI)"),
        "P",
        gettext("P, constant over time"),
    )
    return Table(gettext("Hazard ratios"), columns, tuple(rows), _note(payload, words))


def _note(payload: Payload, words: Words) -> str:
    gettext = words.gettext
    cox = [model for model in payload["models"] if model["estimand"] != "subdistribution"]
    ties = dict.fromkeys(model["ties"].capitalize() for model in cox)
    told = [
        gettext(
            "HR: hazard ratio, Wald intervals and tests; ties by %(ties)s (Cox) and Breslow (Fine–Gray); "
            "complete cases of each model. The cause-specific hazard is for what brings the event about, the "
            "subdistribution hazard for how many will have it. Constant over time: Schoenfeld's score test."
        )
        % {"ties": ", ".join(ties)}
    ]
    for model in (model for model in cox if model["clusters"]):
        clusters = model["clusters"]
        text = gettext("%(title)s: errors between %(n)s sites.")
        if clusters["reason"] is not None:
            text = gettext(NOT_CLUSTERED.get(clusters["reason"]["code"], NO_ERRORS_BETWEEN))
        told.append(text % {"title": words.model(model), "n": clusters["n_clusters"]})
    return " ".join(told)
