"""How far the groups lie apart, in the variable's own unit and in standard deviations."""

from analytics.figures.comparison import row_name
from analytics.figures.figure import Row, Table
from analytics.figures.words import Words, gettext_noop, inside
from analytics.tables.cells import Payload
from analytics.tables.comparison.first import smd_with_interval
from registry.presentation.rounding import MISSING, p_value, percent_with_interval, ratio_with_interval

MEASURES = {
    "mean_difference": gettext_noop("difference of means"),
    "hodges_lehmann": gettext_noop("Hodges–Lehmann shift"),
    "ratio_of_geometric_means": gettext_noop("ratio of geometric means"),
    "risk_difference": gettext_noop("difference of shares, percentage points"),
}


def differences(payload: Payload, words: Words) -> Table | None:
    """A line a difference of two groups; none where nothing differs measurably."""
    gettext = words.gettext
    rows = [
        (_named(row, words), gettext(MEASURES[found["measure"]]), _shown(row["variable"], found, words))
        for row in payload["rows"]
        for found in row["differences"]
    ]
    if not rows:
        return None
    first, second = (inside(words.level(payload["by"], group)) for group in payload["groups"])
    caption = gettext("Differences: %(first)s less %(second)s") % {"first": first, "second": second}
    columns = (gettext("Variable"), gettext("Measure"), gettext("Difference (95\u00a0%\u00a0CI)"))
    note = gettext(
        "Means: Welch's interval, for a ratio of geometric means on the logarithms; shares: Newcombe's. "
        "The Hodges–Lehmann shift is the median of all differences between a patient of one group and one of "
        "the other, with the interval of the rank test."
    )
    return Table(caption, columns, tuple(Row(row) for row in rows), note)


def pairwise(payload: Payload, words: Words) -> Table | None:
    """Of several groups every two, a section a variable."""
    gettext = words.gettext
    rows: list[Row] = []
    for row in payload["rows"]:
        if row["pairwise"]:
            rows.append(Row((_named(row, words), *[""] * 5), "section"))
            rows.extend(Row(_pair(row, pair, payload["by"], words), "sub") for pair in row["pairwise"])
    if not rows:
        return None
    columns = (
        gettext("Groups"),
        gettext("Measure"),
        gettext("Difference (95\u00a0%\u00a0CI)"),
        gettext("SMD (95\u00a0%\u00a0CI)"),
        "P",
        "P*",
    )
    note = gettext(
        "The first group less the second. P: Welch's test, Mann–Whitney where the plan declares the variable "
        "skewed, chi-square or Fisher's test for categories; P*: adjusted over the pairs of the variable "
        "(Holm). Intervals are not adjusted."
    )
    return Table(gettext("Every two groups"), columns, tuple(rows), note)


def _pair(row: Payload, pair: Payload, by: str, words: Words) -> tuple[str, ...]:
    # The last is the one that fits what the plan declares of the variable.
    found = pair["differences"][-1] if pair["differences"] else None
    test = next((test for test in pair["tests"] if test["is_primary"]), None)
    return (
        f"{words.level(by, pair['a'])} – {inside(words.level(by, pair['b']))}",
        words.gettext(MEASURES[found["measure"]]) if found else MISSING,
        _shown(row["variable"], found, words) if found else MISSING,
        smd_with_interval(pair),
        p_value(test["p_value"] if test else None),
        p_value(pair["p_adjusted"]),
    )


def _named(row: Payload, words: Words) -> str:
    return words.with_unit(row["variable"]) if row["scale"] == "continuous" else row_name(row, words)


def _shown(variable: str, found: Payload, words: Words) -> str:
    value, low, high = (found[name] for name in ("value", "ci_low", "ci_high"))
    if found["measure"] == "ratio_of_geometric_means":
        return ratio_with_interval(value, low, high)
    if found["measure"] == "risk_difference":
        return percent_with_interval(value, low, high)
    shown = words.value(variable, value, finer=1)
    if low is None:
        return shown
    return f"{shown} ({words.interval(variable, low, high, finer=1)})"
