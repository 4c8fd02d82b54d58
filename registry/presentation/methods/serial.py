"""Words for questions about what was measured or read more than once."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from registry.presentation.methods.words import Found, Words, listed


def _read_twice(found: Found, words: Words) -> str:
    return _(
        "Agreement on the %(score)s: of each patient the first two readings of one kind of image by "
        "different readers are compared, at most %(days)s days apart and both with a total, in the order of "
        "the readers' names."
    ) % {"score": words.inside(found["score"]), "days": found["days"]}


def _reliability(found: Found, words: Words) -> str:
    return _(
        "Reliability is the intraclass correlation of Shrout and Fleiss, two-way random for single readings, "
        "ICC(2,1); with more than two readers, of whom each patient has some two, one-way, ICC(1,1). The "
        "limits of agreement are Bland and Altman's, with their approximate intervals."
    )


def _kappa(found: Found, words: Words) -> str:
    return _(
        "Agreement on gradings is Cohen's kappa, with quadratic weights where the grades are ordered, and "
        "the large-sample interval of Fleiss, Cohen and Everitt, shown up to 1."
    )


def _adjudicated(found: Found, words: Words) -> str:
    text = _("Two readings further apart than %(tolerance)s are referred to a third reader")
    if found["presence"] is not None:
        text = _(
            "Two readings further apart than %(tolerance)s, or that differ on %(presence)s, are referred to "
            "a third reader"
        )
    named = {"tolerance": f"{found['tolerance']:g}"}
    if found["presence"] is not None:
        named["presence"] = words.inside(found["presence"])
    return text % named + "."


def _planned_times(found: Found, words: Words) -> str:
    return _(
        "The value of a planned time is the patient's nearest measurement, at most %(window)s months away; "
        "of two equally near, the earlier. Means have t intervals."
    ) % {"window": listed([f"{window:g}" for window in found["windows"]])}


def _mixed_model(found: Found, words: Words) -> str:
    text = _(
        "%(lab)s over time: linear mixed model of all measurements by restricted maximum likelihood, with a "
        "random intercept and a random slope (change per year) for each patient, and Wald tests."
    )
    if not found["has_slope"]:
        text = _(
            "%(lab)s over time: linear mixed model of all measurements by restricted maximum likelihood, "
            "with a random intercept for each patient, and Wald tests."
        )
    text %= {"lab": words.name(found["lab"])}
    if found["by"] is not None:
        text += " " + _("Level and change may differ by %(by)s.") % {"by": words.inside(found["by"])}
    if found["covariates"]:
        named = listed([words.inside(code) for code in found["covariates"]])
        text += " " + _("Adjusted for %(covariates)s.") % {"covariates": named}
    return text


def _hazard_over_time(found: Found, words: Words) -> str:
    return _(
        "Hazard ratios of repeated measurements come from Cox's model (Efron's ties, Wald intervals), a "
        "competing event ending the follow-up."
    )


def _treatments_of_time(found: Found, words: Words) -> str:
    month = "" if found["landmark"] is None else f"{found['landmark']:g}"
    window = "" if found["window"] is None else f"{found['window']:g}"
    average = _("the average of the whole follow-up, weighted by time, counted from time zero")
    if month:
        average = _("the average up to month %(month)s, weighted by time, counted from then on") % {
            "month": month
        }
    said = {
        "baseline": _("the baseline value, counted from time zero"),
        "time_averaged": average,
        "landmark": _(
            "the latest value at month %(month)s, at most %(window)s months old, counted from then on"
        )
        % {"month": month, "window": window},
        "time_updated": _(
            "the latest value at any time, each follow-up cut at each measurement (counting process)"
        ),
    }
    return _("%(lab)s enters as: %(treatments)s.") % {
        "lab": words.name(found["lab"]),
        "treatments": "; ".join(said[name] for name in found["names"]),
    }


WORDING: dict[str, Callable[[Found, Words], str]] = {
    "read_twice": _read_twice,
    "reliability": _reliability,
    "kappa": _kappa,
    "adjudicated": _adjudicated,
    "planned_times": _planned_times,
    "mixed_model": _mixed_model,
    "hazard_over_time": _hazard_over_time,
    "treatments_of_time": _treatments_of_time,
}
