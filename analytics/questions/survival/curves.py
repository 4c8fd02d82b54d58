"""Cumulative incidence by group: Kaplan-Meier, or Aalen-Johansen where another event may come first."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.plan import Definition
from analytics.questions.answer import Reason, plain, why_not
from analytics.questions.columns import Columns, Floats
from analytics.questions.survival.event_free import add_differences, restricted_mean
from analytics.questions.survival.followed import EVENT, Followed
from analytics.questions.survival.rates import add_ratios, rate
from analytics.statistics import NotEstimable
from analytics.statistics.competing.cumulative_incidence import CumulativeIncidence, cumulative_incidence
from analytics.statistics.competing.gray import gray_test
from analytics.statistics.errors import attempt
from analytics.statistics.survival.kaplan_meier import SurvivalCurve, follow_up_curve, kaplan_meier
from analytics.statistics.survival.limits import IntervalScale
from analytics.statistics.survival.logrank import logrank_test

EVERYONE = "all"
MOST_STEPS = 400
ESTIMATE = ("cumulative_incidence", "standard_error", "ci_low", "ci_high")

Read = Callable[[Floats], dict[str, Any]]


def observed(outcome: str, definition: Definition, columns: Columns) -> dict[str, Any]:
    """One outcome: each group's curve and the test that they are the same."""
    by = definition.get("by")
    time, status = columns.follow_up(outcome)
    known = ~np.isnan(status)
    labels = columns.labels(by) if by is not None else np.full(columns.n, EVERYONE, dtype=object)
    known &= ~pd.isna(labels)
    patients, labels = Followed(time[known], status[known]), labels[known]
    has_competing = patients.has_competing
    head = {
        "outcome": outcome,
        "estimand": "aalen_johansen" if has_competing else "kaplan_meier",
        **patients.counts(),
        "n_missing": int((~known).sum()),
        "one_minus_kaplan_meier_reason": _why_no_one_minus(definition, has_competing=has_competing),
    }
    groups = columns.levels(by) if by else (EVERYONE,)
    if not patients.n:
        return {**head, "by_group": [], "test": None, "reason": {"code": "no_follow_up"}}
    members = {group: patients.only(labels == group) for group in groups}
    entries = [_group(group, members[group], definition, has_competing=has_competing) for group in groups]
    add_ratios(entries, list(members.values()))
    add_differences(entries, list(members.values()), definition["horizon"])
    return {
        **head,
        "by_group": entries,
        "test": _test(patients, labels, list(groups), has_competing=has_competing) if by else None,
        "reason": None,
    }


def _why_no_one_minus(definition: Definition, *, has_competing: bool) -> Reason | None:
    """One minus Kaplan-Meier beside competing events is only for what replicates a publication."""
    if has_competing and not definition.get("is_replication", False):
        return {"code": "competing_events"}
    return None


def _group(group: str, patients: Followed, definition: Definition, *, has_competing: bool) -> dict[str, Any]:
    head = {"group": group, **patients.counts()}
    if not patients.n:
        return {**head, **_no_curve({"code": "empty_group"})}
    horizon, last = float(definition["horizon"]), patients.last
    times = np.array(definition["times"], dtype=np.float64)
    scale: IntervalScale = definition.get("interval", "log")
    read, steps = _incidence(patients, scale) if has_competing else _one_minus(patients, scale)
    steps = np.r_[0.0, steps[steps < min(horizon, last)], min(horizon, last)]
    if steps.size > MOST_STEPS:
        steps = steps[np.linspace(0, steps.size - 1, MOST_STEPS).round().astype(int)]
    [at_horizon] = _points(read, np.array([horizon]), last)
    entry = {
        **head,
        **rate(patients),
        **_median_follow_up(patients),
        **restricted_mean(kaplan_meier(patients.time, patients.ended), horizon),
        "at_horizon": at_horizon,
        "at": _points(read, times, last),
        "steps": _points(read, steps, last),
        "reason": None,
    }
    if has_competing and definition.get("is_replication", False):
        [published] = _points(_one_minus(patients, scale)[0], np.array([horizon]), last)
        entry["one_minus_kaplan_meier"] = published
    return plain(entry)


def _incidence(patients: Followed, scale: IntervalScale) -> tuple[Read, Floats]:
    """What reads Aalen and Johansen's curve at given times, and the times at which it rises."""
    curve = cumulative_incidence(patients.time, patients.status, cause=EVENT)
    return _counted(lambda times: vars(curve.at(times, scale=scale)), curve)


def _one_minus(patients: Followed, scale: IntervalScale) -> tuple[Read, Floats]:
    """The same of one minus Kaplan and Meier's curve; its limits change places."""
    curve = kaplan_meier(patients.time, patients.occurred)

    def read(times: Floats) -> dict[str, Any]:
        points = curve.at(times, scale=scale)
        return {
            "time": points.time,
            "n_risk": points.n_risk,
            "cumulative_incidence": [1 - survival for survival in points.survival],
            "standard_error": points.standard_error,
            "ci_low": [None if high is None else 1 - high for high in points.ci_high],
            "ci_high": [None if low is None else 1 - low for low in points.ci_low],
        }

    return _counted(read, curve)


def _counted(read: Read, curve: CumulativeIncidence | SurvivalCurve) -> tuple[Read, Floats]:
    n_events = np.r_[0, np.cumsum(curve.n_event)]

    def counted(times: Floats) -> dict[str, Any]:
        by_then = np.searchsorted(curve.time, times, side="right")
        return {**read(times), "n_events": n_events[by_then].tolist()}

    return counted, curve.time[curve.n_event > 0]


def _points(read: Read, times: Floats, last: float) -> list[dict[str, Any]]:
    """The curve at given times; nothing is known after the last patient's follow-up has ended."""
    columns = read(times)
    points = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
    for point in points:
        point["reason"] = None
        if point["time"] > last:
            point |= dict.fromkeys(ESTIMATE)
            point["reason"] = {"code": "after_follow_up"}
    return points


def _median_follow_up(patients: Followed) -> dict[str, Any]:
    """Reverse Kaplan-Meier: any event ends what could be observed."""
    found = follow_up_curve(patients.time, patients.ended).quantile(0.5)
    return {
        "median_follow_up": found.time,
        "median_follow_up_reason": {"code": "mostly_ended_by_events"} if found.time is None else None,
    }


def _test(
    patients: Followed, labels: NDArray[np.object_], groups: list[str], *, has_competing: bool
) -> dict[str, Any]:
    name = "gray" if has_competing else "logrank"
    found = (
        attempt(gray_test, patients.time, patients.status, labels, cause=EVENT, groups=groups)
        if has_competing
        else attempt(logrank_test, patients.time, patients.occurred, labels, groups=groups)
    )
    if isinstance(found, NotEstimable):
        return {"name": name, "statistic": None, "df": None, "p_value": None, "reason": why_not(found)}
    tested = {"statistic": found.statistic, "df": found.df, "p_value": found.p_value}
    return plain({"name": name, **tested, "reason": None})


def _no_curve(reason: Reason) -> dict[str, Any]:
    absent = (
        "at_horizon",
        "patient_years",
        "rate",
        "rate_ci_low",
        "rate_ci_high",
        "median_follow_up",
        "restricted_mean",
        "restricted_mean_ci_low",
        "restricted_mean_ci_high",
    )
    return {**dict.fromkeys(absent), "at": [], "steps": [], "reason": reason}
