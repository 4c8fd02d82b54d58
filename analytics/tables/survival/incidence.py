"""Incidence by group, a line each: how often, how many by the horizon, how long free of any event."""

from analytics.figures.figure import Row, Table
from analytics.figures.survival.naming import NO_POINT, shown_group
from analytics.figures.words import Words, gettext_noop, inside
from analytics.tables.cells import Payload
from registry.presentation.rounding import (
    count,
    named_p,
    number,
    p_value,
    percent_with_interval,
    ratio_with_interval,
    with_interval,
)

ENDS = ("", "_ci_low", "_ci_high")
TESTS = {
    "gray": gettext_noop("Gray's test that the groups are the same: %(p)s."),
    "logrank": gettext_noop("Log-rank test that the groups are the same: %(p)s."),
}
ESTIMATORS = {
    "aalen_johansen": gettext_noop(
        "Cumulative incidence by Aalen and Johansen, interval on the %(scale)s scale."
    ),
    "kaplan_meier": gettext_noop(
        "Cumulative incidence as one minus Kaplan–Meier, interval on the %(scale)s scale."
    ),
}
SCALES = {
    "log": gettext_noop("log"),
    "log-log": gettext_noop("log-log"),
    "plain": gettext_noop("plain"),
}


def tabulate_incidence(outcome: Payload, payload: Payload, words: Words) -> list[Table]:
    """One outcome: how many have had it and how often; then how long patients stay free of any event."""
    return [_incidence(outcome, payload, words), _event_free(outcome, payload, words)]


def _incidence(outcome: Payload, payload: Payload, words: Words) -> Table:
    gettext = words.gettext
    has_competing = outcome["estimand"] == "aalen_johansen"
    has_published = any("one_minus_kaplan_meier" in entry for entry in outcome["by_group"])
    horizon = {"months": f"{payload['horizon']:g}"}
    columns = (
        words.name(payload["by"]) if payload["by"] else gettext("Patients"),
        "n",
        gettext("Events"),
        *([gettext("Competing events")] if has_competing else []),
        gettext("Patient-years"),
        gettext("Events per 100 patient-years (95\u00a0%\u00a0CI)"),
        *([gettext("Rate ratio (95\u00a0%\u00a0CI)")] if payload["by"] else []),
        gettext("Had it by %(months)s months, %% (95\u00a0%%\u00a0CI)") % horizon,
        *([gettext("One minus Kaplan–Meier, % (too high)")] if has_published else []),
        gettext("Median follow-up, months"),
    )
    rows = tuple(
        Row(
            (
                shown_group(entry, payload["by"], words),
                count(entry["n"]),
                count(entry["n_events"]),
                *([count(entry["n_competing"])] if has_competing else []),
                number(entry["patient_years"], 1),
                with_interval(*(entry[f"rate{end}"] for end in ENDS)),
                *([_ratio(entry)] if payload["by"] else []),
                _read(entry["at_horizon"]),
                *([_read(entry.get("one_minus_kaplan_meier"))] if has_published else []),
                number(entry["median_follow_up"], 1),
            )
        )
        for entry in outcome["by_group"]
    )
    caption = gettext("Incidence: %(outcome)s") % {"outcome": inside(words.name(outcome["outcome"]))}
    note = gettext(
        "Exact intervals of the rates and their ratio to the first group's; median follow-up by reverse "
        "Kaplan–Meier."
    )
    estimator = gettext(ESTIMATORS[outcome["estimand"]]) % {"scale": gettext(SCALES[payload["interval"]])}
    return Table(caption, columns, rows, " ".join([estimator, *_tested(outcome, words), note]))


def _event_free(outcome: Payload, payload: Payload, words: Words) -> Table:
    gettext = words.gettext
    horizon = {"months": f"{payload['horizon']:g}"}
    columns = (
        words.name(payload["by"]) if payload["by"] else gettext("Patients"),
        gettext("Event-free months of the first %(months)s (95\u00a0%%\u00a0CI)") % horizon,
        *([gettext("Difference, months (95\u00a0%\u00a0CI)"), "P"] if payload["by"] else []),
    )
    rows = tuple(
        Row(
            (
                shown_group(entry, payload["by"], words),
                with_interval(*(entry[f"restricted_mean{end}"] for end in ENDS), decimals=1),
                *(_difference(entry) if payload["by"] else ()),
            )
        )
        for entry in outcome["by_group"]
    )
    caption = gettext("Event-free time: %(outcome)s") % {"outcome": inside(words.name(outcome["outcome"]))}
    note = gettext(
        "Restricted mean time free of the outcome and of competing events; the difference is from the first "
        "group and holds whether or not hazards are proportional."
    )
    return Table(caption, columns, rows, note)


def _difference(entry: Payload) -> tuple[str, str]:
    ends = (entry.get(f"difference{end}") for end in ENDS)
    return with_interval(*ends, decimals=1), p_value(entry.get("difference_p_value"))


def _tested(outcome: Payload, words: Words) -> list[str]:
    if outcome["test"] is None or outcome["test"]["p_value"] is None:
        return []
    said = {"p": named_p(outcome["test"]["p_value"])}
    return [words.gettext(TESTS[outcome["test"]["name"]]) % said]


def _ratio(entry: Payload) -> str:
    return ratio_with_interval(*(entry.get(f"rate_ratio{end}") for end in ENDS))


def _read(point: Payload | None) -> str:
    """A point of a curve in percent."""
    return percent_with_interval(*((point or NO_POINT)[name] for name in NO_POINT))
