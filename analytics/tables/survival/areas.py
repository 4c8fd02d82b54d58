"""Areas under the time-dependent ROC curve, a line a marker or model, a column a time."""

from analytics.figures.figure import Row, Table
from analytics.figures.survival.naming import shown_area
from analytics.figures.words import Words
from analytics.tables.cells import Payload
from registry.presentation.rounding import MISSING, count, with_interval


def tabulate_areas(payload: Payload, words: Words) -> Table:
    """All areas, those of one outcome under its heading."""
    gettext = words.gettext
    times = sorted({point["time"] for area in payload["areas"] for point in area["at"]})
    rows: list[Row] = []
    for outcome in dict.fromkeys(area["outcome"] for area in payload["areas"]):
        rows.append(Row((words.name(outcome), *[""] * (len(times) + 1)), "section"))
        rows += [
            Row((_named(area, words), count(area["n"]), *[_at(area, time) for time in times]), "sub")
            for area in payload["areas"]
            if area["outcome"] == outcome
        ]
    columns = (
        gettext("Marker"),
        "n",
        *(
            gettext("By %(months)s months, AUC (95\u00a0%%\u00a0CI)") % {"months": f"{time:g}"}
            for time in times
        ),
    )
    note = gettext(
        "Area under the cumulative, dynamic ROC curve: of a patient who has the outcome by then and one who "
        "does not, how often the first has the riskier value. Weighted for censoring; patients with a "
        "competing event by then count as without the outcome. The plan declares which values mean risk."
    )
    if any(MISSING in row.cells for row in rows):
        note += " " + gettext("–: too few patients had the outcome by then, or were known to be without it.")
    return Table(gettext("Foretelling the outcome"), columns, tuple(rows), note)


def _named(area: Payload, words: Words) -> str:
    if area["is_apparent"]:
        return words.gettext("%(title)s, in its own patients") % {"title": shown_area(area, words)}
    return shown_area(area, words)


def _at(area: Payload, time: float) -> str:
    """The area at a time with its interval; a dash where there is none."""
    point = next((point for point in area["at"] if point["time"] == time), None)
    return with_interval(point["auc"], point["ci_low"], point["ci_high"], decimals=3) if point else MISSING
