"""Correlations, a line a pair."""

from analytics.figures.figure import Row, Table
from analytics.figures.words import Words
from analytics.tables.cells import NOT_COUNTED, Payload, count
from registry.presentation.rounding import interval, number, p_value


def tabulate_correlation(payload: Payload, words: Words) -> list[Table]:
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
            head = (f"{words.name(x)} – {words.name(y)}", str(count(pair["n"])), _r(pair))
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
