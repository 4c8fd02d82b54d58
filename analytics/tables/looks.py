"""Estimates with both intervals, and what was decided of locked hypotheses."""

from analytics.figures.figure import Row, Table
from analytics.figures.looks import decision, named
from analytics.figures.quantities import called, shown, shown_interval, sized
from analytics.figures.words import Words
from analytics.tables.cells import Payload
from registry.presentation.rounding import MISSING, count, number


def tabulate_looks(payload: Payload, words: Words) -> list[Table]:
    """A line an estimate, then a table of the hypotheses and one of their looks."""
    tables = [_estimates(payload, words)] if payload["rows"] else []
    if payload["hypotheses"]:
        tables.append(_hypotheses(payload["hypotheses"], words))
    looked = [hypothesis for hypothesis in payload["hypotheses"] if hypothesis["looks"]]
    return [*tables, _looks(looked, words)] if looked else tables


def _estimates(payload: Payload, words: Words) -> Table:
    gettext = words.gettext
    columns = (
        gettext("Number"),
        "n",
        gettext("Events"),
        gettext("Estimate"),
        gettext("For one look"),
        gettext("For every look"),
        gettext("Look"),
        gettext("Tuned at"),
    )
    rows = tuple(
        Row(
            (
                called(row, words),
                count(row["n"]),
                count(row["n_events"]),
                shown(row, row["value"]),
                shown_interval(row, row["ci_low"], row["ci_high"]),
                shown_interval(row, row["always_low"], row["always_high"]),
                count(row["look"]),
                sized(row, row["tuned_at"], words),
            )
        )
        for row in payload["rows"]
    )
    note = gettext(
        "For one look: the usual interval, which covers with %(level)s %% if the data are looked at once. "
        "For every look: the confidence sequence, which covers at all looks together with %(level)s %%, "
        "however many there will be. Look: how many states of the data have been looked at."
    ) % {"level": number((1 - payload["alpha"]) * 100, 0)}
    return Table(gettext("Estimates, looked at again and again"), columns, rows, note)


def _hypotheses(hypotheses: list[Payload], words: Words) -> Table:
    gettext = words.gettext
    columns = (
        gettext("Hypothesis"),
        gettext("Locked on"),
        gettext("Enrolled by then"),
        gettext("Information"),
        gettext("Alpha spent"),
        gettext("Left"),
        gettext("Decision"),
    )
    rows = tuple(
        Row(
            (
                named(each, words),
                each["locked_on"] or MISSING,
                _enrolled(each, words),
                _information(each, words),
                _alpha(each["spent"]),
                _alpha(each["remaining"]),
                decision(each, words),
            )
        )
        for each in hypotheses
    )
    note = gettext(
        "A locked hypothesis cannot be changed. Enrolled by then: patients whose data may have been known "
        "when it was locked; only the others can confirm it."
    )
    return Table(gettext("Locked hypotheses"), columns, rows, note)


def _looks(hypotheses: list[Payload], words: Words) -> Table:
    gettext = words.gettext
    rows: list[Row] = []
    for each in hypotheses:
        rows.append(Row((named(each, words), "", "", "", ""), "section"))
        rows += [
            Row(
                (
                    gettext("Look %(look)s") % {"look": look["look"]},
                    f"{look['information']} ({number(look['fraction'] * 100, 0)}\u00a0%)",
                    number(look["z"], 2),
                    number(look["boundary"], 2),
                    _alpha(look["spent"]),
                ),
                "sub",
            )
            for look in each["looks"]
        ]
    columns = (
        gettext("Look"),
        gettext("Patients or events (of those planned)"),
        "z",
        gettext("Boundary"),
        gettext("Alpha spent"),
    )
    return Table(gettext("The looks"), columns, tuple(rows))


def _alpha(error: float | None) -> str:
    """A share of the error, never so rounded that something spent looks like nothing."""
    return "<\u00a00.0001" if error is not None and 0 < error < 0.00005 else number(error, 4)


def _enrolled(hypothesis: Payload, words: Words) -> str:
    by_then = {
        "nobody": words.gettext("nobody"),
        "some": words.gettext("some"),
        "everybody": words.gettext("everybody"),
        None: MISSING,
    }
    return by_then[hypothesis["before_lock"]]


def _information(hypothesis: Payload, words: Words) -> str:
    of = sized(hypothesis, hypothesis["information_at_end"], words)
    if hypothesis["information"] is None:
        return words.gettext("– of %(planned)s") % {"planned": of}
    return words.gettext("%(now)s of %(planned)s") % {"now": hypothesis["information"], "planned": of}
