"""Correlations, a line a pair, and whether two of them differ."""

from analytics.figures.figure import Row, Table
from analytics.figures.words import Words, inside
from analytics.tables.cells import Payload, adjusted_heading
from registry.presentation.rounding import count, number, p_value, with_interval

STRUCTURAL = "\u00a0†"
"""Marks a pair of which one follows from the other."""


def tabulate_correlation(payload: Payload, words: Words) -> list[Table]:
    """The first method's pairs with every stratum beside, comparisons of two, then the other methods."""
    compared = _comparisons(payload, words)
    others = [_others(payload, words)] if len(payload["methods"]) > 1 else []
    return [_pairs(payload, words), *([compared] if compared else []), *others]


def _pairs(payload: Payload, words: Words) -> Table:
    gettext, strata, method = words.gettext, payload["strata"], payload["methods"][0]
    cells = {
        (pair["stratum"], pair["x"], pair["y"]): pair for pair in payload["pairs"] if pair["method"] == method
    }
    main = strata[0]
    has_groups = any("within_groups" in pair for pair in cells.values())
    has_partial = any("partial" in pair for pair in cells.values())
    rows = []
    for (stratum, x, y), pair in cells.items():
        if stratum == main:
            beside = [number(cells[other, x, y]["r"]) for other in strata[1:]]
            by_group = [number(pair["within_groups"]["partial_r"])] if has_groups else []
            partial = [_r(pair["partial"])] if has_partial else []
            head = (_named(pair, words), count(pair["n"]), *_tested(pair))
            rows.append(Row((*head, *beside, *by_group, *partial)))
    named = [words.stratum(stratum, payload["stratified_by"]) for stratum in strata]
    columns = (
        gettext("Pair"),
        "n",
        gettext("r (95\u00a0%%\u00a0CI), %(patients)s") % {"patients": named[0]},
        "P",
        adjusted_heading(payload),
        *(f"r, {name}" for name in named[1:]),
        *([gettext("r, given the group")] if has_groups else []),
        *([_given_heading(payload, words)] if has_partial else []),
    )
    return Table(words.method(method), columns, tuple(rows), _note(payload, words))


def _named(pair: Payload, words: Words) -> str:
    return f"{words.name(pair['x'])} – {words.name(pair['y'])}{STRUCTURAL if pair['is_structural'] else ''}"


def _tested(pair: Payload) -> tuple[str, str, str]:
    return _r(pair), p_value(pair["p_value"]), p_value(pair["p_adjusted"])


def _given_heading(payload: Payload, words: Words) -> str:
    named = ", ".join(words.inside(code) for code in payload["given"])
    return words.gettext("r (95\u00a0%%\u00a0CI), given %(named)s") % {"named": named}


def _others(payload: Payload, words: Words) -> Table:
    """The pairs of the first stratum by the other methods, which the plan asks for as well."""
    gettext, (main, *_rest), methods = words.gettext, payload["strata"], payload["methods"][1:]
    cells = {
        (pair["method"], pair["x"], pair["y"]): pair for pair in payload["pairs"] if pair["stratum"] == main
    }
    rows = tuple(
        Row(
            (
                _named(pair, words),
                *(cell for method in methods for cell in _tested(cells[method, pair["x"], pair["y"]])),
            )
        )
        for pair in payload["pairs"]
        if (pair["stratum"], pair["method"]) == (main, payload["methods"][0])
    )
    columns = (
        gettext("Pair"),
        *(
            heading
            for method in methods
            for heading in (
                gettext("%(method)s (95\u00a0%%\u00a0CI)") % {"method": words.method(method)},
                "P",
                adjusted_heading(payload),
            )
        ),
    )
    caption = gettext("Other coefficients, %(patients)s") % {
        "patients": words.stratum(main, payload["stratified_by"])
    }
    note = gettext("%(heading)s: P adjusted over the tests of one coefficient (%(method)s).") % {
        "heading": adjusted_heading(payload),
        "method": words.adjustment(payload["adjustment"]),
    }
    return Table(caption, columns, rows, note)


def _note(payload: Payload, words: Words) -> str:
    gettext = words.gettext
    note = gettext(
        "Each pair on the patients who have both values. %(heading)s: P adjusted over the %(tests)s tests of "
        "the table (%(method)s)."
    ) % {
        "heading": adjusted_heading(payload),
        "tests": payload["family"]["n_tests"],
        "method": words.adjustment(payload["adjustment"]),
    }
    structural = [pair for pair in payload["pairs"] if pair["is_structural"]]
    if not structural:
        return note
    if all(pair["p_value"] is None for pair in structural):
        return f"{note} " + gettext("†: one is computed from the other, so that P would say nothing.")
    return f"{note} " + gettext(
        "†: one is computed from the other; P is shown because the study gave one, and says nothing."
    )


def _comparisons(payload: Payload, words: Words) -> Table | None:
    """Whether two correlations differ; none where the plan compares none."""
    gettext = words.gettext
    if not payload["comparisons"]:
        return None
    rows: list[Row] = []
    for entry in payload["comparisons"]:
        tail = (number(entry["difference"]), p_value(entry["p_value"]), p_value(entry["p_adjusted"]))
        rows.append(Row((_compared(entry, words), count(entry["n"]), "", *tail), "section"))
        for name, part in _parts(entry, words):
            rows.append(Row((name, count(part["n"]), _r(part), "", "", ""), "sub"))
    columns = (
        gettext("Correlations"),
        "n",
        gettext("r (95\u00a0%\u00a0CI)"),
        gettext("Difference"),
        "P",
        adjusted_heading(payload),
    )
    note = gettext(
        "Pearson's r. Between two groups by Fisher's z, between more by chi-square; two correlations of the "
        "same patients by Williams's t."
    )
    return Table(gettext("Do the correlations differ?"), columns, tuple(rows), note)


def _compared(entry: Payload, words: Words) -> str:
    if "between" in entry:
        return words.gettext("%(x)s – %(y)s, by %(between)s") % {
            "x": words.name(entry["x"]),
            "y": words.inside(entry["y"]),
            "between": words.inside(entry["between"]),
        }
    return words.gettext("%(x)s, with %(first)s or with %(second)s") % {
        "x": words.name(entry["x"]),
        **dict(zip(("first", "second"), (words.inside(y) for y in entry["y"]), strict=True)),
    }


def _parts(entry: Payload, words: Words) -> list[tuple[str, Payload]]:
    if "between" in entry:
        return [
            (inside(words.level(entry["between"], level)), cell) for level, cell in entry["groups"].items()
        ]
    return [(f"{words.name(entry['x'])} – {words.inside(part['y'])}", part) for part in entry["parts"]]


def _r(found: Payload) -> str:
    return with_interval(found["r"], found["ci_low"], found["ci_high"])
