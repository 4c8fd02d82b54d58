"""Markers against one another, and what they add to a model."""

from analytics.figures.figure import Row, Table
from analytics.figures.words import ADJUSTMENTS, Words, gettext_noop
from analytics.tables.cells import Payload
from registry.presentation.rounding import count, number, p_value, percent, with_interval

MEASURES = {
    "nri_categories": gettext_noop("NRI, risk categories"),
    "nri_continuous": gettext_noop("NRI, any change of risk"),
    "idi": gettext_noop("IDI"),
}


def compared(payload: Payload, words: Words) -> Table | None:
    """A line a pair."""
    gettext, pairs = words.gettext, payload.get("compared", [])
    if not pairs:
        return None
    rows = [
        Row(
            (
                f"{words.name(pair['x'])} \u2212 {words.inside(pair['y'])}",
                with_interval(pair["difference"], pair["ci_low"], pair["ci_high"], decimals=3),
                number(pair["z"]),
                p_value(pair["p_value"]),
                p_value(pair["p_adjusted"]),
            )
        )
        for pair in pairs
    ]
    columns = (
        gettext("Markers"),
        gettext("Difference of AUC (95\u00a0%\u00a0CI)"),
        "z",
        "P",
        gettext("P adjusted"),
    )
    note = gettext(
        "DeLong's paired test on the %(n)s patients with all markers; P adjusted over the table by "
        "%(method)s. A combination is not compared with what it holds: on the patients it was fitted to the "
        "test is not valid."
    ) % {"n": count(pairs[0]["n"]), "method": gettext(ADJUSTMENTS[payload["adjustment"]])}
    return Table(gettext("Markers compared"), columns, tuple(rows), note)


def added(payload: Payload, words: Words) -> list[Table]:
    """A table a model: the test of what the markers add, then the indices of reclassification."""
    return [_added(model, words) for model in payload.get("added", [])]


def _added(model: Payload, words: Words) -> Table:
    gettext = words.gettext
    test = gettext("Likelihood-ratio test, χ² (%(df)s)") % {"df": count(model["df"])}
    rows = [Row((test, number(model["statistic"]), "", "", p_value(model["p_value"])))]
    for measure in model["improvements"]:
        limits = with_interval(measure["value"], measure["ci_low"], measure["ci_high"], decimals=3)
        parts = (number(measure["cases"], 3), number(measure["controls"], 3))
        rows.append(Row((gettext(MEASURES[measure["name"]]), limits, *parts, "")))
    columns = (
        gettext("Measure"),
        gettext("Value (95\u00a0%\u00a0CI)"),
        gettext("With event"),
        gettext("Without"),
        "P",
    )
    said = [
        gettext(
            "Logistic models with and without %(markers)s, beside %(base)s; %(n)s patients, %(events)s "
            "events."
        )
        % {
            "markers": _listed(model["markers"], words),
            "base": _listed(model["base"], words),
            "n": count(model["n"]),
            "events": count(model["n_events"]),
        }
    ]
    if model["risk_cuts"]:
        cuts = ", ".join(f"{percent(cut)}\u00a0%" for cut in model["risk_cuts"])
        said.append(gettext("Categories of risk divided at %(cuts)s.") % {"cuts": cuts})
    said.append(gettext("NRI and IDI are judged on the patients the models were fitted to; go by the test."))
    caption = gettext("Added value: %(title)s") % {"title": gettext(model["title"])}
    return Table(caption, columns, tuple(rows), " ".join(said))


def _listed(codes: list[str], words: Words) -> str:
    return ", ".join(words.inside(code) for code in codes)
