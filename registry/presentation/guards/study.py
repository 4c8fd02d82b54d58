"""Words for remarks on what was asked of whom."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry.presentation.guards.naming import (
    ADJUSTMENTS,
    Found,
    Name,
    Wordings,
    listed,
    pairs,
    pointing,
)
from registry.presentation.reasons import because
from registry.presentation.rounding import count, number, p_value, percent, ratio


def _time_ignored(found: Found, name: Name) -> tuple[str, str]:
    text = _(
        "The outcome accrues over follow-up, but time, loss and competing events are left out of account."
    )
    if found.get("median_follow_up") is not None:
        text += " " + _("The median follow-up is %(months)s months (reverse Kaplan–Meier).") % {
            "months": number(found["median_follow_up"], 1)
        }
    advice = _("It is not the primary analysis: read it as the association with having died by now.")
    if found.get("question") is None:
        return text, advice + " " + _("How soon is for a survival analysis.")
    return text, advice + " " + _("How soon is for the question “%(question)s”.") % {
        "question": name(found["question"])
    }


def _competing_events(found: Found, name: Name) -> tuple[str, str]:
    named = "; ".join(
        _("%(outcome)s: %(competing)s competing events beside %(events)s")
        % {
            "outcome": name(outcome["outcome"]),
            "competing": count(outcome["n_competing"]),
            "events": count(outcome["n_events"]),
        }
        for outcome in found["outcomes"]
    )
    text = _(
        "One minus Kaplan–Meier would count patients who had a competing event as if they could still have "
        "the outcome, and be too high (%(named)s)."
    ) % {"named": named}
    if found.get("differing"):
        text += " " + _("The cause-specific and the subdistribution hazard ratio differ: %(differing)s.") % {
            "differing": _differing(found["differing"], name)
        }
    if found.get("is_published"):
        return text, _("It is shown because the study gave it; rely on the cumulative incidence beside it.")
    return text, _("It is not computed; the cumulative incidence (Aalen–Johansen) is shown in its place.")


def _differing(terms: list[Mapping[str, Any]], name: Name) -> str:
    """Both ratios of each term, by model where there are several."""
    models = dict.fromkeys(term["model"] for term in terms)
    told = [
        (model, listed([_two_ratios(term, name) for term in terms if term["model"] == model]))
        for model in models
    ]
    if len(told) == 1:
        return told[0][1]
    return "; ".join(
        _("%(variables)s in “%(model)s”") % {"variables": variables, "model": name(model)}
        for model, variables in told
    )


def _two_ratios(found: Mapping[str, Any], name: Name) -> str:
    return _("%(variable)s (%(cause)s and %(sub)s)") % {
        "variable": name(found["variable"]),
        "cause": ratio(found["cause_specific"]),
        "sub": ratio(found["subdistribution"]),
    }


def _pooled(found: Found, name: Name) -> tuple[str, str]:
    text = _("Groups that differ by design are pooled.")
    changed, reversed_ = found["changed"], found["sign_changes"]
    if changed:
        text += " " + ngettext(
            "Given the group, %(n)s of %(pairs)s correlation changes its sign, its size by more than 0.10, "
            "or whether P is below 0.05: %(named)s.",
            "Given the group, %(n)s of %(pairs)s correlations change their sign, their size by more than "
            "0.10, or whether P is below 0.05: %(named)s.",
            len(changed),
        ) % {"n": len(changed), "pairs": found["pairs"], "named": pairs(changed, name)}
    if reversed_:
        text += " " + _("Within a group the sign is the opposite: %(named)s.") % {
            "named": pairs(reversed_, name)
        }
    if found.get("heterogeneous"):
        text += " " + _("The groups differ in their correlation (P < 0.05): %(named)s.") % {
            "named": pairs(found["heterogeneous"], name)
        }
    return text, _(
        "Read the correlations within each group; the pooled ones mostly mirror the groups' difference."
    )


def _pooled_models(found: Found, name: Name) -> tuple[str, str]:
    return (
        _("Groups that differ by design are pooled, and not held equal: %(named)s.")
        % {"named": listed([name(model) for model in found["models"]])},
        _(
            "What goes with the outcome may only go with the group: ask within each group, or hold the group "
            "equal."
        ),
    )


def _case_control(found: Found, name: Name) -> tuple[str, str]:
    return (
        _("How many patients and controls there are was set by the design."),
        _("No prevalence, absolute risk or predictive value can be read from it."),
    )


def _many_tests(found: Found, name: Name) -> tuple[str, str]:
    text = ngettext("%(n)s test is made here.", "%(n)s tests are made here.", found["tests"])
    if found.get("families", 1) > 1:
        text = _("%(n)s tests are made in the first of %(families)s tables.")
    text %= {"n": found["tests"], "families": found.get("families")}
    if found["method"] not in ADJUSTMENTS:
        return text, _("P is not adjusted; one in twenty falls below 0.05 by chance alone.")
    return text, _("P is shown as computed and adjusted over all tests of its table by %(method)s.") % {
        "method": ADJUSTMENTS[found["method"]]
    }


def _repeated_looks(found: Found, name: Name) -> tuple[str, str]:
    advice = _(
        "P describes the data of today. Looking so often, at least %(percent)s %% of questions without "
        "any effect show P below 0.05 at some time; a confirmatory test declares its looks beforehand."
    ) % {"percent": percent(found["false_alarm"])}
    return (
        _("This question has been asked of %(looks)s successive states of the data.")
        % {"looks": found["looks"]},
        pointing(
            advice,
            found,
            name,
            _("Intervals that hold at every look are given by the question “%(question)s”."),
        ),
    )


def _missing_by_outcome(found: Found, name: Name) -> tuple[str, str]:
    named = listed([f"{name(code)} (q = {p_value(q)})" for code, q in found["related"].items()])
    return (
        _("Whether a value is missing goes with the outcome: %(named)s.") % {"named": named},
        _("Estimates from complete patients alone are then off; find out why the values are missing."),
    )


def _missing(found: Found, name: Name) -> tuple[str, str]:
    worst = sorted(found["lost"].items(), key=lambda entry: -_lost(entry[1]))
    named = listed([f"{name(code)} ({percent(_lost(lost))}\u00a0%)" for code, lost in worst[:6]])
    advice = pointing(
        _("If values are missing for a reason that matters to the outcome, the result is off."),
        found,
        name,
        _("Which, and in whom, is answered by the question “%(question)s”."),
    )
    if found.get("sensitivity") is not None:
        advice += " " + _("Whether it holds with the values imputed, by the question “%(question)s”.") % {
            "question": name(found["sensitivity"])
        }
    return (
        _("More than 5 %% of the patients lack a value and were left out: %(named)s.") % {"named": named},
        advice,
    )


def _skewed(found: Found, name: Name) -> tuple[str, str]:
    named = listed([f"{name(code)} ({number(value, 1)})" for code, value in found["skewness"].items()])
    return (
        _("Measurements that are described by their mean lean far to one side (skewness): %(named)s.")
        % {"named": named},
        _("Median and quartiles describe them better: a later version of the plan may declare so."),
    )


def _coefficients_apart(found: Found, name: Name) -> tuple[str, str]:
    return (
        _("Pearson's and Spearman's coefficient lie more than 0.10 apart: %(named)s.")
        % {"named": pairs(_without_repeats(found["pairs"]), name)},
        _("A few extreme values or a curved relation make Pearson's; look at the scatter before quoting it."),
    )


def _without_repeats(pairs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({(pair["x"], pair["y"]): pair for pair in pairs}.values())


def _sparse(found: Found, name: Name) -> tuple[str, str]:
    advice = _("Fisher's exact test is the one shown.")
    if found.get("inexact"):
        advice = _(
            "Fisher's exact test is the one shown, but not for %(named)s: so large a table is not computed "
            "exactly, and the P of its chi-square test is only about right."
        ) % {"named": listed([name(variable) for variable in found["inexact"]])}
    return (
        _("Fewer than five patients are expected in a cell: %(named)s.")
        % {"named": listed([name(variable) for variable in found["variables"]])},
        advice,
    )


def _several_sites(found: Found, name: Name) -> tuple[str, str]:
    text = _("Patients of %(sites)s sites are analysed as if they came from one.") % {"sites": found["sites"]}
    refused = found.get("refused", {})
    if refused:
        named = "; ".join(f"{name(model)}: {because(reason, name)}" for model, reason in refused.items())
        text += " " + _("The plan's errors between sites could not be had – %(named)s.") % {"named": named}
    return (
        text,
        _("Patients of one site are more alike: the intervals are too narrow by what the sites differ."),
    )


def _not_estimable(found: Found, name: Name) -> tuple[str, str]:
    named = "; ".join(f"{name(code)}: {because(reason, name)}" for code, reason in found["refused"].items())
    return (
        _("Not estimable – %(named)s.") % {"named": named},
        _("No number stands in its place: quote the reason."),
    )


def _lost(counts: Mapping[str, int | None]) -> float:
    """The share of patients without a value; 0 where the count is withheld."""
    n, n_missing = counts["n"] or 0, counts["n_missing"] or 0
    return n_missing / (n + n_missing) if n + n_missing else 0.0


def _duplicates(found: Found, name: Name) -> tuple[str, str]:
    named = listed([name(variable) for variable in found["variables"]])
    return (
        _("Patients whose measurements all equal another's: %(n)s (%(named)s).")
        % {"n": count(found["n"]), "named": named},
        _("They may have been entered twice: look for them before the result is used."),
    )


WORDING: Wordings = {
    ("G1", None): _time_ignored,
    ("G2", None): _competing_events,
    ("G3", None): _pooled,
    ("G3", "model"): _pooled_models,
    ("G17", None): _case_control,
    ("G19", None): _many_tests,
    ("G20", None): _repeated_looks,
    ("G22", "lost"): _missing,
    ("G22", "outcome"): _missing_by_outcome,
    ("G24", "comparison"): _skewed,
    ("G24", "correlation"): _coefficients_apart,
    ("G25", None): _sparse,
    ("G26", None): _several_sites,
    ("G29", None): _duplicates,
    ("G30", None): _not_estimable,
}
