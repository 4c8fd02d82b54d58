"""Words for remarks on the size of a study and on looking at it while it grows."""

from django.utils.translation import gettext as _

from registry.presentation.guards.naming import Found, Name, Wordings
from registry.presentation.rounding import count, number


def _too_few(found: Found, name: Name) -> tuple[str, str]:
    named = "; ".join(
        _("%(model)s: %(n)s patients, %(needed)s needed with %(events)s events")
        % {
            "model": name(model),
            "n": count(size["n"]),
            "needed": count(size["needed"]),
            "events": number(size["events_needed"], 0),
        }
        for model, size in found["models"].items()
    )
    return (
        _("There are fewer patients than Riley's criteria ask for (%(named)s).") % {"named": named},
        _("Use fewer covariates, or shrink the coefficients by the factor to expect, or wait."),
    )


def _unequal_follow_up(found: Found, name: Name) -> tuple[str, str]:
    return (
        _(
            "Patients enrolled later were followed for a median of %(later)s months, those of the "
            "development for %(development)s: fewer of them can have had the outcome by now."
        )
        % {"later": number(found["later"], 1), "development": number(found["development"], 1)},
        _(
            "For that reason alone the predicted risks will look too high; the ranking and the cut-off are "
            "less affected. The comparison is fair once they have been followed as long."
        ),
    )


WORDING: Wordings = {("G1", "validation"): _unequal_follow_up, ("G6", "size"): _too_few}
