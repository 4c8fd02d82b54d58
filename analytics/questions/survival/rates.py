"""Events per 100 patient-years, and how many times as often as in the first group."""

from typing import Any

from analytics.questions.answer import plain, why_not
from analytics.questions.survival.followed import Followed
from analytics.statistics import NotEstimable
from analytics.statistics.errors import attempt
from analytics.statistics.survival.rates import IncidenceRate, RateRatio, incidence_rate, rate_ratio

YEARS, MONTHS_IN_YEAR = 100, 12
RATE = ("rate", "rate_ci_low", "rate_ci_high")
RATIO = ("rate_ratio", "rate_ratio_ci_low", "rate_ratio_ci_high", "rate_ratio_p_value")


def rate(patients: Followed) -> dict[str, Any]:
    """The rate of a group with its exact interval."""
    known = {"patient_years": float(patients.time.sum()) / MONTHS_IN_YEAR, "rate_per": YEARS}
    found = attempt(_rate, patients)
    if isinstance(found, NotEstimable):
        return {**known, **dict.fromkeys(RATE), "rate_reason": why_not(found)}
    values = (found.rate, found.ci_low, found.ci_high)
    return {**known, **dict(zip(RATE, values, strict=True)), "rate_reason": None}


def add_ratios(entries: list[dict[str, Any]], members: list[Followed]) -> None:
    """The rate of each group over that of the first, exact given the events of both."""
    for entry, patients in zip(entries[1:], members[1:], strict=True):
        found = attempt(_ratio, patients, members[0])
        if isinstance(found, NotEstimable):
            entry |= {**dict.fromkeys(RATIO), "rate_ratio_reason": why_not(found)}
            continue
        values = (found.ratio, found.ci_low, found.ci_high, found.p_value)
        # Without an event in the first group the ratio is infinite, though its lower limit is known.
        reason = {"code": "no_events_in_reference"} if found.ratio is None else None
        entry |= {**plain(dict(zip(RATIO, values, strict=True))), "rate_ratio_reason": reason}


def _ratio(patients: Followed, reference: Followed) -> RateRatio:
    if not patients.n or not reference.n:
        raise NotEstimable("empty_group")
    return rate_ratio(_rate(patients), _rate(reference))


def _rate(patients: Followed) -> IncidenceRate:
    return incidence_rate(patients.time / MONTHS_IN_YEAR, patients.occurred, per=YEARS)
