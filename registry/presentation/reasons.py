"""Words for why something could not be estimated, that a nurse understands."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

Details = Mapping[str, Any]


def because(reason: Details) -> str:
    """A refusal in words; one without words of its own is named by its code."""
    wording = WORDING.get(reason["code"])
    return wording(reason) if wording else reason["code"].replace("_", " ")


def _too_few_events(reason: Details) -> str:
    return _(
        "there are %(events)s patients with the outcome and %(others)s without; "
        "at least %(needed)s of each are needed"
    ) % {
        "events": _count(reason["n_events"]),
        "others": _count(reason["n_others"]),
        "needed": reason["needed"],
    }


def _too_few(reason: Details) -> str:
    if "needed" not in reason:
        return _("there are too few patients")
    return _("there are %(n)s patients; at least %(needed)s are needed") % {
        "n": _count(reason.get("n")),
        "needed": reason["needed"],
    }


def _count(n: int | None) -> str:
    return _("too few") if n is None else str(n)


WORDING: dict[str, Callable[[Details], str]] = {
    "too_few_events": _too_few_events,
    "too_few": _too_few,
    "too_few_cases": _too_few,
    "too_few_controls": _too_few,
    "no_patients": lambda reason: _("no patient is in the population of the question"),
    "one_class": lambda reason: _("the outcome occurred in nobody or in everybody"),
    "constant": lambda reason: _("all patients have the same value"),
    "too_few_levels": lambda reason: _("all patients are in the same category"),
    "empty_group": lambda reason: _("a group has no patient with a value"),
    "separated": lambda reason: _("some patients are predicted perfectly, so there is no finite estimate"),
    "perfect_correlation": lambda reason: _("one of the two follows exactly from the other"),
    "withheld": lambda reason: _("the number of patients is small and withheld"),
    "missing": lambda reason: _("values are missing"),
    "not_converged": lambda reason: _("the computation did not settle"),
    "nothing_missing": lambda reason: _("nothing is missing"),
    "no_follow_up": lambda reason: _("nobody has both a time of follow-up and how it ended"),
    "no_events": lambda reason: _("the outcome occurred in nobody"),
    "one_group": lambda reason: _("all patients are in one group"),
    "after_follow_up": lambda reason: _("nobody was followed so long"),
    "horizon_beyond_follow_up": lambda reason: _("one of the groups was not followed so long"),
    "mostly_ended_by_events": lambda reason: _("events ended more than half of what could be observed"),
    "competing_events": lambda reason: _("a competing event came first in some patients"),
    "failed": lambda reason: _("the computation broke off with an error, which is in the log"),
}
