"""Words for curves of markers."""

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from registry.presentation.guards.naming import ADJUSTMENTS
from registry.presentation.methods.words import Found, Words, listed
from registry.presentation.rounding import percent

RULES = {
    "closest_topleft": gettext_lazy("the point closest to perfect sensitivity and specificity"),
    "sensitivity_at_least": gettext_lazy("the best specificity at a sensitivity of at least %(share)s %%"),
    "specificity_at_least": gettext_lazy("the best sensitivity at a specificity of at least %(share)s %%"),
}
PARTS = {"specificity": gettext_lazy("specificity"), "sensitivity": gettext_lazy("sensitivity")}


def _resampled_area(found: Found, words: Words) -> str:
    return _(
        "The interval on the logit scale and the percentile interval of %(resamples)s bootstrap resamples "
        "(seed %(seed)s), in which patients with and without the outcome are drawn separately, are given as "
        "well."
    ) % {"resamples": found["resamples"], "seed": found["seed"]}


def _partial_area(found: Found, words: Words) -> str:
    partial = found["partial"]
    return _(
        "The part of the area where %(focus)s is between %(low)s %% and %(high)s %% is rescaled after "
        "McClish, so that 0.5 is chance and 1 perfect."
    ) % {
        "focus": PARTS[partial["focus"]],
        "low": percent(partial["from"]),
        "high": percent(partial["to"]),
    }


def _cut_off_rules(found: Found, words: Words) -> str:
    rules = [
        str(RULES[rule]) % {"share": percent(wanted)} if rule.endswith("_at_least") else str(RULES[rule])
        for rule, wanted in found["rules"]
    ]
    return _("Further cut-offs, where the plan asks for them: %(rules)s.") % {"rules": listed(rules)}


def _named_cut_offs(found: Found, words: Words) -> str:
    named = [
        f"{words.inside(marker)} {cut:g} {words.unit(marker)}".rstrip()
        for marker, cuts in found["thresholds"].items()
        for cut in cuts
    ]
    return _("Cut-offs named in advance: %(named)s.") % {"named": listed(named)}


def _resampled_cut_off(found: Found, words: Words) -> str:
    return _(
        "In each of %(resamples)s resamples the cut-off is chosen anew, which gives its interval, and tried "
        "on the patients left out, which gives the sensitivity and specificity to expect in others."
    ) % {"resamples": found["resamples"]}


def _combined(found: Found, words: Words) -> str:
    return _(
        "“%(title)s” is the risk of %(outcome)s predicted by a logistic model of %(markers)s; its area in "
        "the patients it was fitted to is called apparent."
    ) % {
        "title": _(found["title"]),
        "outcome": words.inside(found["outcome"]),
        "markers": listed([words.inside(code) for code in found["markers"]]),
    }


def _corrected_area(found: Found, words: Words) -> str:
    folds = found["crossvalidation"]
    return _(
        "The area of a combination is corrected for optimism after Harrell by %(resamples)s bootstrap "
        "resamples, in each of which the model is fitted anew; the mean area of %(repeats)s repeats of "
        "%(folds)s-fold cross-validation is given as well."
    ) % {"resamples": found["resamples"], "repeats": folds["repeats"], "folds": folds["folds"]}


def _markers_compared(found: Found, words: Words) -> str:
    return _(
        "Two markers are compared by DeLong's paired test on the patients who have all markers, P adjusted "
        "over the question's pairs by %(method)s. A combination is not compared with what it holds."
    ) % {"method": ADJUSTMENTS[found["compare"]]}


def _added(found: Found, words: Words) -> str:
    text = ngettext(
        "What %(markers)s adds to %(base)s in predicting %(outcome)s is tested by the likelihood ratio.",
        "What %(markers)s add to %(base)s in predicting %(outcome)s is tested by the likelihood ratio.",
        len(found["markers"]),
    )
    said = text % {
        "markers": listed([words.inside(code) for code in found["markers"]]),
        "base": listed([words.inside(code) for code in found["base"]]),
        "outcome": words.inside(found["outcome"]),
    }
    if "risk_cuts" not in found:
        return said
    cuts = listed([f"{percent(cut)} %" for cut in found["risk_cuts"]])
    return f"{said} {_('Categories of risk are divided at %(cuts)s, set in advance.') % {'cuts': cuts}}"


def _areas_in_parts(found: Found, words: Words) -> str:
    return _(
        "Areas are given again by %(variables)s, in the direction of all patients; two levels are compared "
        "by DeLong's unpaired test, more by one test of all."
    ) % {"variables": listed([words.inside(code) for code in found["variables"]])}


WORDING: dict[str, Callable[[Found, Words], str]] = {
    "resampled_area": _resampled_area,
    "partial_area": _partial_area,
    "cut_off_rules": _cut_off_rules,
    "named_cut_offs": _named_cut_offs,
    "resampled_cut_off": _resampled_cut_off,
    "combined": _combined,
    "corrected_area": _corrected_area,
    "markers_compared": _markers_compared,
    "added": _added,
    "areas_in_parts": _areas_in_parts,
}
