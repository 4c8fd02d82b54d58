"""Cut-offs: what they do here, what follows for a patient, and what they do in patients left out."""

from collections.abc import Iterator

from analytics.figures.figure import Role, Row, Table
from analytics.figures.words import Words
from analytics.tables.cells import Payload
from analytics.tables.roc.cells import cut_off, likelihood_ratio, proportion, rule, value
from registry.presentation.rounding import MISSING, count, number


def cut_offs(payload: Payload, words: Words) -> Table:
    """A line a marker by Youden's index, then the cut-offs of the plan's rules and those it names."""
    gettext = words.gettext
    rows: list[Row] = []
    for curve in payload["curves"]:
        for point, name, role in _points(curve, words):
            shares = (proportion(point, "sensitivity"), proportion(point, "specificity"))
            cells = (
                f"{count(point['tp'])} / {count(point['fn'])}",
                f"{count(point['fp'])} / {count(point['tn'])}",
            )
            rows.append(Row((name, cut_off(curve, point["threshold"], words), *shares, *cells), role))
        rows += [
            Row((gettext("as good"), cut_off(curve, tied, words), "", "", "", ""), "sub")
            for tied in curve["tied_thresholds"]
        ]
    columns = (
        gettext("Marker"),
        gettext("Cut-off"),
        gettext("Sensitivity, % (95\u00a0%\u00a0CI)"),
        gettext("Specificity, % (95\u00a0%\u00a0CI)"),
        "TP\u00a0/\u00a0FN",
        "FP\u00a0/\u00a0TN",
    )
    said = [
        gettext(
            "Cut-off by Youden's index; Wilson intervals, the cut-off taken as given. TP, FN: with the "
            "event, positive and negative; FP, TN: without."
        )
    ]
    if any(_is_refused(point) for curve in payload["curves"] for point in curve.get("operating", ())):
        said.append(gettext("–: no cut-off attains it short of calling everybody, or nobody, positive."))
    return Table(gettext("Cut-offs"), columns, tuple(rows), " ".join(said))


def predictive_values(payload: Payload, words: Words) -> Table | None:
    """What a result above or below each cut-off means for a patient."""
    gettext = words.gettext
    found = [
        (point, name, role)
        for curve in payload["curves"]
        for point, name, role in _points(curve, words)
        if "ppv" in point
    ]
    if not found:
        return None
    by_design = any(point["predictive_reason"] for point, _name, _role in found)
    rows = []
    for point, name, role in found:
        predictive = () if by_design else (proportion(point, "ppv"), proportion(point, "npv"))
        ratios = (likelihood_ratio(point, "lr_positive"), likelihood_ratio(point, "lr_negative"))
        rows.append(Row((name, *predictive, *ratios), role))
    columns = [gettext("Marker")]
    columns += (
        [] if by_design else [gettext("PPV, % (95\u00a0%\u00a0CI)"), gettext("NPV, % (95\u00a0%\u00a0CI)")]
    )
    columns += [gettext("LR+ (95\u00a0%\u00a0CI)"), gettext("LR\u2212 (95\u00a0%\u00a0CI)")]
    said = [gettext("At the cut-offs above. LR: likelihood ratio, interval on the log scale.")]
    if by_design:
        said.append(
            gettext(
                "Predictive values are not given: how many of the patients have the outcome was set by the "
                "design, not by what occurs."
            )
        )
    else:
        said.append(
            gettext(
                "PPV, NPV: positive and negative predictive value where the outcome is as common as here, "
                "with Wilson intervals."
            )
        )
    caption = (
        gettext("Likelihood ratios") if by_design else gettext("Predictive values and likelihood ratios")
    )
    return Table(caption, tuple(columns), tuple(rows), " ".join(said))


def resampled(payload: Payload, words: Words) -> Table | None:
    """How far Youden's cut-off moves, and its shares in the patients that each resample left out."""
    gettext = words.gettext
    rows = []
    for curve in payload["curves"]:
        if curve.get("sensitivity_left_out") is None:
            continue
        limits = [value(curve, curve[f"threshold_ci_{end}"], words) for end in ("low", "high")]
        interval = MISSING if MISSING in limits else gettext("%s to %s") % tuple(limits)
        shares = [_left_out(curve, name) for name in ("sensitivity", "specificity")]
        rows.append(Row((words.curve(curve), cut_off(curve, curve["threshold"], words), interval, *shares)))
    if not rows:
        return None
    columns = (
        gettext("Marker"),
        gettext("Cut-off"),
        gettext("95\u00a0%\u00a0CI"),
        gettext("Sensitivity, % (here)"),
        gettext("Specificity, % (here)"),
    )
    note = gettext(
        "In each of %(resamples)s resamples the cut-off is chosen anew and tried on the patients left out; "
        "in brackets what it reaches where it was chosen. A combination keeps its coefficients."
    ) % {"resamples": count(payload["resamples"])}
    return Table(gettext("Cut-offs chosen anew"), columns, tuple(rows), note)


def _is_refused(point: Payload) -> bool:
    return point["reason"] is not None and point["reason"]["code"] == "no_cut_off"


def _left_out(curve: Payload, name: str) -> str:
    if curve[name] is None:
        return MISSING
    return f"{number(curve[f'{name}_left_out'] * 100, 1)} ({number(curve[name] * 100, 1)})"


def _points(curve: Payload, words: Words) -> Iterator[tuple[Payload, str, Role]]:
    """Each cut-off with its name: the marker's for Youden's, the rule's for the others."""
    first, *others = curve.get("operating") or [curve]
    yield first, words.curve(curve), ""
    for point in others:
        yield point, rule(point, words), "sub"
