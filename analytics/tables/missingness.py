"""Missing values, a line a variable."""

from analytics.figures.figure import Row, Table
from analytics.figures.missingness import shown_share
from analytics.figures.words import Words
from analytics.tables.cells import Payload
from registry.presentation.rounding import count, p_value


def tabulate_missingness(payload: Payload, words: Words) -> list[Table]:
    """How many lack each variable, all and by outcome."""
    gettext, outcome = words.gettext, payload["outcome"]
    rows = tuple(
        Row(
            (
                words.name(row["variable"]),
                shown_share(row),
                *(shown_share(row["by_outcome"][level]) for level in ("yes", "no")),
                p_value(row["p_value"]),
                p_value(row["p_adjusted"]),
            )
        )
        for row in payload["rows"]
    )
    levels = [words.level(outcome, level) for level in ("yes", "no")]
    columns = (gettext("Variable"), gettext("Missing"), *levels, "P", "q")
    note = gettext(
        "Patients without a value, number (%%). %(complete)s of %(n)s lack nothing. P: Fisher's exact test "
        "that missing does not depend on the outcome; q: adjusted over the table (Benjamini–Hochberg)."
    ) % {"complete": count(payload["n_complete"]), "n": count(payload["n"])}
    return [Table(gettext("Missing values"), columns, rows, note)]
