"""Every test of each variable side by side, so that nobody need ask what another would have said."""

from analytics.figures.comparison import row_name
from analytics.figures.figure import Row, Table
from analytics.figures.words import Words
from analytics.tables.cells import Payload
from analytics.tables.comparison.first import TESTS
from registry.presentation.rounding import p_value

READ = "\u00a0‡"
"""Marks the test that the plan reads."""


def every_test(payload: Payload, words: Words) -> Table | None:
    """A line a variable, a column a test; none where nothing could be tested."""
    gettext = words.gettext
    used = {test["name"] for row in payload["rows"] for test in row["tests"]}
    names = [name for name in TESTS if name in used]
    if not names:
        return None
    rows = tuple(
        Row((row_name(row, words), *(_p(row, name) for name in names)))
        for row in payload["rows"]
        if row["tests"]
    )
    note = gettext(
        "P of each test, not adjusted. ‡: the test that the plan reads, declared before the data were seen; "
        "the others are there to show how little, or how much, depends on the choice."
    )
    columns = (gettext("Variable"), *(gettext(TESTS[name]) for name in names))
    return Table(gettext("Every test"), columns, rows, note)


def _p(row: Payload, name: str) -> str:
    found = next((test for test in row["tests"] if test["name"] == name), None)
    if found is None:
        return ""
    return p_value(found["p_value"]) + (READ if found["is_primary"] else "")
