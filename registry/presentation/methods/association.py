"""Words for questions about how things go together."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from registry.presentation.guards import ADJUSTMENTS
from registry.presentation.methods.words import Found, Words, listed


def _described(found: Found, words: Words) -> str:
    text = _(
        "Measurements are described by mean and standard deviation (n − 1), categories by number and percent."
    )
    if found["skewed"]:
        text += " " + _(
            "Those that the plan declares skewed are described by median and quartiles (type 7 of Hyndman "
            "and Fan): %(named)s."
        ) % {"named": listed([words.inside(code) for code in found["skewed"]])}
    return text


def _adjusted_in_table(found: Found, words: Words) -> str:
    return _(
        "P of the primary tests of one table is adjusted as one family by %(method)s (q); P as computed is "
        "shown beside it."
    ) % {"method": ADJUSTMENTS[found["method"]]}


def _coefficients(found: Found, words: Words) -> str:
    text = _("Each pair of variables is correlated over the patients who have both, by %(methods)s.") % {
        "methods": listed([words.method(method) for method in found["methods"]])
    }
    if "pearson" in found["methods"]:
        text += " " + _("Pearson's r has Fisher's z interval and the t test.")
    if "spearman" in found["methods"]:
        text += " " + _(
            "Spearman's coefficient is computed on mid-ranks, with the t test and the interval of Bonett and "
            "Wright."
        )
    if "kendall" in found["methods"]:
        text += " " + _(
            "Kendall's tau-b has the normal test with the variance of tied ranks, and Fieller's interval."
        )
    return text


def _strata(found: Found, words: Words) -> str:
    named = listed([words.inside(code) for code in found["variables"]])
    text = _("Correlations over all are shown beside those within each level of %(named)s.") % {
        "named": named
    }
    if found["is_pearson"]:
        text += " " + _(
            "Pearson's correlations are also given with the level held equal (partial correlation) and "
            "tested for homogeneity over the levels (Fisher's z, chi-square)."
        )
    return text


def _given(found: Found, words: Words) -> str:
    return _(
        "Beside each coefficient by Pearson or Spearman stands the partial one given %(named)s, adjusted as "
        "a family of its own; Spearman's on the mid-ranks of all."
    ) % {"named": listed([words.inside(code) for code in found["variables"]])}


def _correlations_compared(found: Found, words: Words) -> str:
    text = ""
    if found["between"]:
        text = _(
            "Whether Pearson's correlation differs between levels of %(named)s is tested by Fisher's z, for "
            "more than two levels by chi-square."
        ) % {"named": listed(list(dict.fromkeys(words.inside(code) for code in found["between"])))}
    if found["has_overlapping"]:
        text += (" " if text else "") + _(
            "Two correlations of the same patients that share a variable are compared by Williams's t."
        )
    return text


def _structural(found: Found, words: Words) -> str:
    text = _(
        "A correlation between a variable and one it is computed from is shown without P and belongs to no "
        "family of tests."
    )
    if found["has_replication"]:
        text += " " + _("Where a published analysis is replicated it keeps its P, under a warning.")
    return text


def _adjusted_in_family(found: Found, words: Words) -> str:
    return _("All pairs of one stratum and one coefficient are one family, adjusted by %(method)s.") % {
        "method": ADJUSTMENTS[found["method"]]
    }


WORDING: dict[str, Callable[[Found, Words], str]] = {
    "described": _described,
    "adjusted_in_table": _adjusted_in_table,
    "coefficients": _coefficients,
    "strata": _strata,
    "given": _given,
    "correlations_compared": _correlations_compared,
    "structural": _structural,
    "adjusted_in_family": _adjusted_in_family,
}
