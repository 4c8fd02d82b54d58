"""Groups side by side, as a first table of a paper prints them."""

from analytics.figures.figure import Row, Table
from analytics.figures.words import Words, gettext_noop, inside
from analytics.tables.cells import NOT_COUNTED, Payload, count
from registry.presentation.rounding import number, p_value, percent

TESTS = {
    "welch": gettext_noop("Welch"),
    "student": gettext_noop("Student"),
    "mann_whitney": gettext_noop("Mann–Whitney"),
    "chi_square": gettext_noop("chi-square"),
    "fisher": gettext_noop("Fisher"),
    "welch_anova": gettext_noop("Welch ANOVA"),
    "kruskal_wallis": gettext_noop("Kruskal–Wallis"),
}


def tabulate_comparison(payload: Payload, words: Words) -> list[Table]:
    gettext, by, groups = words.gettext, payload["by"], payload["groups"]
    sizes = [f"{words.level(by, group)} (n\u00a0=\u00a0{count(payload['sizes'][group])})" for group in groups]
    rows: list[Row] = []
    for row in payload["rows"]:
        rows.extend(_compared(row, groups, words))
    note = gettext(
        "Mean ± SD, or median (first to third quartile) with the rank test where the variable is skewed; "
        "number (%) for categories. P: Welch's t test, Mann–Whitney, chi-square, or Fisher's exact test "
        "where fewer than five patients are expected in a cell. q: P adjusted over the table "
        "(Benjamini–Hochberg)."
    )
    columns = (gettext("Variable"), *sizes, "SMD", gettext("Test"), "P", "q")
    return [Table(gettext("Group comparison"), columns, tuple(rows), note)]


def _compared(row: Payload, groups: list[str], words: Words) -> list[Row]:
    variable = row["variable"]
    test = next((test for test in row["tests"] if test["is_primary"]), None)
    tail = (
        number(row["smd"]),
        words.gettext(TESTS[test["name"]]) if test else NOT_COUNTED,
        p_value(test["p_value"]) if test else NOT_COUNTED,
        p_value(row["p_adjusted"]),
    )
    if "levels" in row:
        head = Row((words.name(variable), *("" for _ in groups), *tail))
        levels = [
            Row(
                (
                    words.level(variable, entry["level"]),
                    *(_share(entry["groups"][g]) for g in groups),
                    *[""] * 4,
                ),
                "sub",
            )
            for entry in row["levels"]
        ]
        return [head, *levels]
    if "level" in row:
        name = words.name(variable)
        if row["level"] != "yes":
            name = f"{name}: {inside(words.level(variable, row['level']))}"
        return [Row((name, *(_share(row["groups"][group]) for group in groups), *tail))]
    cells = [_spread(row, row["groups"][group], words) for group in groups]
    return [Row((words.with_unit(variable), *cells, *tail))]


def _spread(row: Payload, group: Payload, words: Words) -> str:
    if group["mean"] is None:
        return NOT_COUNTED
    middle, low, high, mean, sd = (
        words.value(row["variable"], group[name]) for name in ("median", "q1", "q3", "mean", "sd")
    )
    return f"{middle} ({low}–{high})" if row["is_skewed"] else f"{mean} ± {sd}"


def _share(group: Payload) -> str:
    if group.get("count") is None:
        return NOT_COUNTED
    return f"{group['count']} ({percent(group['proportion'])})"
