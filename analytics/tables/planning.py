"""The size that models and intervals need, beside the size there is."""

from analytics.figures.figure import Row, Table
from analytics.figures.quantities import called, shown, shown_width, sized
from analytics.figures.words import Words, gettext_noop
from analytics.tables.cells import Payload
from registry.presentation.rounding import MISSING, count, number

NO_MONTH = {
    "no_enrolment_dates": gettext_noop("No month is foretold: no day of enrolment is known."),
    "enrolment_stopped": gettext_noop(
        "No month is foretold: nobody was enrolled in the last year that the data know of, so enrolment "
        "seems to have stopped."
    ),
    "enrolment_too_slow": gettext_noop(
        "No month is foretold: hardly anyone was enrolled in the year up to the latest enrolment."
    ),
}


def tabulate_planning(payload: Payload, words: Words) -> list[Table]:
    """Riley's criteria for the models, then the forecast of the intervals."""
    tables = [_models(payload, words)] if payload["models"] else []
    return [*tables, _widths(payload, words)] if payload["rows"] else tables


def _models(payload: Payload, words: Words) -> Table:
    gettext, models = words.gettext, payload["models"]
    sources = {
        "stated": gettext("stated in the plan"),
        "fitted": gettext("as fitted now, less its optimism"),
        "assumed": gettext("assumed: 15 % of what can be explained"),
        None: MISSING,
    }
    lines = (
        (gettext("Patients now"), [count(model["n"]) for model in models]),
        (gettext("Patients needed"), [_whole(model["patients_needed"]) for model in models]),
        (gettext("Events now"), [count(model["n_events"]) for model in models]),
        (gettext("Events needed"), [_whole(model["events_needed"]) for model in models]),
        (gettext("Parameters"), [_whole(model["parameters"]) for model in models]),
        (gettext("Needed to shrink little"), [_whole(model["n_shrinkage"]) for model in models]),
        (gettext("Needed to explain as much elsewhere"), [_whole(model["n_optimism"]) for model in models]),
        (gettext("Needed to know the overall risk"), [_whole(model["n_intercept"]) for model in models]),
        (gettext("Shrinkage to expect now"), [number(model["shrinkage"]) for model in models]),
        (gettext("R² expected (Cox–Snell)"), [number(model["r2_cox_snell"], 3) for model in models]),
        (gettext("R² is"), [sources[model["r2_source"]] for model in models]),
    )
    note = gettext(
        "Riley's criteria: coefficients shrunk by no more than a factor of %(shrinkage)s; R² (Nagelkerke) "
        "at most 0.05 lower in other patients; the overall risk known within 5 percentage points. The "
        "largest of the three is needed."
    ) % {"shrinkage": number(payload["shrinkage_wanted"], 2)}
    columns = (gettext("Size"), *(words.model(model) for model in models))
    rows = tuple(Row((name, *cells)) for name, cells in lines)
    return Table(gettext("Patients that the models need"), columns, rows, note)


def _widths(payload: Payload, words: Words) -> Table:
    gettext = words.gettext
    columns = (
        gettext("Number"),
        gettext("Now"),
        gettext("Half of the width"),
        gettext("Wanted"),
        gettext("From"),
        gettext("Needed"),
        gettext("Reached"),
    )
    rows = tuple(
        Row(
            (
                called(row, words),
                shown(row, row["value"]),
                shown_width(row, row["half_width"]),
                shown_width(row, row["wanted"]),
                sized(row, row["n_events"] if row["unit"] == "events" else row["n"], words),
                sized(row, row["n_needed"], words),
                _reached(row, words),
            )
        )
        for row in payload["rows"]
    )
    return Table(gettext("Width of the intervals"), columns, rows, _note(payload, words))


def _note(payload: Payload, words: Words) -> str:
    gettext = words.gettext
    note = gettext(
        "Half of the width of the 95 % interval, and the number at which it is as narrow as wanted if the "
        "data go on as they are; ×/÷: a ratio is known up to this factor."
    )
    enrolment = payload["enrolment"]
    if enrolment["per_month"] is None:
        why = NO_MONTH.get((enrolment["reason"] or {}).get("code", ""))
        return f"{note} {gettext(why)}" if why else note
    return f"{note} " + gettext(
        "Reached: the month in which enrolment gets there at its pace of the year up to %(month)s, "
        "%(pace)s a month."
    ) % {"month": enrolment["through"], "pace": number(enrolment["per_month"], 1)}


def _reached(row: Payload, words: Words) -> str:
    if row["n_more"] == 0:
        return words.gettext("already")
    return row["reached_in"] or MISSING


def _whole(value: float | None) -> str:
    return number(value, 0)
