"""Words for questions about an outcome and what foretells it."""

from collections.abc import Callable, Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry.presentation.methods.words import Found, Words, listed
from registry.presentation.rounding import percent


def _per(found: Found, words: Words) -> str:
    named = [
        _("%(variable)s %(per)s %(unit)s")
        % {"variable": words.inside(code), "per": f"{scaled['per']:g}", "unit": _unit(code, scaled, words)}
        for code, scaled in found["scaled"].items()
    ]
    return _("The odds ratio of a measurement is for an increase by: %(named)s.") % {
        "named": "; ".join(named)
    }


def _unit(code: str, scaled: Found, words: Words) -> str:
    """The unit of so many, or what one of it is called."""
    return _(scaled["each"]) if scaled["each"] else words.unit(code)


def _model(found: Found, words: Words) -> str:
    text = _("Model “%(title)s” of %(outcome)s: %(covariates)s, all named in advance.")
    if found["is_replication"]:
        text = _("Model “%(title)s” of %(outcome)s, as published: %(covariates)s.")
    text %= {
        "title": _(found["title"]),
        "outcome": words.inside(found["outcome"]),
        "covariates": listed([words.inside(code) for code in found["covariates"]]),
    }
    return " ".join([text, *_options(found, words)])


def _options(found: Found, words: Words) -> Iterable[str]:
    """What a logistic model of the plan asks for beside straight lines by maximum likelihood."""
    for variable, knots in found.get("splines", {}).items():
        yield _(
            "%(variable)s follows a restricted cubic spline with %(knots)s knots at Harrell's percentiles, "
            "its bend and its whole course tested by likelihood ratio."
        ) % {"variable": words.name(variable), "knots": knots}
    for pair in found.get("interactions", []):
        yield _("It holds the product of %(pair)s, tested by likelihood ratio.") % {
            "pair": listed([words.inside(code) for code in pair])
        }
    if found.get("clusters"):
        yield _(
            "Standard errors by the sandwich between sites stand beside the model's own, from 20 sites on; "
            "penalised estimates have none."
        )
    if found.get("is_penalised"):
        yield _("It is fitted by Firth's penalised likelihood.")
    if found.get("added_to"):
        yield _("What it adds to “%(model)s” is tested by likelihood ratio in the same patients.") % {
            "model": _(found["added_to"])
        }


def _events_needed(found: Found, words: Words) -> str:
    return ngettext(
        "Nothing is estimated without at least %(needed)s patient with the outcome and as many without it.",
        "Nothing is estimated without at least %(needed)s patients with the outcome and as many without it.",
        found["needed"],
    ) % {"needed": found["needed"]}


def _optimism(found: Found, words: Words) -> str:
    return _(
        "Optimism of the area and of the slope is estimated by %(resamples)s bootstrap resamples, in each of "
        "which the model is fitted anew (seed %(seed)s)."
    ) % {"resamples": found["resamples"], "seed": found["seed"]}


def _net_benefit(found: Found, words: Words) -> str:
    return _(
        "Net benefit is computed at thresholds from %(low)s %% to %(high)s %%, beside treating everyone and "
        "treating nobody."
    ) % {"low": percent(found["low"]), "high": percent(found["high"])}


WORDING: dict[str, Callable[[Found, Words], str]] = {
    "per": _per,
    "model": _model,
    "events_needed": _events_needed,
    "optimism": _optimism,
    "net_benefit": _net_benefit,
}
