"""Cumulative incidence by group: Kaplan-Meier, or Aalen-Johansen where another event may come first."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from analytics.plan import Definition
from analytics.questions.answer import Reason, plain, why_not
from analytics.questions.columns import Columns, Floats
from analytics.statistics import NotEstimable
from analytics.statistics.competing.cumulative_incidence import CumulativeIncidence, cumulative_incidence
from analytics.statistics.competing.gray import gray_test
from analytics.statistics.errors import attempt
from analytics.statistics.survival.kaplan_meier import SurvivalCurve, follow_up_curve, kaplan_meier
from analytics.statistics.survival.logrank import logrank_test
from analytics.statistics.survival.rates import incidence_rate, restricted_mean_difference

EVERYONE = "all"
CENSORED, EVENT, COMPETING = 0, 1, 2
YEARS, MONTHS_IN_YEAR = 100, 12
MOST_STEPS = 400
HALF_WIDTH = float(ndtri(0.975))

Read = Callable[[Floats], dict[str, Any]]


def observed(outcome: str, definition: Definition, columns: Columns) -> dict[str, Any]:
    """One outcome: each group's curve and the test that they are the same."""
    by = definition.get("by")
    time, status = columns.follow_up(outcome)
    known = ~np.isnan(status)
    labels = columns.labels(by) if by is not None else np.full(columns.n, EVERYONE, dtype=object)
    known &= np.array([label is not None for label in labels], dtype=bool)
    time, status, labels = time[known], status[known], labels[known]
    has_competing = bool((status == COMPETING).any())
    head = {
        "outcome": outcome,
        "estimand": "aalen_johansen" if has_competing else "kaplan_meier",
        "n": int(time.size),
        "n_events": int((status == EVENT).sum()),
        "n_competing": int((status == COMPETING).sum()),
        "n_missing": int((~known).sum()),
        "one_minus_kaplan_meier_reason": {"code": "competing_events"} if has_competing else None,
    }
    groups = columns.levels(by) if by else (EVERYONE,)
    if not time.size:
        return {**head, "by_group": [], "test": None, "reason": {"code": "no_follow_up"}}
    entries = [
        _group(group, time[labels == group], status[labels == group], definition, has_competing=has_competing)
        for group in groups
    ]
    _add_differences(entries, time, status, labels, definition["horizon"])
    return {
        **head,
        "by_group": entries,
        "test": _test(time, status, labels, list(groups), has_competing=has_competing) if by else None,
        "reason": None,
    }


def _group(
    group: str, time: Floats, status: Floats, definition: Definition, *, has_competing: bool
) -> dict[str, Any]:
    head = {
        "group": group,
        "n": int(time.size),
        "n_events": int((status == EVENT).sum()),
        "n_competing": int((status == COMPETING).sum()),
    }
    if not time.size:
        return {**head, **_no_curve({"code": "empty_group"})}
    horizon, last = float(definition["horizon"]), float(time.max())
    read, steps = _incidence(time, status, has_competing=has_competing)
    steps = np.r_[0.0, steps[steps < min(horizon, last)], min(horizon, last)]
    if steps.size > MOST_STEPS:
        steps = steps[np.linspace(0, steps.size - 1, MOST_STEPS).round().astype(int)]
    [at_horizon] = _points(read, np.array([horizon]), last)
    return plain(
        {
            **head,
            **{name: at_horizon[name] for name in ("cumulative_incidence", "standard_error")},
            "ci_low": at_horizon["ci_low"],
            "ci_high": at_horizon["ci_high"],
            **_rate(time, status),
            **_median_follow_up(time, status),
            **_restricted_mean(kaplan_meier(time, status != CENSORED), horizon),
            "at": _points(read, np.array(definition["times"], dtype=np.float64), last),
            "steps": _points(read, steps, last),
            "cumulative_incidence_reason": at_horizon["reason"],
            "reason": None,
        }
    )


def _incidence(time: Floats, status: Floats, *, has_competing: bool) -> tuple[Read, Floats]:
    """What reads the curve at given times, and the times at which it rises."""
    curve: CumulativeIncidence | SurvivalCurve
    if has_competing:
        competing = curve = cumulative_incidence(time, status, cause=EVENT)

        def read(times: Floats) -> dict[str, Any]:
            return vars(competing.at(times))

    else:
        alone = curve = kaplan_meier(time, status == EVENT)

        def read(times: Floats) -> dict[str, Any]:
            """One minus the curve, and its limits changed places."""
            points = alone.at(times)
            return {
                "time": points.time,
                "n_risk": points.n_risk,
                "cumulative_incidence": [1 - survival for survival in points.survival],
                "standard_error": points.standard_error,
                "ci_low": [None if high is None else 1 - high for high in points.ci_high],
                "ci_high": [None if low is None else 1 - low for low in points.ci_low],
            }

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
            point |= dict.fromkeys(("cumulative_incidence", "standard_error", "ci_low", "ci_high"))
            point["reason"] = {"code": "after_follow_up"}
    return points


def _rate(time: Floats, status: Floats) -> dict[str, Any]:
    """Events in 100 patient-years, with the exact interval."""
    names = ("rate", "rate_ci_low", "rate_ci_high")
    known = {"patient_years": float(time.sum()) / MONTHS_IN_YEAR, "rate_per": YEARS}
    found = attempt(incidence_rate, time / MONTHS_IN_YEAR, status == EVENT, per=YEARS)
    if isinstance(found, NotEstimable):
        return {**known, **dict.fromkeys(names), "rate_reason": why_not(found)}
    values = (found.rate, found.ci_low, found.ci_high)
    return {**known, **dict(zip(names, values, strict=True)), "rate_reason": None}


def _median_follow_up(time: Floats, status: Floats) -> dict[str, Any]:
    """Reverse Kaplan-Meier: any event ends what could be observed."""
    found = follow_up_curve(time, status != CENSORED).quantile(0.5)
    return {
        "median_follow_up": found.time,
        "median_follow_up_reason": {"code": "mostly_ended_by_events"} if found.time is None else None,
    }


def _restricted_mean(event_free: SurvivalCurve, horizon: float) -> dict[str, Any]:
    """Mean time free of the outcome and of competing events, up to the horizon."""
    names = ("restricted_mean", "restricted_mean_ci_low", "restricted_mean_ci_high")
    last = float(event_free.time[-1])
    if horizon > last and event_free.survival[-1] > 0:
        return {**dict.fromkeys(names), "restricted_mean_reason": {"code": "after_follow_up"}}
    found = event_free.restricted_mean(horizon)
    half = HALF_WIDTH * found.standard_error
    return {
        **dict(zip(names, (found.mean, found.mean - half, found.mean + half), strict=True)),
        "restricted_mean_reason": None,
    }


def _add_differences(
    entries: list[dict[str, Any]],
    time: Floats,
    status: Floats,
    labels: NDArray[np.object_],
    horizon: float,
) -> None:
    """Each group's restricted mean less the first group's: a comparison without proportional hazards."""
    names = ("difference", "difference_ci_low", "difference_ci_high", "difference_p_value")
    ended = status != CENSORED
    reference = labels == entries[0]["group"]
    for entry in entries[1:]:
        members = labels == entry["group"]
        if not members.any() or not reference.any():
            entry |= {**dict.fromkeys(names), "difference_reason": {"code": "empty_group"}}
            continue
        theirs, first = (kaplan_meier(time[rows], ended[rows]) for rows in (members, reference))
        found = attempt(restricted_mean_difference, theirs, first, horizon)
        if isinstance(found, NotEstimable):
            entry |= {**dict.fromkeys(names), "difference_reason": why_not(found)}
        else:
            values = (found.difference, found.ci_low, found.ci_high, found.p_value)
            entry |= {**plain(dict(zip(names, values, strict=True))), "difference_reason": None}


def _test(
    time: Floats, status: Floats, labels: NDArray[np.object_], groups: list[str], *, has_competing: bool
) -> dict[str, Any]:
    name = "gray" if has_competing else "logrank"
    found = (
        attempt(gray_test, time, status, labels, cause=EVENT, groups=groups)
        if has_competing
        else attempt(logrank_test, time, status == EVENT, labels, groups=groups)
    )
    if isinstance(found, NotEstimable):
        return {"name": name, "statistic": None, "df": None, "p_value": None, "reason": why_not(found)}
    tested = {"statistic": found.statistic, "df": found.df, "p_value": found.p_value}
    return plain({"name": name, **tested, "reason": None})


def _no_curve(reason: Reason) -> dict[str, Any]:
    absent = (
        "cumulative_incidence",
        "standard_error",
        "ci_low",
        "ci_high",
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
