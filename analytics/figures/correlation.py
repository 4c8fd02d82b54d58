"""Correlations as a heat map: lower triangle, like beside like, r printed, the unremarkable in grey.

A pair of which one is computed from the other carries a dagger and, outside replications, no colour.
"""

from typing import Any

from analytics.figures.figure import Figure, Table
from analytics.figures.words import Words
from registry.presentation.rounding import MISSING, interval, number, p_value
from registry.presentation.svg import Drawing, diverging, text_width

CELL_WIDTH, CELL_HEIGHT = 62.0, 40.0
ALPHA = 0.05


def draw_correlation(payload: dict[str, Any], words: Words) -> list[Figure]:
    """One heat map a stratum, all in the order of the first."""
    return [_heat_map(payload, stratum, payload["order"], words) for stratum in payload["strata"]]


def _heat_map(payload: dict[str, Any], stratum: str, order: list[str], words: Words) -> Figure:
    pairs = _main_pairs(payload, stratum)
    by_variables = {frozenset((pair["x"], pair["y"])): pair for pair in pairs}
    where = words.stratum(stratum, payload.get("stratified_by"))
    counts = sorted({pair["n"] for pair in pairs if pair["n"] is not None})
    n = "n = " + words.gettext(" to ").join(str(count) for count in counts[:1] + counts[1:][-1:])
    title = words.gettext("%(title)s: %(where)s, %(n)s") % {
        "title": words.method(pairs[0]["method"]),
        "where": where,
        "n": n,
    }
    has_structural = any(pair["is_structural"] for pair in pairs)
    grid_width, grid_height = CELL_WIDTH * (len(order) - 1), CELL_HEIGHT * len(order)
    longest = max(k * CELL_WIDTH + text_width(words.name(code)) for k, code in enumerate(order))
    width = max(longest, grid_width, 460.0) + 24
    drawing = Drawing(
        f"heat-map-{stratum}",
        width=width,
        height=grid_height + (106 if has_structural else 86),
        title=title,
        description=_described(pairs, words),
    )
    drawing.text(0, 18, title, "fig-label fig-strong")
    for row, y_code in enumerate(order):
        top = 34 + row * CELL_HEIGHT
        for column, x_code in enumerate(order[:row]):
            _cell(drawing, by_variables.get(frozenset((x_code, y_code))), column * CELL_WIDTH, top)
        drawing.text(
            row * CELL_WIDTH + 8, top + CELL_HEIGHT / 2 + 5, words.name(y_code), "fig-label fig-strong"
        )
    _legend(drawing, 34 + grid_height + 18, words)
    if has_structural:
        meaning = words.gettext("† one is computed from the other")
        drawing.text(0, 34 + grid_height + 56, meaning, "fig-small fig-muted")
    return Figure(drawing.name, title, str(drawing), _table(title, payload, stratum, words))


def _cell(drawing: Drawing, pair: dict[str, Any] | None, x: float, y: float) -> None:
    middle, baseline = x + CELL_WIDTH / 2, y + CELL_HEIGHT / 2 + 5
    if pair is None or pair["r"] is None:
        drawing.text(middle, baseline, MISSING, "fig-small fig-muted", anchor="middle")
        return
    inner = (x + 1, y + 1, CELL_WIDTH - 2, CELL_HEIGHT - 2)
    shown = number(pair["r"]) + ("†" if pair["is_structural"] else "")
    stands_out = pair["p_adjusted"] is not None and pair["p_adjusted"] < ALPHA
    if stands_out:
        fill, ink = diverging(pair["r"])
        drawing.rectangle(*inner, fill=fill)
        drawing.text(middle, baseline, shown, "", anchor="middle", fill=ink)
    else:
        drawing.rectangle(*inner, "fig-stripe")
        drawing.text(middle, baseline, shown, "fig-small fig-muted", anchor="middle")


def _legend(drawing: Drawing, top: float, words: Words) -> None:
    steps = [step / 10 for step in range(-10, 11)]
    drawing.text(0, top + 12, f"r = {number(-1, 0)}", "fig-small")
    for k, value in enumerate(steps):
        drawing.rectangle(48 + 7 * k, top, 7.2, 16, fill=diverging(value)[0])
    drawing.text(48 + 7 * len(steps) + 8, top + 12, "1", "fig-small")
    drawing.rectangle(240, top, 22, 16, "fig-stripe")
    drawing.text(270, top + 12, words.gettext("P ≥ 0.05 after adjustment"), "fig-small fig-muted")


def _table(title: str, payload: dict[str, Any], stratum: str, words: Words) -> Table:
    gettext = words.gettext
    rows = [
        (
            f"{words.name(pair['x'])} – {words.name(pair['y'])}",
            words.method(pair["method"]),
            str(pair["n"] or MISSING),
            number(pair["r"], 3),
            interval(pair["ci_low"], pair["ci_high"], 3),
            p_value(pair["p_value"]),
            p_value(pair["p_adjusted"]),
        )
        for pair in payload["pairs"]
        if pair["stratum"] == stratum
    ]
    columns = (gettext("Pair"), gettext("Method"), "n", "r", gettext("95 % CI"), "P", gettext("P, adjusted"))
    return Table.plain(title, columns, rows)


def _described(pairs: list[dict[str, Any]], words: Words) -> str:
    """The three strongest correlations, for those who do not see the colours."""
    known = sorted((pair for pair in pairs if pair["r"] is not None), key=lambda pair: -abs(pair["r"]))
    named = "; ".join(
        f"{words.name(pair['x'])} – {words.name(pair['y'])} {number(pair['r'])}" for pair in known[:3]
    )
    return words.gettext("Strongest correlations: %(named)s.") % {"named": named}


def _main_pairs(payload: dict[str, Any], stratum: str) -> list[dict[str, Any]]:
    method = payload["methods"][0]
    return [pair for pair in payload["pairs"] if pair["stratum"] == stratum and pair["method"] == method]
