"""Incidence by group, and hazard ratios, a line each."""

from analytics.figures.figure import Row, Table
from analytics.figures.survival import NO_POINT, heading, shown_group, with_interval
from analytics.figures.words import Words, gettext_noop, inside
from analytics.tables.cells import NOT_COUNTED, Payload, count
from registry.presentation.rounding import interval, number, p_value

TESTS = {
    "gray": gettext_noop("Gray's test that the groups are the same: %(p)s."),
    "logrank": gettext_noop("Log-rank test that the groups are the same: %(p)s."),
}


def tabulate_survival(payload: Payload, words: Words) -> list[Table]:
    """A table of incidence for each outcome, then one of all models."""
    found = [_incidence(outcome, payload, words) for outcome in payload["outcomes"] if outcome["by_group"]]
    return [*found, _models(payload, words)] if payload["models"] else found


def _incidence(outcome: Payload, payload: Payload, words: Words) -> Table:
    gettext = words.gettext
    has_competing = outcome["estimand"] == "aalen_johansen"
    horizon = {"months": f"{payload['horizon']:g}"}
    columns = (
        words.name(payload["by"]) if payload["by"] else gettext("Patients"),
        "n",
        gettext("Events"),
        *([gettext("Competing events")] if has_competing else []),
        gettext("Patient-years"),
        gettext("Events per 100 patient-years (95\u00a0%\u00a0CI)"),
        gettext("Had it by %(months)s months, %% (95\u00a0%%\u00a0CI)") % horizon,
        gettext("Event-free months of the first %(months)s (95\u00a0%%\u00a0CI)") % horizon,
        gettext("Difference, months (95\u00a0%\u00a0CI)"),
        gettext("Median follow-up, months"),
    )
    rows = tuple(Row(_group(entry, payload, words, has_competing)) for entry in outcome["by_group"])
    caption = gettext("Incidence: %(outcome)s") % {"outcome": inside(words.name(outcome["outcome"]))}
    return Table(caption, columns, rows, _note(outcome, words))


def _group(entry: Payload, payload: Payload, words: Words, has_competing: bool) -> tuple[str, ...]:
    return (
        shown_group(entry, payload["by"], words),
        count(entry["n"]),
        count(entry["n_events"]),
        *([count(entry["n_competing"])] if has_competing else []),
        number(entry["patient_years"], 1),
        _around(entry["rate"], entry["rate_ci_low"], entry["rate_ci_high"]),
        _around(*(_percent((entry["at_horizon"] or NO_POINT)[name]) for name in NO_POINT), decimals=1),
        _around(
            *(entry[f"restricted_mean{end}"] for end in ("", "_ci_low", "_ci_high")),
            decimals=1,
        ),
        _around(*(entry.get(f"difference{end}") for end in ("", "_ci_low", "_ci_high")), decimals=1),
        number(entry["median_follow_up"], 1),
    )


def _note(outcome: Payload, words: Words) -> str:
    gettext = words.gettext
    note = gettext(
        "Exact intervals of the rates; event-free: free of the outcome and of competing events, the "
        "difference from the first group; median follow-up by reverse Kaplan–Meier."
    )
    estimator = {
        "aalen_johansen": gettext("Cumulative incidence by Aalen and Johansen."),
        "kaplan_meier": gettext("Cumulative incidence as one minus Kaplan–Meier."),
    }[outcome["estimand"]]
    if outcome["test"] is None or outcome["test"]["p_value"] is None:
        return f"{estimator} {note}"
    shown = p_value(outcome["test"]["p_value"])
    tested = gettext(TESTS[outcome["test"]["name"]]) % {
        "p": f"P\u00a0{shown}" if shown[0] in "<>" else f"P\u00a0=\u00a0{shown}"
    }
    return f"{estimator} {tested} {note}"


def _models(payload: Payload, words: Words) -> Table:
    gettext = words.gettext
    rows: list[Row] = []
    for model in payload["models"]:
        rows.append(
            Row((heading(model, words), count(model["n"]), count(model["n_events"]), "", "", ""), "section")
        )
        if model["reason"] is not None:
            rows.append(Row((gettext("Not estimable"), "", "", NOT_COUNTED, NOT_COUNTED, ""), "sub"))
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
                    with_interval(term["scaled"]),
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
    note = gettext(
        "HR: hazard ratio, Wald intervals and tests; ties by Efron (Cox) and Breslow (Fine–Gray); complete "
        "cases of each model. The cause-specific hazard is for what brings the event about, the "
        "subdistribution hazard for how many will have it. Constant over time: Schoenfeld's score test."
    )
    return Table(gettext("Hazard ratios"), columns, tuple(rows), note)


def _around(value: float | None, low: float | None, high: float | None, *, decimals: int = 2) -> str:
    if value is None:
        return NOT_COUNTED
    return (
        f"{number(value, decimals)} ({interval(low, high, decimals)})"
        if low is not None
        else number(value, decimals)
    )


def _percent(proportion: float | None) -> float | None:
    return None if proportion is None else proportion * 100
