"""How a measurement changes, and what each way to use it says of the hazard."""

from typing import Any

from analytics.figures.figure import Row, Table
from analytics.figures.longitudinal import group_name, hazard_models, hazard_with_interval
from analytics.figures.words import Words, inside
from analytics.statistics.design import INTERCEPT
from analytics.tables.cells import Payload
from registry.presentation.rounding import MISSING, count, number, p_value

FINER = 2
"""Decimals of a change per year beyond those of the measurement."""


def tabulate_longitudinal(payload: Payload, words: Words) -> list[Table]:
    """The mixed model, then the hazards where the plan asks for any."""
    course, *hazards = payload["models"]
    found = [_course(course, payload, words)]
    return [*found, _hazards(hazard_models(payload), payload, words)] if hazards else found


def _course(model: Payload, payload: Payload, words: Words) -> Table:
    gettext, lab = words.gettext, payload["lab"]
    terms = [*(term for group in payload["by_group"] for term in group["terms"]), *model["terms"]]
    rows = [
        Row(
            (
                _coefficient(term, payload, words),
                words.value(lab, term["coefficient"], finer=FINER),
                words.interval(lab, *term["coefficient_ci"], finer=FINER),
                p_value(term["p_value"]) if term["term"] != INTERCEPT else "",
            )
        )
        for term in terms
    ]
    if not rows:
        rows = [Row((gettext("Not estimable"), MISSING, MISSING, ""))]
    spread = [
        (gettext("SD between patients at time zero"), model["intercept_variance"]),
        (gettext("SD of the change per year between patients"), model["slope_variance"]),
        (gettext("SD within patients"), model["residual_variance"]),
    ]
    rows += [
        Row((name, words.value(lab, variance**0.5, finer=FINER), "", ""), "sub")
        for name, variance in spread
        if variance is not None
    ]
    if model["icc"] is not None:
        rows.append(Row((gettext("Intraclass correlation"), number(model["icc"], 3), "", ""), "sub"))
    unit = words.with_unit(lab)
    columns = (gettext("Term"), unit, gettext("95\u00a0%\u00a0CI"), "P")
    caption = gettext("%(lab)s over time: mixed model") % {"lab": words.name(lab)}
    return Table(caption, columns, tuple(rows), _note(model, words))


def _note(model: Payload, words: Words) -> str:
    text = words.gettext(
        "Linear mixed model of %(measurements)s measurements of %(n)s patients, restricted maximum "
        "likelihood; every patient has a level and a change per year of their own. Wald intervals and tests. "
        "The intraclass correlation is the share of the variance at time zero that lies between patients."
    )
    if model["slope_variance"] is None:
        text = words.gettext(
            "Linear mixed model of %(measurements)s measurements of %(n)s patients, restricted maximum "
            "likelihood; every patient has a level of their own. Wald intervals and tests. The intraclass "
            "correlation is the share of the variance that lies between patients."
        )
    note = text % {"measurements": count(model["n_measurements"]), "n": count(model["n"])}
    if any(term["role"] == "covariate" for term in model["terms"]):
        note += " " + words.gettext("Means are those of patients with average covariates.")
    if model["is_boundary"]:
        note += " " + words.gettext(
            "A variance between patients is estimated as zero: the intervals are too narrow."
        )
    return note


def _coefficient(term: Payload, payload: Payload, words: Words) -> str:
    gettext = words.gettext
    if term["role"] == "covariate":
        return words.term(term)
    text = {
        ("level", True): gettext("Mean at time zero"),
        ("change", True): gettext("Change per year"),
        ("level", False): gettext("At time zero: %(level)s, against %(reference)s"),
        ("change", False): gettext("Change per year: %(level)s, against %(reference)s"),
    }[term["role"], term["level"] is None]
    if term["level"] is None:
        first = payload["by_group"][0] if payload["by"] and payload["by_group"] else None
        return f"{text}, {inside(group_name(first, payload, words))}" if first else text
    return text % {
        "level": inside(words.level(term["variable"], term["level"])),
        "reference": inside(words.level(term["variable"], term["reference"])),
    }


def _hazards(hazards: list[Payload], payload: Payload, words: Words) -> Table:
    gettext = words.gettext
    rows: list[Row] = []
    for model in hazards:
        head = (words.model(model), count(model["n"]), count(model["n_events"]), "", "", "")
        rows.append(Row(head, "section"))
        if model["reason"] is not None:
            rows.append(Row((gettext("Not estimable"), "", "", MISSING, MISSING, ""), "sub"))
        changing = _changing(model)
        rows.extend(
            Row(
                (
                    words.term(term),
                    "",
                    "",
                    hazard_with_interval(term),
                    p_value(term["p_value"]),
                    changing.get(term["variable"], ""),
                ),
                "sub",
            )
            for term in model["terms"]
        )
    columns = (
        gettext("Covariate"),
        "n",
        gettext("Events"),
        gettext("HR (95\u00a0%\u00a0CI)"),
        "P",
        gettext("P, constant over time"),
    )
    note = gettext(
        "Cox models of the hazard of %(outcome)s, a competing event ending the follow-up; Efron's ties, Wald "
        "intervals and tests. The other covariates are those of time zero."
    ) % {"outcome": inside(words.name(payload["outcome"]))}
    if payload["landmark"] is not None:
        note += " " + gettext(
            "What rests on the landmark counts from month %(month)s on, with those still followed then."
        ) % {"month": f"{payload['landmark']:g}"}
    caption = gettext("Hazard ratios by how the measurements are used")
    return Table(caption, columns, tuple(rows), note)


def _changing(model: dict[str, Any]) -> dict[str, str]:
    tested = model["proportional_hazards"] or {"terms": []}
    return {term["variable"]: p_value(term["p_value"]) for term in tested["terms"]}
