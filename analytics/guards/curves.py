"""Remarks on markers: areas, cut-offs and combinations."""

from collections.abc import Sequence
from typing import Any

from analytics.guards.remark import DECISIVE, ROUNDING, Entry, Guard, guard

LEEFLANG = "Leeflang MMG et al. Clin Chem 2008;54:729-737"
SHARES = ("sensitivity", "specificity", "ppv", "npv")


def below_operating_point(curves: Sequence[Entry]) -> Guard | None:
    """G10: an area smaller than one cut-off alone attains, or a combination that does worse than a marker."""
    attained = {curve["marker"]: (curve["sensitivity"] + curve["specificity"]) / 2 for curve in curves}
    below = {
        curve["marker"]: {"auc": curve["auc"], "attained": attained[curve["marker"]]}
        for curve in curves
        if curve["auc"] < attained[curve["marker"]] - ROUNDING
    }
    outdone = [
        {"marker": curve["marker"], "variable": best, "youden": 2 * attained[curve["marker"]] - 1}
        for curve in curves
        if (held := [marker for marker in curve.get("markers", ()) if marker in attained])
        for best in [max(held, key=lambda marker: attained[marker])]
        if attained[curve["marker"]] < attained[best] - ROUNDING
    ]
    if not below and not outdone:
        return None
    source = "Fawcett T. Pattern Recognit Lett 2006;27:861-874"
    return guard("G10", "note", source, markers=below, outdone=outdone)


def direction(curve: Entry) -> Guard | None:
    """G11: the data would now turn the direction that was decided at the first run."""
    if curve.get("direction_suggested") in (None, curve["direction"]):
        return None
    return guard(
        "G11",
        "warn",
        "Robin X et al. BMC Bioinformatics 2011;12:77",
        marker=curve["marker"],
        kept=curve["direction"],
        suggested=curve["direction_suggested"],
    )


def in_sample(fitted: Sequence[str]) -> Guard | None:
    """G12: combinations or models, by name, are judged on no other patients than they were fitted to."""
    if not fitted:
        return None
    return guard("G12", "warn", "Harrell FE et al. Stat Med 1996;15:361-387", markers=list(fitted))


def data_driven_cut_off(curves: Sequence[Entry]) -> Guard | None:
    """G13: cut-offs chosen on the data they are judged on."""
    untried = [curve for curve in curves if curve.get("sensitivity_left_out") is None]
    if not untried:
        return None
    return guard(
        "G13",
        "warn",
        LEEFLANG,
        place="untried",
        markers=[curve["marker"] for curve in untried],
        tied=[curve["marker"] for curve in untried if curve["tied_thresholds"]],
    )


def resampled_cut_off(curves: Sequence[Entry]) -> Guard | None:
    """G13: how far cut-offs move from sample to sample, and what they do in patients left out."""
    tried = [
        {
            "marker": curve["marker"],
            "threshold_ci": [curve["threshold_ci_low"], curve["threshold_ci_high"]],
            "apparent": {share: curve[share] for share in SHARES[:2]},
            "left_out": {share: curve[f"{share}_left_out"] for share in SHARES[:2]},
        }
        for curve in curves
        if curve.get("sensitivity_left_out") is not None
    ]
    if not tried:
        return None
    tied = [curve["marker"] for curve in curves if curve["tied_thresholds"]]
    return guard("G13", "note", LEEFLANG, place="left_out", markers=tried, tied=tied)


def all_or_none(curves: Sequence[Entry]) -> Guard | None:
    """G14: a share of 0 or 100 %, which is never without an interval."""
    shares = [
        {
            "marker": curve["marker"],
            "share": share,
            "value": point[share],
            "limits": point[f"{share}_ci"],
        }
        for curve in curves
        for point in [{**curve, **(curve.get("operating") or [{}])[0]}]
        for share in SHARES
        if point.get(share) in (0.0, 1.0)
    ]
    if not shares:
        return None
    return guard("G14", "note", "Newcombe RG. Stat Med 1998;17:857-872", shares=shares)


def added_value(curves: Sequence[Entry], added: Sequence[Entry] = ()) -> Guard | None:
    """G15: a combination beside the markers it holds: the gain in area is no test of what was added."""
    if any(model["reason"] is None for model in added):
        return None
    areas = {curve["marker"]: curve["auc"] for curve in curves}
    gains = [
        {"marker": curve["marker"], "best": best, "gain": curve["auc"] - areas[best]}
        for curve in curves
        if (held := [marker for marker in curve.get("markers", ()) if marker in areas])
        for best in [max(held, key=lambda marker: areas[marker])]
    ]
    if not gains:
        return None
    return guard(
        "G15",
        "note",
        "Demler OV, Pencina MJ, D'Agostino RB. Stat Med 2012;31:2577-2587",
        place="area",
        gains=gains,
    )


def reclassified(added: Sequence[Entry]) -> Guard | None:
    """G15: indices of reclassification, which reward a marker of noise and a model that is out of true."""
    shown = [
        {"name": model["name"], "p_value": model["p_value"]}
        for model in added
        if any(improvement["value"] is not None for improvement in model["improvements"])
    ]
    if not shown:
        return None
    source = "Hilden J, Gerds TA. Stat Med 2014;33:3405-3414"
    return guard("G15", "warn", source, place="reclassification", models=shown)


def uncalibrated(curves: Sequence[Entry], outcome: dict[str, Any]) -> Guard | None:
    """G16: a predicted risk is judged by how it ranks patients, not by whether it is right."""
    fitted = [curve["marker"] for curve in curves if "markers" in curve]
    if not fitted:
        return None
    return guard(
        "G16",
        "note",
        "Van Calster B et al. BMC Med 2019;17:230",
        place="ranking",
        markers=fitted,
        question=outcome.get("calibrated_in"),
    )


def unequal_areas(curves: Sequence[Entry]) -> Guard | None:
    """G31: a marker tells the outcome apart better in one part of the patients than in another."""
    tested = [
        {"marker": curve["marker"], **subgroup}
        for curve in curves
        for subgroup in (*curve.get("subgroups", ()), curve.get("across_sites"))
        if subgroup and subgroup["p_value"] is not None
    ]
    unequal = [subgroup for subgroup in tested if subgroup["p_value"] < DECISIVE]
    if not unequal:
        return None
    source = "Collins GS et al. BMJ 2024;385:e078378"
    return guard("G31", "warn", source, subgroups=unequal, tests=len(tested))
