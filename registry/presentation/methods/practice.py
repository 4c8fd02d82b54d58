"""Words for questions about the data themselves and how they are used."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from registry.presentation.methods.words import Found, Words, listed


def _missing_by_outcome(found: Found, words: Words) -> str:
    return _(
        "How often each variable is missing is compared between patients with and without %(outcomes)s by "
        "Fisher's exact test, and the combinations of variables missing together are counted."
    ) % {"outcomes": listed([words.inside(code) for code in found["outcomes"]])}


def _imputation(found: Found, words: Words) -> str:
    drawn = _("by normal linear regression")
    if found["is_matched"]:
        drawn = _("by predictive mean matching with five donors")
    text = _(
        "The model of %(outcome)s (%(covariates)s) is fitted to complete patients and again to "
        "%(imputations)s tables completed by chained equations (%(iterations)s iterations, seed %(seed)s): "
        "measurements %(drawn)s, categories by logistic regression, each on all other variables and the "
        "outcome; a quantity computed from others is computed from their imputed values. Patients whose "
        "outcome is unknown are left out."
    ) % {
        "outcome": words.inside(found["outcome"]),
        "covariates": listed([words.inside(code) for code in found["covariates"]]),
        "imputations": found["imputations"],
        "iterations": found["iterations"],
        "seed": found["seed"],
        "drawn": drawn,
    }
    if found["auxiliary"]:
        text += " " + _("The imputation also uses %(named)s.") % {
            "named": listed([words.inside(code) for code in found["auxiliary"]])
        }
    return text


def _below_detection(found: Found, words: Words) -> str:
    text = _(
        "Groups are compared on %(named)s with values below detection put at the limit, left out, or put at "
        "the limit divided by √2 (Welch's t test), and by Tobit regression; on the logarithm where the plan "
        "declares the variable skewed."
    ) % {"named": listed([words.inside(code) for code in found["variables"]])}
    if found["given"]:
        text += " " + _("Tobit regression is repeated with adjustment for %(named)s.") % {
            "named": listed([words.inside(code) for code in found["given"]])
        }
    return text


WORDING: dict[str, Callable[[Found, Words], str]] = {
    "missing_by_outcome": _missing_by_outcome,
    "imputation": _imputation,
    "below_detection": _below_detection,
}
