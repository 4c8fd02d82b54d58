"""A hypothesis locked before it is tested: its looks, their boundaries, and what was decided."""

from math import ceil
from typing import Any

import numpy as np

from analytics.guards import is_structural
from analytics.plan import FEWEST_BETWEEN_LOOKS, SHARE_BETWEEN_LOOKS, Definition, Variables
from analytics.questions.answer import plain, why_not
from analytics.questions.columns import Columns
from analytics.questions.enrolment import enrolled_on
from analytics.questions.fingerprint import fingerprint
from analytics.questions.looks.estimates import heading, size_of
from analytics.questions.quantities import counted, estimated, names_in, with_outcome
from analytics.statistics import NotEstimable
from analytics.statistics.errors import attempt
from analytics.statistics.sequential.group_sequential import GroupSequentialDesign, group_sequential_design

NUMBERS = ("value", "standard_error", "information", "fraction", "next_at")
DECIDED = ("status", "crossed_at", "boundary", "at_end", "spent", "remaining")
GOING_ON = ("waiting", "going_on")

Kept = dict[str, Any]
Look = dict[str, Any]


def tested(
    wanted: dict[str, Any],
    definition: Definition,
    columns: Columns,
    variables: Variables,
    kept: Kept | None,
) -> tuple[dict[str, Any], Kept | None]:
    """One hypothesis, and what is kept of it: its fingerprint and, look by look, information and z."""
    asked = with_outcome(wanted, definition)
    sizes = counted(asked, columns)
    alpha: float = wanted.get("alpha") or definition["alpha"]
    head: dict[str, Any] = {
        **heading(asked),
        "title": wanted.get("title", ""),
        "alpha": alpha,
        "sides": wanted.get("sides", 2),
        "alternative": wanted.get("alternative"),
        "spending": wanted["spending"],
        "locked_on": wanted.get("locked_on"),
        "information_at_end": wanted["information_at_end"],
        **sizes,
    }
    absent: dict[str, Any] = {**dict.fromkeys(NUMBERS), **dict.fromkeys(DECIDED), "looks": []}
    try:
        mark = _locked(asked | {"alpha": alpha}, definition, variables, kept)
    except NotEstimable as refusal:
        return {**head, **absent, "before_lock": None, "reason": why_not(refusal)}, kept
    head["before_lock"] = _before_lock(asked["locked_on"], columns)
    seen: list[Look] = list(kept["looks"]) if kept else []
    decided = _decided(seen, wanted, alpha)
    try:
        _require_testable(asked, variables)
        found = estimated(asked, columns, variables, direction=(kept or {}).get("direction"))
        information = size_of(asked, sizes)
        if _is_due(information, decided["status"], seen, wanted):
            seen.append({"information": information, "z": found.z})
            decided = _decided(seen, wanted, alpha)
    except NotEstimable as refusal:
        return plain({**head, **absent, **decided, "reason": why_not(refusal)}), kept
    row = {
        **head,
        "value": found.value,
        "standard_error": found.standard_error,
        "information": information,
        "fraction": information / wanted["information_at_end"],
        **decided,
        "next_at": _next_at(seen, wanted) if decided["status"] in GOING_ON else None,
        "reason": None,
    }
    direction = (kept or {}).get("direction") or found.direction
    return plain(row), {"fingerprint": mark, "direction": direction, "looks": seen}


def _require_testable(asked: dict[str, Any], variables: Variables) -> None:
    """Refuse to test what is there by construction."""
    if asked["quantity"] == "correlation" and is_structural(asked["x"], asked["y"], variables):
        raise NotEstimable("structural")


def _before_lock(locked_on: str, columns: Columns) -> str | None:
    """How many of the patients had been enrolled when the hypothesis was locked; None without dates.

    A number of them could, with those who lack a value, tell how few these are.
    """
    days = attempt(enrolled_on, columns)
    if isinstance(days, NotEstimable):
        return None
    were_there = days[~np.isnat(days)] <= np.datetime64(locked_on)
    if were_there.all():
        return "everybody"
    return "some" if were_there.any() else "nobody"


def _locked(asked: dict[str, Any], definition: Definition, variables: Variables, kept: Kept | None) -> str:
    """The fingerprint of a locked hypothesis; refused if it is not locked, or no longer the one locked."""
    if not asked.get("locked_on"):
        raise NotEstimable("not_locked")
    now = fingerprint(asked, names_in(asked), definition, variables)
    if kept is not None and kept["fingerprint"] != now:
        raise NotEstimable("hypothesis_changed", locked_on=asked["locked_on"])
    return now


def _is_due(information: int, status: str, seen: list[Look], wanted: dict[str, Any]) -> bool:
    """Whether enough came in for a look; none is taken after the decision, or after the planned end."""
    return status in GOING_ON and information >= _next_at(seen, wanted)


def _next_at(seen: list[Look], wanted: dict[str, Any]) -> int:
    """The information at which the next look is taken; the planned end is one, however soon it comes."""
    end = int(wanted["information_at_end"])
    last = seen[-1]["information"] if seen else 0
    return max(min(last + max(ceil(end * SHARE_BETWEEN_LOOKS), FEWEST_BETWEEN_LOOKS), end), last + 1)


def _decided(seen: list[Look], wanted: dict[str, Any], alpha: float) -> dict[str, Any]:
    """Boundaries at the shares of information that were seen, and the first look that reached its own."""
    nothing: dict[str, Any] = {
        "status": "waiting",
        "looks": [],
        "crossed_at": None,
        "boundary": None,
        "at_end": None,
    }
    if not seen:
        return {**nothing, "spent": 0.0, "remaining": alpha}
    end = wanted["information_at_end"]
    shares = [look["information"] / end for look in seen]
    design = _boundaries(shares, wanted, alpha)
    sides = wanted.get("sides", 2)
    looks = [
        {
            "look": k + 1,
            "information": look["information"],
            "fraction": shares[k],
            "z": look["z"],
            "boundary": design.z[k],
            "spent": sides * design.cumulative_spend[k],
        }
        for k, look in enumerate(seen)
    ]
    crossed = [look["look"] for look in looks if _reach(look["z"], wanted) >= look["boundary"]]
    status = "crossed" if crossed else "ended" if shares[-1] >= 1 else "going_on"
    at_end = _boundaries([*shares, 1.0], wanted, alpha).z[-1] if status == "going_on" else None
    return {
        "status": status,
        "looks": looks,
        "crossed_at": crossed[0] if crossed else None,
        "boundary": looks[-1]["boundary"],
        "spent": looks[-1]["spent"],
        "remaining": max(alpha - looks[-1]["spent"], 0.0),
        "at_end": at_end,
    }


def _boundaries(shares: list[float], wanted: dict[str, Any], alpha: float) -> GroupSequentialDesign:
    """One side is spent on; a test of one side may spend all of its error there."""
    two_sided = alpha if wanted.get("sides", 2) == 2 else 2 * alpha
    return group_sequential_design(shares, spending=wanted["spending"], alpha=two_sided)


def _reach(z: float, wanted: dict[str, Any]) -> float:
    """How far z lies on the side that counts."""
    if wanted.get("sides", 2) == 2:
        return abs(z)
    return -z if wanted.get("alternative") == "less" else z
