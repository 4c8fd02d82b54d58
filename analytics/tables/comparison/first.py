"""Groups side by side, as a first table of a paper prints them."""

from collections.abc import Iterable

from analytics.figures.comparison import row_name
from analytics.figures.figure import Row, Table
from analytics.figures.words import Words, gettext_noop, inside
from analytics.tables.cells import Payload, adjusted_heading
from registry.presentation.rounding import MISSING, count, number, p_value, percent, with_interval

TESTS = {
    "welch": gettext_noop("Welch"),
    "student": gettext_noop("Student"),
    "mann_whitney": gettext_noop("Mann–Whitney"),
    "chi_square": gettext_noop("chi-square"),
    "fisher": gettext_noop("Fisher"),
    "welch_anova": gettext_noop("Welch ANOVA"),
    "anova": gettext_noop("ANOVA"),
    "kruskal_wallis": gettext_noop("Kruskal–Wallis"),
}

DESCRIBED = {False: gettext_noop("%(name)s, mean (SD)"), True: gettext_noop("%(name)s, median [Q1, Q3]")}


def first_table(payload: Payload, words: Words) -> Table:
    """A line a variable, its levels below it; missing values are counted where there are any."""
    gettext, by, groups = words.gettext, payload["by"], payload["groups"]
    sizes = [f"{words.level(by, group)} (n\u00a0=\u00a0{count(payload['sizes'][group])})" for group in groups]
    whole = [f"{gettext('Overall')} (n\u00a0=\u00a0{count(payload['n'])})"] if has_overall(payload) else []
    has_missing = any(row["n_missing"] != 0 for row in payload["rows"])
    columns = (
        gettext("Variable"),
        *whole,
        *sizes,
        *([gettext("Missing")] if has_missing else []),
        gettext("Largest SMD") if len(groups) > 2 else gettext("SMD (95\u00a0%\u00a0CI)"),
        gettext("Test"),
        "P",
        adjusted_heading(payload),
    )
    rows = [line for row in payload["rows"] for line in _lines(row, payload, has_missing, words)]
    return Table(gettext("Group comparison"), columns, tuple(rows), _note(payload, words))


def has_overall(payload: Payload) -> bool:
    """Whether the table has a column of all groups together."""
    return bool(payload.get("has_overall"))


def smd_with_interval(entry: Payload) -> str:
    """A standardised difference, with its interval where it has one."""
    return with_interval(entry["smd"], entry["smd_ci_low"], entry["smd_ci_high"])


def _lines(row: Payload, payload: Payload, has_missing: bool, words: Words) -> list[Row]:
    test = next((test for test in row["tests"] if test["is_primary"]), None)
    tail = (
        *([count(row["n_missing"])] if has_missing else []),
        number(row["smd"]) if "pairwise" in row else smd_with_interval(row),
        words.gettext(TESTS[test["name"]]) if test else MISSING,
        p_value(test["p_value"]) if test else MISSING,
        p_value(row["p_adjusted"]),
    )
    if "levels" in row:
        heading = words.gettext("%(name)s, n (%%)") % {"name": words.name(row["variable"])}
        empty = [""] * (len(payload["groups"]) + has_overall(payload))
        levels = [
            Row(
                (
                    words.level(row["variable"], entry["level"]),
                    *(_share(cell) for cell in _cells(entry, payload)),
                    *[""] * len(tail),
                ),
                "sub",
            )
            for entry in row["levels"]
        ]
        return [Row((heading, *empty, *tail)), *levels]
    if "level" in row:
        heading = words.gettext("%(name)s, n (%%)") % {"name": row_name(row, words)}
        return [Row((heading, *(_share(cell) for cell in _cells(row, payload)), *tail))]
    heading = words.gettext(DESCRIBED[row["is_skewed"]]) % {"name": words.with_unit(row["variable"])}
    return [Row((heading, *(_spread(row, cell, words) for cell in _cells(row, payload)), *tail))]


def _cells(entry: Payload, payload: Payload) -> Iterable[Payload]:
    if has_overall(payload):
        yield entry["overall"]
    yield from (entry["groups"][group] for group in payload["groups"])


def _spread(row: Payload, cell: Payload, words: Words) -> str:
    if cell["mean"] is None:
        return MISSING
    middle, low, high, mean, sd = (
        words.value(row["variable"], cell[name]) for name in ("median", "q1", "q3", "mean", "sd")
    )
    return f"{middle} [{low}, {high}]" if row["is_skewed"] else f"{mean} ({sd})"


def _share(cell: Payload) -> str:
    if cell.get("count") is None:
        return MISSING
    return f"{cell['count']} ({percent(cell['proportion'])})"


def _note(payload: Payload, words: Words) -> str:
    gettext, groups = words.gettext, payload["groups"]
    first, second = (inside(words.level(payload["by"], group)) for group in groups[:2])
    apart = (
        gettext("Largest SMD: the standardised difference of the two groups that lie farthest apart.")
        if len(groups) > 2
        else gettext("SMD: standardised difference, %(first)s less %(second)s.")
        % {"first": first, "second": second}
    )
    tested = {test["name"] for row in payload["rows"] for test in row["tests"] if test["is_primary"]}
    exact = [gettext("Fisher: fewer than five expected in a cell.")] if "fisher" in tested else []
    skewed = [gettext("Rank tests where the plan declares a variable skewed.")]
    adjusted = gettext("%(heading)s: P adjusted over the %(tests)s tests of the table (%(method)s).") % {
        "heading": adjusted_heading(payload),
        "tests": payload["family"]["n_tests"],
        "method": words.adjustment(payload["adjustment"]),
    }
    by_ranks = skewed if tested & {"mann_whitney", "kruskal_wallis"} else []
    return " ".join([gettext("Q1, Q3: quartiles."), apart, *by_ranks, *exact, adjusted])
