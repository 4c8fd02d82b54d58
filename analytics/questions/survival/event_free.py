"""Mean time free of any event up to the horizon, and how much longer than in the first group."""

from typing import Any

from analytics.questions.answer import plain, why_not
from analytics.questions.survival.followed import Followed
from analytics.statistics import NotEstimable
from analytics.statistics.errors import attempt
from analytics.statistics.normal import normal_interval
from analytics.statistics.survival.kaplan_meier import SurvivalCurve, kaplan_meier
from analytics.statistics.survival.rates import restricted_mean_difference

MEAN = ("restricted_mean", "restricted_mean_ci_low", "restricted_mean_ci_high")
DIFFERENCE = ("difference", "difference_ci_low", "difference_ci_high", "difference_p_value")


def restricted_mean(event_free: SurvivalCurve, horizon: float) -> dict[str, Any]:
    """Mean time free of the outcome and of competing events, up to the horizon."""
    if horizon > float(event_free.time[-1]) and event_free.survival[-1] > 0:
        return {**dict.fromkeys(MEAN), "restricted_mean_reason": {"code": "after_follow_up"}}
    found = event_free.restricted_mean(horizon)
    return {
        **dict(zip(MEAN, (found.mean, *normal_interval(found.mean, found.standard_error)), strict=True)),
        "restricted_mean_reason": None,
    }


def add_differences(entries: list[dict[str, Any]], members: list[Followed], horizon: float) -> None:
    """Each group's restricted mean less the first group's: a comparison without proportional hazards."""
    reference = members[0]
    for entry, patients in zip(entries[1:], members[1:], strict=True):
        if not patients.n or not reference.n:
            entry |= {**dict.fromkeys(DIFFERENCE), "difference_reason": {"code": "empty_group"}}
            continue
        theirs, first = (kaplan_meier(each.time, each.ended) for each in (patients, reference))
        found = attempt(restricted_mean_difference, theirs, first, horizon)
        if isinstance(found, NotEstimable):
            entry |= {**dict.fromkeys(DIFFERENCE), "difference_reason": why_not(found)}
        else:
            values = (found.difference, found.ci_low, found.ci_high, found.p_value)
            entry |= {**plain(dict(zip(DIFFERENCE, values, strict=True))), "difference_reason": None}
