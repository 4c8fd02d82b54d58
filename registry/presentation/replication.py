"""Words for what published figures say of themselves, and for how they stand beside the live ones."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from registry.presentation.rounding import number

Name = Callable[[str], str]
Found = Mapping[str, Any]

VERDICTS = {
    "impossible": gettext_lazy("Cannot be true together"),
    "doubtful": gettext_lazy("Hard to reconcile"),
    "implies": gettext_lazy("Left unsaid, but implied"),
    "holds": gettext_lazy("Fits"),
}
SEVERITIES = {"impossible": "block", "doubtful": "warn", "implies": "note", "holds": "note"}
QUANTITIES = {
    "smd": gettext_lazy("standardised difference"),
    "r": gettext_lazy("correlation"),
    "odds_ratio": gettext_lazy("odds ratio"),
    "hazard_ratio": gettext_lazy("hazard ratio"),
    "auc": gettext_lazy("area under the curve"),
    "sensitivity": gettext_lazy("sensitivity, %"),
    "specificity": gettext_lazy("specificity, %"),
    "event_share": gettext_lazy("share of all, %"),
}
CLAIMS = {
    "higher": gettext_lazy("higher in the first group, P < 0.05"),
    "lower": gettext_lazy("lower in the first group, P < 0.05"),
    "not_zero": gettext_lazy("P < 0.05, no size given"),
    "not_shown": gettext_lazy("no association shown, no size given"),
}
OUTCOMES = {
    "any cause": gettext_lazy("death from any cause"),
    "cardiovascular": gettext_lazy("cardiovascular death"),
}
FLAGS = {
    "simulated": gettext_lazy("the live cohort is simulated: no agreement is to be expected"),
    "survey_weighted": gettext_lazy(
        "another estimand: weighted to a country’s population; the live one is not"
    ),
    "own_exclusions": gettext_lazy("another estimand: the publication left out other patients"),
    "own_covariates": gettext_lazy("another estimand: the publication holds other covariates equal"),
    "pooled_groups": gettext_lazy(
        "patients and controls are pooled, so that the groups’ difference is in it"
    ),
    "time_ignored": gettext_lazy("deaths are counted without regard to time, loss or other causes of death"),
    "in_sample": gettext_lazy("judged on the patients it was fitted to"),
    "cut_off_chosen_on_data": gettext_lazy("the cut-off was chosen on the patients it is judged on"),
    "derived_beside_parents": gettext_lazy(
        "the Ca×P product stands in the model beside calcium and phosphorus"
    ),
    "direction_not_stated": gettext_lazy("the publication does not say which direction means risk"),
    "n_not_stated": gettext_lazy("the publication does not say of how many patients"),
    "method_not_stated": gettext_lazy("the publication does not name the coefficient"),
    "size_not_stated": gettext_lazy("the publication gives no size, only that P was below 0.05 or was not"),
    "interval_computed": gettext_lazy(
        "the publication gives no interval: it is computed here from its counts"
    ),
    "interval_supposes_n": gettext_lazy(
        "the publication gives no interval: the one here supposes a number of patients that it does not state"
    ),
}
ANOTHER_ESTIMAND = frozenset({"simulated", "survey_weighted", "own_exclusions", "own_covariates"})


@dataclass(frozen=True)
class Said:
    """One finding in words."""

    code: str
    verdict: str
    severity: str
    label: str
    text: str


def say(code: str, verdict: str, found: Found, name: Name) -> Said:
    """A finding in the reader's language; `name` gives a variable's or a pair's name."""
    return Said(code, verdict, SEVERITIES[verdict], str(VERDICTS[verdict]), WORDING[code](found, name))


def _counts(found: Found, name: Name) -> str:
    if not found["splits"]:
        return _(
            "No division of %(n)s patients into those with and without the event gives whole patients for "
            "every sensitivity and specificity."
        ) % {"n": found["n"]}
    if len(found["splits"]) > 1:
        return _(
            "%(splits)s divisions of %(n)s patients give whole patients for every sensitivity and "
            "specificity."
        ) % {"splits": len(found["splits"]), "n": found["n"]}
    [(n_events, n_others)] = found["splits"]
    counts = found["counts"]
    listed = "; ".join(
        _("%(marker)s %(tp)s of %(events)s and %(tn)s of %(others)s")
        % {
            "marker": name(marker),
            "tp": tp,
            "events": n_events,
            "tn": counts["specificity"][marker],
            "others": n_others,
        }
        for marker, tp in counts["sensitivity"].items()
    )
    return _(
        "%(events)s patients with the event and %(others)s without is the only division of %(n)s for which "
        "every sensitivity and specificity is a whole number of patients: %(listed)s."
    ) % {"events": n_events, "others": n_others, "n": found["n"], "listed": listed}


def _correlations_need(found: Found, name: Name) -> str:
    text = " ".join(
        _("With %(n)s patients a correlation needs at least %(critical)s for P below 0.05.")
        % {"n": size["n"], "critical": number(size["critical"], 3)}
        + (
            " "
            + _("Called significant, but below that: %(named)s.")
            % {"named": ", ".join(name(pair) for pair in size["below"])}
            if size["below"]
            else ""
        )
        for size in found["sizes"]
    )
    fewest = [size["n"] for size in found["sizes"] if not size["below"]]
    if not fewest:
        return text + " " + _("No number of patients in the study makes all of them significant.")
    if found["sizes"][0]["below"]:
        text += " " + _("So the correlations were computed over all %(n)s, controls included.") % {
            "n": fewest[0]
        }
    weakest = found["weakest"]
    if weakest["needed"] > fewest[0]:
        text += " " + _(
            "Even then %(pair)s, printed as %(r)s, is significant only if it was rounded down: exactly %(r)s "
            "would need %(needed)s."
        ) % {"pair": name(weakest["pair"]), "r": number(weakest["r"], 3), "needed": weakest["needed"]}
    return text


def _product(found: Found, name: Name) -> str:
    first, second = found["of"]
    values = {
        "variable": name(found["variable"]),
        "first": name(first),
        "second": name(second),
        "r": number(found["r"], 3),
        "r_first": number(found["printed"][first], 3),
        "r_second": number(found["printed"][second], 3),
        "least": number(found["least"], 2),
    }
    if max(found["printed"].values()) >= found["least"]:
        return (
            _(
                "%(variable)s, the product of %(first)s and %(second)s, correlates with them as a product "
                "can: %(r_first)s and %(r_second)s."
            )
            % values
        )
    return (
        _(
            "%(variable)s is the product of %(first)s and %(second)s. As these correlate with r = %(r)s, it "
            "must correlate with one of them by %(least)s or more; %(r_first)s and %(r_second)s are printed."
        )
        % values
    )


def _directions(found: Found, name: Name) -> str:
    if not found["against"]:
        return _("Every pooled correlation runs as the difference between the groups suggests.")
    named = ", ".join(f"{name(entry['pair'])} ({number(entry['r'], 3)})" for entry in found["against"])
    return ngettext(
        "%(named)s runs against the difference between the groups that were pooled. That needs a correlation "
        "within the groups strong enough to outweigh it; a direction printed the wrong way is likelier.",
        "%(named)s run against the difference between the groups that were pooled. That needs correlations "
        "within the groups strong enough to outweigh it; a direction printed the wrong way is likelier.",
        len(found["against"]),
    ) % {"named": named}


def _areas(found: Found, name: Name) -> str:
    outside = [area for area in found["areas"] if not area["is_possible"]]
    below = [area for area in found["areas"] if area["is_below"]]
    texts = [
        _("The area of %(marker)s, %(auc)s, lies outside what its cut-off allows: %(least)s to %(most)s.")
        % {
            "marker": name(area["marker"]),
            "auc": number(area["auc"], 3),
            "least": number(area["least"], 3),
            "most": number(area["most"], 3),
        }
        for area in outside
    ]
    texts += [
        _("The area of %(marker)s, %(auc)s, is smaller than the %(attained)s that its cut-off alone attains.")
        % {
            "marker": name(area["marker"]),
            "auc": number(area["auc"], 3),
            "attained": number(area["attained"], 3),
        }
        for area in below
    ]
    if below:
        texts.append(
            _(
                "Beyond the cut-off the risk does not rise with the marker, so a linear logistic model is "
                "wrong for it."
            )
        )
    return " ".join(texts) or _("Each area fits its cut-off.")


def _dominated(found: Found, name: Name) -> str:
    return " ".join(
        _(
            "At its cut-off %(marker)s is worse than %(by)s in sensitivity and in specificity, though its "
            "area is larger."
        )
        % {"marker": name(pair["marker"]), "by": name(pair["by"])}
        for pair in found["pairs"]
    )


WORDING: dict[str, Callable[[Found, Name], str]] = {
    "attainable_counts": _counts,
    "correlations_need": _correlations_need,
    "product": _product,
    "directions": _directions,
    "areas": _areas,
    "dominated": _dominated,
}
