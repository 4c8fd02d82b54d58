"""What groups, models and their numbers are called in the figures and tables of survival."""

from typing import Any

from analytics.figures.logistic import NOT_SHOWN, RELY_ON
from analytics.figures.words import Words, gettext_noop
from registry.presentation.rounding import ratio_with_interval

ESTIMANDS = {
    "hazard": gettext_noop("%(title)s: hazard (Cox)"),
    "cause_specific": gettext_noop("%(title)s: cause-specific hazard (Cox)"),
    "subdistribution": gettext_noop("%(title)s: subdistribution hazard (Fine–Gray)"),
}
NO_POINT = dict.fromkeys(("cumulative_incidence", "ci_low", "ci_high"))
"""Stands for a curve that could not be read."""


def shown_group(entry: dict[str, Any], by: str | None, words: Words) -> str:
    """The name of the patients a curve is of."""
    return words.level(by, entry["group"]) if by else words.gettext("Everyone")


def heading(model: dict[str, Any], words: Words) -> str:
    """A model's title, which hazard its ratios are of, within what strata."""
    named = words.gettext(ESTIMANDS[model["estimand"]]) % {"title": words.model(model)}
    if not model["strata"]:
        return named
    strata = ", ".join(words.inside(stratum) for stratum in model["strata"])
    return words.gettext("%(model)s, in strata of %(strata)s") % {"model": named, "strata": strata}


def said_of(model: dict[str, Any], words: Words) -> list[str]:
    """What must stand beside the numbers of a model that replicates what a guard blocks."""
    is_shown = model["block"] is not None and model["is_replication"]
    return [words.gettext(RELY_ON[model["block"]["code"]])] if is_shown else []


def shown_hazard(term: dict[str, Any], words: Words) -> str:
    """The hazard ratio with its interval, or what stands in its place."""
    if term["reason"] is not None:
        return words.gettext(NOT_SHOWN[term["reason"]["code"]])
    scaled = term["scaled"]
    return ratio_with_interval(scaled["hazard_ratio"], scaled["ci_low"], scaled["ci_high"])


def shown_area(area: dict[str, Any], words: Words) -> str:
    """The marker, and which values mean risk, or the model that an area is of."""
    if area["title"] is not None:
        return words.gettext(area["title"])
    if area["risk"] == "lower":
        return words.gettext("%(marker)s, low") % {"marker": words.name(area["name"])}
    return words.gettext("%(marker)s, high") % {"marker": words.name(area["name"])}
