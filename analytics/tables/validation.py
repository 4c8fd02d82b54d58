"""A frozen model in its development and in later patients, a column each."""

from collections.abc import Callable
from dataclasses import replace

from analytics.figures.figure import Row, Table
from analytics.figures.validation import part_name
from analytics.figures.words import Words
from analytics.statistics.design import INTERCEPT
from analytics.tables.cells import Payload
from registry.presentation.rounding import (
    MISSING,
    count,
    number,
    percent,
    percent_with_interval,
    with_interval,
)

Shown = Callable[[Payload], str]


def tabulate_validation(payload: Payload, words: Words) -> list[Table]:
    """The measures down, the two sets of patients across; then what was frozen."""
    if not payload["within"]:
        return []
    return [_measures(payload, words), _frozen(payload, words)]


def _measures(payload: Payload, words: Words) -> Table:
    gettext, parts = words.gettext, payload["within"]
    measures: list[tuple[str, Shown]] = [
        (gettext("Patients"), lambda part: count(part["n"])),
        (gettext("Events"), lambda part: count(part["n_events"])),
        (gettext("Left out, a value missing"), lambda part: count(part["n_missing"])),
        (gettext("Events still awaited"), lambda part: count(part["n_awaited"])),
        (gettext("Median follow-up, months"), lambda part: number(part["median_follow_up"], 1)),
        (gettext("AUC (95\u00a0%\u00a0CI)"), lambda part: _around(part, "auc", 3)),
        (gettext("AUC less the apparent one"), lambda part: _around(part, "auc_difference", 3)),
        (gettext("Calibration slope (95\u00a0%\u00a0CI)"), lambda part: _around(part, "slope", 2)),
        (
            gettext("Calibration in the large (95\u00a0%\u00a0CI)"),
            lambda part: _around(part, "intercept", 2),
        ),
        (gettext("Brier score"), lambda part: number(part["brier"], 3)),
        (gettext("Sensitivity, % (95\u00a0%\u00a0CI)"), lambda part: _share(part, "sensitivity")),
        (gettext("Specificity, % (95\u00a0%\u00a0CI)"), lambda part: _share(part, "specificity")),
        ("TP\u00a0/\u00a0FN", lambda part: f"{count(part['tp'])} / {count(part['fn'])}"),
        ("FP\u00a0/\u00a0TN", lambda part: f"{count(part['fp'])} / {count(part['tn'])}"),
    ]
    columns = (gettext("Measure"), *(part_name(part, words) for part in parts))
    rows = tuple(Row((name, *(shown(part) for part in parts))) for name, shown in measures)
    return Table(gettext("The frozen model, then and since"), columns, rows, _note(payload, words))


def _note(payload: Payload, words: Words) -> str:
    gettext, development = words.gettext, payload["within"][0]
    note = gettext(
        "Coefficients and cut-off were frozen on the patients enrolled up to %(day)s and never changed "
        "since; a predicted risk of %(threshold)s %% or more counts as positive. In the development the "
        "figures are apparent ones. This is validation over time, in the same sites; external validation: "
        "none."
    ) % {"day": payload["frozen"]["through"], "threshold": percent(development["threshold"])}
    undated = payload["undated"]["count"]
    if undated == 0:
        return note
    return f"{note} " + gettext("Without a day of enrolment, in neither: %(n)s.") % {"n": count(undated)}


def _frozen(payload: Payload, words: Words) -> Table:
    gettext = words.gettext
    rows = [(_term(term, words), number(term["coefficient"], 4)) for term in payload["within"][0]["terms"]]
    columns = (gettext("Term"), gettext("Coefficient, log odds per unit"))
    caption, shown = gettext("The frozen coefficients"), rows or [(MISSING, MISSING)]
    table = Table.plain(caption, columns, shown)
    if payload["within"][0]["method"] != "firth":
        return table
    return replace(table, note=gettext("Fitted by Firth's penalised likelihood."))


def _term(term: Payload, words: Words) -> str:
    """A measurement with its unit, a category with its level."""
    if term["variable"] == INTERCEPT:
        return words.gettext("Intercept")
    return words.with_unit(term["variable"]) if term["per"] else words.term(term)


def _around(part: Payload, name: str, decimals: int) -> str:
    return with_interval(
        *(part.get(f"{name}{end}") for end in ("", "_ci_low", "_ci_high")), decimals=decimals
    )


def _share(part: Payload, name: str) -> str:
    return percent_with_interval(part[name], *(part[f"{name}_ci"] or (None, None)))
