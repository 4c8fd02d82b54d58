"""Remarks on markers: areas, cut-offs and combinations."""

from collections.abc import Sequence
from typing import Any

from analytics.guards.remark import ROUNDING, Entry, Guard, guard

DECISIVE = 0.05


def below_operating_point(curves: Sequence[Entry]) -> Guard | None:
    """G10: an area smaller than one cut-off alone attains: the risk does not rise evenly with the marker."""
    attained = {curve["marker"]: (curve["sensitivity"] + curve["specificity"]) / 2 for curve in curves}
    below = {
        curve["marker"]: {"auc": curve["auc"], "attained": attained[curve["marker"]]}
        for curve in curves
        if curve["auc"] < attained[curve["marker"]] - ROUNDING
    }
    if not below:
        return None
    return guard("G10", "note", "", markers=below)


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


def in_sample(curves: Sequence[Entry]) -> Guard | None:
    """G12: a combination is judged on the patients it was fitted to."""
    fitted = [curve["marker"] for curve in curves if "markers" in curve]
    if not fitted:
        return None
    return guard("G12", "warn", "Harrell FE et al. Stat Med 1996;15:361-387", markers=fitted)


def data_driven_cut_off(curves: Sequence[Entry]) -> Guard | None:
    """G13: cut-offs chosen on the data they are judged on."""
    if not curves:
        return None
    tied = [curve["marker"] for curve in curves if curve["tied_thresholds"]]
    return guard(
        "G13",
        "warn",
        "Leeflang MMG et al. Clin Chem 2008;54:729-737",
        markers=[curve["marker"] for curve in curves],
        tied=tied,
    )


def all_or_none(curves: Sequence[Entry]) -> Guard | None:
    """G14: a share of 0 or 100 %, which is never without an interval."""
    shares = [
        {"marker": curve["marker"], "share": share, "value": curve[share], "limits": curve[f"{share}_ci"]}
        for curve in curves
        for share in ("sensitivity", "specificity")
        if curve[share] in (0.0, 1.0)
    ]
    if not shares:
        return None
    return guard("G14", "note", "Clopper CJ, Pearson ES. Biometrika 1934;26:404-413", shares=shares)


def added_value(curves: Sequence[Entry]) -> Guard | None:
    """G15: a combination beside the markers it holds: the gain in area is no test of what was added."""
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
        "G15", "note", "Demler OV, Pencina MJ, D'Agostino RB. Stat Med 2012;31:2577-2587", gains=gains
    )


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
    unequal = [
        {"marker": curve["marker"], **subgroup}
        for curve in curves
        for subgroup in curve.get("subgroups", ())
        if subgroup["p_value"] is not None and subgroup["p_value"] < DECISIVE
    ]
    if not unequal:
        return None
    return guard("G31", "warn", "Collins GS et al. BMJ 2024;385:e078378", subgroups=unequal)
