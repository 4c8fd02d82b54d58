"""Words for remarks on how far a result hangs on what was done about missing and undetected values."""

from django.utils.translation import gettext as _

from registry.presentation.guards.naming import Found, Name, Wordings, listed, shown_p
from registry.presentation.rounding import number


def _moved_by_imputing(found: Found, name: Name) -> tuple[str, str]:
    """Which coefficients lie elsewhere once missing values are imputed."""
    named = listed([f"{name(code)} ({number(shift, 2)})" for code, shift in found["moved"].items()])
    return (
        _(
            "With missing values imputed, coefficients move by more than %(share)s standard errors of the "
            "complete patients' model: %(named)s."
        )
        % {"share": number(found["share"], 1), "named": named},
        _(
            "Complete patients differ from the others. Report the imputed estimates beside theirs, and say "
            "why the values may be missing."
        ),
    )


def _hangs_on_the_limit(found: Found, name: Name) -> tuple[str, str]:
    """For which variables P lies on both sides of 0.05."""
    named = "; ".join(
        _("%(variable)s: %(lowest)s to %(highest)s")
        % {
            "variable": name(code),
            "lowest": shown_p(limits["lowest"]),
            "highest": shown_p(limits["highest"]),
        }
        for code, limits in found["turned"].items()
    )
    return (
        _("Whether the groups differ hangs on what is done with values below detection (%(named)s).")
        % {"named": named},
        _("Rely on Tobit regression where the rest of the values is about normal, and say what was done."),
    )


WORDING: Wordings = {("G22", "moved"): _moved_by_imputing, ("G22", "limit"): _hangs_on_the_limit}
