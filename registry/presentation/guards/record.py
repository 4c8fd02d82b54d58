"""Words for remarks on the record behind a result."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from registry.presentation.guards.naming import Found, Name, Wordings, listed
from registry.presentation.rounding import count, percent

LACKING = {
    "table": gettext_lazy("the table it was computed from"),
    "code": gettext_lazy("the code as it was"),
}


def _not_frozen(found: Found, name: Name) -> tuple[str, str]:
    named = listed([str(LACKING[each]) for each in found["lacking"]])
    return (
        _("This stands beside published figures, and not all of it can be fetched again: %(named)s.")
        % {"named": named},
        _("Compute it from a frozen table with committed code before it is printed anywhere."),
    )


def _may_be_measured_late(found: Found, name: Name) -> tuple[str, str]:
    text = ngettext(
        "Baseline values may have been measured up to %(days)s day after the time from which the hazard is "
        "counted: %(named)s.",
        "Baseline values may have been measured up to %(days)s days after the time from which the hazard is "
        "counted: %(named)s.",
        found["days"],
    ) % {"days": found["days"], "named": listed([name(code) for code in found["variables"]])}
    return text, _(
        "Who died before could not be measured, which favours those with a value. Let the window end on the "
        "index date, or count from a landmark after it."
    )


def _mixed_units(found: Found, name: Name) -> tuple[str, str]:
    named = "; ".join(
        _("%(variable)s: %(count)s of %(n)s values, as if in %(unit)s")
        % {
            "variable": name(code),
            "count": count(odd["count"]),
            "n": count(odd["n"]),
            "unit": odd["unit"],
        }
        for code, odd in found["variables"].items()
    )
    return (
        _("Some values lie as far from the others as two units do (%(named)s).") % {"named": named},
        _("Look at the reports: values typed in another unit are corrected, each with its reason."),
    )


def _preferred_digits(found: Found, name: Name) -> tuple[str, str]:
    named = "; ".join(
        _("%(variable)s: %(percent)s %%") % {"variable": name(code), "percent": percent(odd["proportion"])}
        for code, odd in found["variables"].items()
    )
    return (
        _("Values end in 0 or 5 more often than the 20 %% that chance has (%(named)s).") % {"named": named},
        _(
            "They were rounded by hand: copy them from the laboratory's report, and do not trust a cut-off "
            "on a round number."
        ),
    )


WORDING: Wordings = {
    ("G21", None): _not_frozen,
    ("G27", "window"): _may_be_measured_late,
    ("G29", "units"): _mixed_units,
    ("G29", "digits"): _preferred_digits,
}
