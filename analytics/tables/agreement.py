"""How reliable a reading is: the score, then each way it is graded."""

from analytics.figures.figure import Row, Table
from analytics.figures.words import Words, gettext_noop
from analytics.tables.cells import Payload
from registry.presentation.rounding import MISSING, count, named_p, number, share, with_interval

FORMS = {
    "ICC(2,1)": gettext_noop("One reading by any reader"),
    "ICC(3,1)": gettext_noop("One reading by these readers, bias aside"),
    "ICC(1,1)": gettext_noop("One reading, whoever reads"),
    "ICC(2,k)": gettext_noop("Mean of two readings by any readers"),
    "ICC(3,k)": gettext_noop("Mean of two readings by these readers"),
    "ICC(1,k)": gettext_noop("Mean of two readings, whoever reads"),
}
WEIGHTS = {"none": gettext_noop("plain"), "quadratic": gettext_noop("quadratic weights")}


def tabulate_agreement(payload: Payload, words: Words) -> list[Table]:
    """The score, and the gradings where the plan names any."""
    found = [_score(payload, words)]
    return [*found, _gradings(payload, words)] if payload["rows"] else found


def _score(payload: Payload, words: Words) -> Table:
    gettext, [total] = words.gettext, payload["outcomes"]
    forms = {form["term"]: form for form in total["terms"]}
    order = [payload["primary"], *(name for name in FORMS if name != payload["primary"])]
    rows = [
        Row((f"{gettext(FORMS[name])}, {name}", _around(forms.get(name), "icc", 3)))
        for name in order
        if name in forms
    ]
    if not rows:
        rows = [Row((gettext("Intraclass correlation"), MISSING))]
    limits = total["limits"]
    for name, text in (
        ("bias", gettext("Mean difference, first reader less second")),
        ("lower", gettext("Lower limit of agreement")),
        ("upper", gettext("Upper limit of agreement")),
    ):
        ends = {name: limits[name], "ci_low": limits[f"{name}_low"], "ci_high": limits[f"{name}_high"]}
        rows.append(Row((text, _around(ends, name, 2))))
    grows = limits["proportional"]
    if grows is not None:
        shown = f"r = {number(grows['r'])}, {named_p(grows['p_value'])}"
        rows.append(Row((gettext("Does the difference grow with the score"), shown)))
    apart = gettext("Further apart than %(tolerance)s") % {"tolerance": number(payload["tolerance"], 0)}
    rows.append(Row((apart, share(total["beyond"]["count"], total["beyond"]["proportion"]))))
    rows.append(
        Row((gettext("For a third reader to decide"), _for_a_third(total["adjudication"]["patterns"])))
    )
    note = gettext(
        "%(n)s patients with two readings by different readers at most %(days)s days apart; %(readers)s "
        "readers. Intraclass correlations after Shrout and Fleiss; limits of agreement after Bland and "
        "Altman, which hold 95 %% of the differences: a change within them may be an error of reading. For a "
        "third reader: further apart than the tolerance, or calcification seen by one reader alone."
    ) % {
        "n": count(total["n"]),
        "days": number(payload["within_days"], 0),
        "readers": count(payload["n_readers"]),
    }
    caption = gettext("Agreement of readers: %(score)s") % {"score": words.name(payload["score"])}
    return Table(caption, (gettext("Measure"), gettext("Estimate (95\u00a0%\u00a0CI)")), tuple(rows), note)


def _gradings(payload: Payload, words: Words) -> Table:
    gettext = words.gettext
    rows = tuple(
        Row(
            (
                words.name(row["variable"]),
                count(row["n"]),
                count(row["n_events"]),
                _kappa(row),
                gettext(WEIGHTS[row["weights"]]),
            )
        )
        for row in payload["rows"]
    )
    columns = (
        gettext("Graded"),
        gettext("Pairs"),
        gettext("Differ"),
        gettext("Kappa (95\u00a0%\u00a0CI)"),
        gettext("Weights"),
    )
    note = gettext(
        "Cohen's kappa: agreement beyond chance, its interval cut off at 1; with quadratic weights a step of "
        "two counts four times a step of one."
    )
    return Table(gettext("Agreement of gradings"), columns, rows, note)


def _around(entry: Payload | None, name: str, decimals: int) -> str:
    if entry is None:
        return MISSING
    return with_interval(entry[name], entry["ci_low"], entry["ci_high"], decimals=decimals)


def _kappa(row: Payload) -> str:
    """A kappa, the normal interval of which may end above what a kappa can be."""
    high = None if row["ci_high"] is None else min(row["ci_high"], 1.0)
    return with_interval(row["kappa"], row["ci_low"], high)


def _for_a_third(patterns: list[Payload]) -> str:
    """Pairs too far apart, or that differ on presence; not told where any part of them is withheld."""
    if not patterns:
        return MISSING
    n = sum(each["n"] for each in patterns)
    apart = sum(each["n"] for each in patterns if each["beyond"] or each["presence_differs"])
    return share(apart, apart / n if n else None)
