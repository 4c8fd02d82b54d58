"""Areas under the curve: the one to quote first, then by which method it has which interval."""

from analytics.figures.figure import Row, Table
from analytics.figures.words import Words, gettext_noop
from analytics.tables.cells import Payload
from analytics.tables.roc.cells import area
from registry.presentation.rounding import MISSING, count, interval, number, percent

PARTS = {
    "specificity": gettext_noop("Part, specificity %(low)s–%(high)s %%"),
    "sensitivity": gettext_noop("Part, sensitivity %(low)s–%(high)s %%"),
}


def areas(payload: Payload, words: Words) -> Table:
    """A line a marker; a combination's area less its optimism, below it the one it had to begin with."""
    gettext = words.gettext
    rows: list[Row] = []
    for curve in payload["curves"]:
        head = (words.curve(curve), count(curve["n"]), count(curve["n_events"]))
        corrected = curve.get("auc_corrected")
        if curve["reason"] is not None or corrected is None:
            rows.append(Row((*head, MISSING if curve["reason"] else area(curve))))
        else:
            rows.append(Row((*head, number(corrected, 3))))
            rows.append(
                Row((gettext("apparent, in the patients it was fitted to"), "", "", area(curve)), "sub")
            )
        if curve.get("auc_crossvalidated") is not None:
            beside = number(curve["auc_crossvalidated"], 3)
            rows.append(Row((gettext("cross-validated"), "", "", beside), "sub"))
    columns = (gettext("Marker"), "n", gettext("Events"), gettext("AUC (95\u00a0%\u00a0CI)"))
    return Table(gettext("Areas under the curve"), columns, tuple(rows), _how(payload, words))


def _how(payload: Payload, words: Words) -> str:
    gettext = words.gettext
    said = [gettext("DeLong intervals.")]
    if any(curve.get("auc_corrected") is not None for curve in payload["curves"]):
        said.append(
            gettext(
                "The area of a combination is corrected for optimism by %(resamples)s bootstrap resamples "
                "(seed %(seed)s)."
            )
            % {"resamples": count(payload["resamples"]), "seed": count(payload["seed"])}
        )
    if any(curve.get("auc_crossvalidated") is not None for curve in payload["curves"]):
        said.append(
            gettext("Cross-validated: mean of %(repeats)s splits into %(folds)s parts.")
            % {"repeats": count(payload["repeats"]), "folds": count(payload["folds"])}
        )
    if any("markers" in curve for curve in payload["curves"]):
        said.append(gettext("External validation: none."))
    return " ".join(said)


def intervals(payload: Payload, words: Words) -> Table | None:
    """The same area by other methods, and the part of it that the plan asks for."""
    gettext, partial = words.gettext, payload.get("partial")
    curves = [curve for curve in payload["curves"] if curve["auc"] is not None]
    is_resampled = any("bootstrap_ci_low" in curve for curve in curves)
    if not curves or not (is_resampled or partial):
        return None
    methods = {"": "DeLong", "logit_": gettext("Logit scale")}
    methods |= {"bootstrap_": gettext("Bootstrap")} if is_resampled else {}
    rows = []
    for curve in curves:
        limits = [interval(curve.get(f"{by}ci_low"), curve.get(f"{by}ci_high"), 3) for by in methods]
        part = [number(curve["partial_auc_corrected"], 3)] if partial else []
        rows.append(Row((words.curve(curve), *limits, *part)))
    said = []
    if is_resampled:
        said.append(
            gettext(
                "Bootstrap: percentiles of %(resamples)s resamples, with and without the event apart; a "
                "combination keeps its coefficients, and its intervals are those of the apparent area."
            )
            % {"resamples": count(payload["resamples"])}
        )
    if partial:
        said.append(gettext("The part is rescaled so that 0.5 is chance and 1 is perfect (McClish)."))
    columns = (gettext("Marker"), *methods.values(), *([_part(partial, words)] if partial else []))
    caption = gettext("95\u00a0% intervals of the area")
    return Table(caption, columns, tuple(rows), " ".join(said))


def _part(partial: Payload, words: Words) -> str:
    return words.gettext(PARTS[partial["focus"]]) % {
        "low": percent(partial["from"]),
        "high": percent(partial["to"]),
    }
