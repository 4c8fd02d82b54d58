"""The same model by complete patients and imputed, what was filled in, and undetected values."""

from analytics.figures.figure import Row, Table
from analytics.figures.missingness import shown_share
from analytics.figures.sensitivity import (
    estimate_with_interval,
    odds_with_interval,
    shown_terms,
    treatment,
)
from analytics.figures.words import Words, gettext_noop, inside
from analytics.tables.cells import Payload
from registry.presentation.rounding import MISSING, count, number, p_value, percent

NOT_ESTIMABLE = gettext_noop("Not estimable")
WITHHELD = gettext_noop("Withheld")
UNTESTED = {"none_beyond_limit": gettext_noop("No value lies beyond a limit of detection")}


def tabulate_sensitivity(payload: Payload, words: Words) -> list[Table]:
    """Odds ratios side by side, how many lack what, and the groups by each treatment of undetected values."""
    found = [_odds_ratios(payload, words), _gaps(payload, words)] if payload["models"] else []
    return [*found, _limits(payload, words)] if payload["rows"] else found


def _odds_ratios(payload: Payload, words: Words) -> Table:
    gettext = words.gettext
    titles = [gettext(model["title"]) for model in payload["models"]]
    rows = []
    for _term, (complete, imputed) in shown_terms(payload):
        name = next(words.term(term) for term in (complete, imputed) if term is not None)
        rows.append(
            Row(
                (
                    name,
                    *_estimated(complete),
                    *_estimated(imputed),
                    MISSING if imputed is None else number(imputed["shift"], 2),
                    MISSING if imputed is None else f"{percent(imputed['fraction_missing'])}\u00a0%",
                )
            )
        )
    columns = (
        gettext("Covariate"),
        gettext("%(treatment)s: OR (95\u00a0%%\u00a0CI)") % {"treatment": titles[0]},
        "P",
        gettext("%(treatment)s: OR (95\u00a0%%\u00a0CI)") % {"treatment": titles[1]},
        "P",
        gettext("Moved by, SE"),
        gettext("Missing information"),
    )
    how = gettext("Wald intervals of complete patients.")
    if any(model["method"] == "firth" for model in payload["models"]):
        how = gettext(
            "Firth's penalised likelihood: in complete patients with intervals and tests of its profile, in "
            "imputed tables with Wald's."
        )
    pooled = gettext(
        "%(imputations)s imputed tables pooled by Rubin's rules, with degrees of freedom by Barnard and "
        "Rubin. Moved by: how far the coefficient lies from that of complete patients, in its standard "
        "errors there. Missing information: the share of the estimate's precision that the missing values "
        "take."
    ) % {"imputations": count(payload["imputations"])}
    note = " ".join([how, pooled, *_mixed(payload.get("convergence"), words)])
    caption = gettext("Odds ratios for %(outcome)s, complete patients beside imputed values") % {
        "outcome": inside(words.name(payload["outcome"]))
    }
    return Table(caption, columns, tuple(rows), note)


def _mixed(convergence: Payload | None, words: Words) -> list[str]:
    """How far apart the chains of imputations still lie at most."""
    if convergence is None:
        return []
    if convergence["reduction"] is None:
        return [
            words.gettext("The iterations are too few, or the gaps, to tell whether the chains have mixed.")
        ]
    said = words.gettext(
        "Mixing of the chains: R-hat %(reduction)s at most, autocorrelation %(autocorrelation)s there "
        "(%(variable)s)."
    )
    return [
        said
        % {
            "reduction": number(convergence["reduction"], 2),
            "autocorrelation": number(convergence["autocorrelation"], 2),
            "variable": words.inside(convergence["variable"]),
        }
    ]


def _estimated(term: Payload | None) -> tuple[str, str]:
    return (MISSING, MISSING) if term is None else (odds_with_interval(term), p_value(term["p_value"]))


def _gaps(payload: Payload, words: Words) -> Table:
    gettext, lost = words.gettext, payload["lost"]["by_outcome"]
    lines = [
        (", ".join(words.name(code) for code in pattern["lacking"]), count(pattern["n"]))
        for pattern in payload["patterns"]
        if pattern["lacking"]
    ]
    for level in ("yes", "no"):
        name = gettext("Anything: %(level)s") % {"level": inside(words.level(payload["outcome"], level))}
        lines.append((name, shown_share(lost[level])))
    note = gettext(
        "Of the patients whose outcome is known (n\u00a0=\u00a0%(n)s), by what they lack. The last lines are "
        "those whom an analysis of complete patients leaves out."
    ) % {"n": count(payload["n"])}
    columns = (gettext("Missing"), gettext("Patients"))
    return Table(gettext("Values filled in"), columns, tuple(Row(line) for line in lines), note)


def _limits(payload: Payload, words: Words) -> Table:
    gettext, by = words.gettext, payload["by"]
    rows: list[Row] = []
    groups = list(payload["rows"][0]["groups"])
    for row in payload["rows"]:
        counts = tuple(count(row["groups"][group]["count"]) for group in groups)
        rows.append(Row((words.with_unit(row["variable"]), *counts, "", ""), "section"))
        if not row["tests"]:
            why = UNTESTED.get(row["reason"]["code"], NOT_ESTIMABLE) if row["reason"] else WITHHELD
            rows.append(Row((gettext(why), *("" for _ in groups), MISSING, MISSING), "sub"))
        rows.extend(
            Row(
                (
                    treatment(test, words),
                    *("" for _ in groups),
                    estimate_with_interval(test, row, words),
                    p_value(test["p_value"]),
                ),
                "sub",
            )
            for test in row["tests"]
        )
    columns = (
        gettext("Values below detection"),
        *(gettext("Below: %(group)s") % {"group": inside(words.level(by, group))} for group in groups),
        gettext("Estimate (95\u00a0%\u00a0CI)"),
        "P",
    )
    note = gettext(
        "The first group against the second: the ratio of geometric means where the variable is skewed, "
        "else the difference of means. Welch's t test on that scale; Tobit regression takes a value below "
        "the limit as no more than that, and one above likewise."
    )
    return Table(gettext("Values below detection"), columns, tuple(rows), note)
