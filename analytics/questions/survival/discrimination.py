"""How well a marker or a model foretells who will have had the event by a given time."""

from typing import Any

import numpy as np

from analytics.plan import Definition
from analytics.questions.answer import plain, why_not
from analytics.questions.columns import Columns, Floats
from analytics.questions.events import require_events
from analytics.questions.survival.asked import Asked
from analytics.questions.survival.followed import EVENT, Followed
from analytics.statistics import NotEstimable
from analytics.statistics.errors import attempt
from analytics.statistics.survival.cox import CoxModel
from analytics.statistics.survival.time_dependent_roc import TimeDependentROC, time_dependent_roc

SIGNS = {"higher": 1.0, "lower": -1.0}
"""Which values of a marker mean more risk, as the plan declares it; the data never choose."""

AREA = ("auc", "standard_error", "ci_low", "ci_high")


def areas_of_markers(definition: Definition, columns: Columns) -> list[dict[str, Any]]:
    """The areas of each marker that the plan names, for each outcome."""
    wanted = definition.get("areas", {})
    return [
        _areas_of_marker(marker, risk, outcome, wanted["times"], columns)
        for outcome in definition["outcomes"]
        for marker, risk in wanted.get("markers", {}).items()
    ]


def _areas_of_marker(
    marker: str, risk: str, outcome: str, times: list[float], columns: Columns
) -> dict[str, Any]:
    time, status = columns.follow_up(outcome)
    values, refused = columns.read(marker)
    known = ~np.isnan(status) & ~np.isnan(values)
    head = {"outcome": outcome, "name": marker, "title": None, "risk": risk, "is_apparent": False}
    patients = Followed(time[known], status[known])
    found = _areas(head, patients, int((~known).sum()), SIGNS[risk] * values[known], times)
    return found if refused is None else {**found, "reason": why_not(refused)}


def areas_of_model(
    definition: Definition, asked: Asked, hazard: CoxModel | NotEstimable
) -> list[dict[str, Any]]:
    """The areas of a model's linear predictor in its own patients, where the plan asks for them."""
    wanted = definition.get("areas", {})
    if asked.wanted["name"] not in wanted.get("models", []):
        return []
    head = {
        "outcome": asked.wanted["outcome"],
        "name": asked.wanted["name"],
        "title": asked.wanted["title"],
        "risk": "higher",
        "is_apparent": True,
    }
    if isinstance(hazard, NotEstimable):
        counts = {**asked.patients.counts(), "n_missing": asked.n_missing}
        return [{**head, **counts, "at": [], "reason": why_not(hazard)}]
    return [_areas(head, asked.patients, asked.n_missing, hazard.linear_predictor, wanted["times"])]


def _areas(
    head: dict[str, Any], patients: Followed, n_missing: int, score: Floats, times: list[float]
) -> dict[str, Any]:
    counts = {**patients.counts(), "n_missing": n_missing}
    if not patients.n:
        return {**head, **counts, "at": [], "reason": {"code": "no_follow_up"}}
    return plain(
        {**head, **counts, "at": [_point(patients, score, float(time)) for time in times], "reason": None}
    )


def _point(patients: Followed, score: Floats, time: float) -> dict[str, Any]:
    """The area at one time; patients with a competing event by then are among those without the event."""
    early = patients.time <= time
    counts = {
        "time": time,
        "n_risk": int((~early).sum()),
        "n_events": int((early & patients.occurred).sum()),
    }
    found = attempt(_curve, patients, score, time)
    if isinstance(found, NotEstimable):
        return {**counts, **dict.fromkeys(AREA), "reason": why_not(found)}
    values = (found.auc, found.standard_error, *found.interval())
    return {**counts, **dict(zip(AREA, values, strict=True)), "reason": None}


def _curve(patients: Followed, score: Floats, time: float) -> TimeDependentROC:
    if time > patients.last:
        raise NotEstimable("after_follow_up")
    early = patients.time <= time
    # Who was censored before tells neither way.
    told = ~early | patients.ended
    require_events(early[told] & patients.occurred[told])
    return time_dependent_roc(patients.time, patients.status, score, time, cause=EVENT)
