"""Words for remarks on how far a result hangs on what was done about missing and undetected values."""

from django.utils.translation import gettext as _

from registry.presentation.guards.naming import Found, Name, Wordings, listed
from registry.presentation.rounding import named_p, number


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
            "lowest": named_p(limits["lowest"]),
            "highest": named_p(limits["highest"]),
        }
        for code, limits in found["turned"].items()
    )
    return (
        _("Whether the groups differ hangs on what is done with values below detection (%(named)s).")
        % {"named": named},
        _("Rely on Tobit regression where the rest of the values is about normal, and say what was done."),
    )


def _not_converged(found: Found, name: Name) -> tuple[str, str]:
    """Which variable's imputed values still lie apart from chain to chain."""
    of = {"mean": _("the mean"), "spread": _("the standard deviation")}[found["quantity"]]
    return (
        _(
            "The imputations have not come to the same place: R-hat of %(quantity)s of the values drawn for "
            "%(variable)s is %(reduction)s, more than %(most)s."
        )
        % {
            "quantity": of,
            "variable": name(found["variable"]),
            "reduction": number(found["reduction"], 2),
            "most": number(found["most"], 1),
        },
        _(
            "Do not rely on the imputed estimates yet: let the plan ask for more iterations, and look for "
            "variables that nearly determine one another."
        ),
    )


WORDING: Wordings = {
    ("G22", "moved"): _moved_by_imputing,
    ("G22", "chains"): _not_converged,
    ("G22", "limit"): _hangs_on_the_limit,
}
