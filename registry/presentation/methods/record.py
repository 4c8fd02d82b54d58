"""Who is analysed, from when to when, and what the variables are."""

from collections.abc import Callable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.presentation.methods.words import Found, Words, either, listed

INDEX_DATES = {
    "enrolment": gettext_lazy("the day of enrolment"),
    "dialysis_start": gettext_lazy("the day dialysis was begun"),
    "day_zero": gettext_lazy("day 0 of the source"),
}
STATUSES = {
    "": gettext_lazy("still followed"),
    "death_cv": gettext_lazy("cardiovascular death"),
    "death_non_cv": gettext_lazy("death from another known cause"),
    "death_unknown": gettext_lazy("death from an unknown cause"),
    "transplant": gettext_lazy("kidney transplantation"),
    "recovery": gettext_lazy("recovery of kidney function"),
    "lost": gettext_lazy("loss to follow-up"),
    "transfer_out": gettext_lazy("transfer to another centre"),
    "withdrew_consent": gettext_lazy("withdrawal of consent"),
    "admin_end": gettext_lazy("the end of the study"),
    "switch_pd": gettext_lazy("a change to peritoneal dialysis"),
}


def _consent(found: Found, words: Words) -> str:
    if found["basis"] == "written":
        return _(
            "Patients gave written consent; nothing recorded after consent ended is used, and patients "
            "without consent are left out."
        )
    if found["basis"] == "public_use":
        return _("The data are a public-use file released without identifiers.")
    return _("No person stands behind the data.")


def _data(found: Found, words: Words) -> str:
    return _(found["text"])


def _groups(found: Found, words: Words) -> str:
    levels = [words.level(found["variable"], level) for level in found["levels"]]
    return _("The design sets the groups: %(groups)s.") % {"groups": listed(levels)}


def _index_date(found: Found, words: Words) -> str:
    return _("Time zero is %(date)s; each patient is one row.") % {
        "date": INDEX_DATES.get(found["index_date"], found["index_date"])
    }


def _baseline(found: Found, words: Words) -> str:
    text = _("The baseline value of a laboratory measurement or score is the one of time zero.")
    if found["before"] or found["after"]:
        text = _(
            "The baseline value of a laboratory measurement or score is the one nearest to time zero, at "
            "most %(before)s days before and %(after)s days after; of two equally near, the earlier."
        ) % {"before": found["before"], "after": found["after"]}
    return text + " " + _("Blood drawn after dialysis is not used.") if found["on_dialysis"] else text


def _follow_up(found: Found, words: Words) -> str:
    text = _(
        "Follow-up runs from time zero to the terminal event, else to the day the patient was last seen or "
        "consent ended."
    )
    if found["lock"]:
        text += " " + _("It is counted up to the data lock on %(day)s.") % {"day": found["lock"]}
    if found["months"]:
        text += " " + _("It is counted up to %(months)s months.") % {"months": f"{found['months']:g}"}
    if found["time_scale"] == "relative":
        return text + " " + _("Times are months since day 0, as the source gives them.")
    return text + " " + _("A month is 30.4375 days.")


def _derived(found: Found, words: Words) -> str:
    named = [
        _("%(variable)s from %(parents)s")
        % {"variable": words.inside(code), "parents": listed([words.inside(parent) for parent in parents])}
        for code, parents in found["derived"].items()
    ]
    return _("Derived variables are computed from measurements of the same draw: %(named)s.") % {
        "named": "; ".join(named)
    }


def _at_least(found: Found, words: Words) -> str:
    return _("%(variable)s: %(source)s of at least %(least)s.") % {
        "variable": words.name(found["variable"]),
        "source": words.inside(found["from"]),
        "least": f"{found['least']:g}",
    }


def _classes(found: Found, words: Words) -> str:
    levels = [words.level(found["variable"], level) for level in found["levels"]]
    return _("%(variable)s: %(levels)s; the first is the reference.") % {
        "variable": words.name(found["variable"]),
        "levels": ", ".join(levels),
    }


def _outcome(found: Found, words: Words) -> str:
    text = _("%(variable)s: follow-up ended by %(events)s.")
    if found["is_timed"]:
        text = _("%(variable)s, with its time: follow-up ended by %(events)s.")
    text %= {"variable": words.name(found["variable"]), "events": either(_statuses(found["event"]))}
    if found["competing"]:
        text += " " + _("Competing events: %(events)s.") % {"events": listed(_statuses(found["competing"]))}
    if found["censored"]:
        text += " " + _("Censored: %(events)s.") % {"events": listed(_statuses(found["censored"]))}
    if found["unknown"]:
        text += " " + _(
            "Patients whose follow-up ended by %(events)s have no known outcome and are left out."
        ) % {"events": either(_statuses(found["unknown"]))}
    return text


def _statuses(codes: Sequence[str]) -> list[str]:
    return [str(STATUSES.get(code, code)) for code in codes]


WORDING: dict[str, Callable[[Found, Words], str]] = {
    "consent": _consent,
    "data": _data,
    "groups": _groups,
    "index_date": _index_date,
    "baseline": _baseline,
    "follow_up": _follow_up,
    "derived": _derived,
    "at_least": _at_least,
    "classes": _classes,
    "outcome": _outcome,
}
