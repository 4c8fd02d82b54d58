"""Sentences for a paper's Methods section, from what a plan says."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from registry.presentation.guards import ADJUSTMENTS
from registry.presentation.rounding import percent

Found = Mapping[str, Any]


class Words(Protocol):
    """What names the plan's variables and their levels."""

    def name(self, code: str) -> str: ...
    def inside(self, code: str) -> str: ...
    def unit(self, code: str) -> str: ...
    def level(self, code: str, level: str) -> str: ...
    def method(self, method: str) -> str: ...


HEADINGS = {
    "patients": gettext_lazy("Patients and follow-up"),
    "variables": gettext_lazy("Variables"),
    "comparison": gettext_lazy("Comparison of groups"),
    "correlation": gettext_lazy("Correlation"),
    "logistic": gettext_lazy("Logistic regression"),
    "roc": gettext_lazy("Receiver operating characteristic"),
    "survival": gettext_lazy("Time to an event"),
    "calibration": gettext_lazy("Calibration"),
    "missingness": gettext_lazy("Missing values"),
    "all": gettext_lazy("Missing values, repeated analysis and P values"),
}
INDEX_DATES = {
    "enrolment": gettext_lazy("the day of enrolment"),
    "dialysis_start": gettext_lazy("the day dialysis was begun"),
    "day_zero": gettext_lazy("day 0 of the source"),
}
STATUSES = {
    "": gettext_lazy("still followed"),
    "death_cv": gettext_lazy("cardiovascular death"),
    "death_non_cv": gettext_lazy("death from another known cause"),
    "death_unknown": gettext_lazy("death from an unknown cause"),
    "transplant": gettext_lazy("kidney transplantation"),
    "recovery": gettext_lazy("recovery of kidney function"),
    "lost": gettext_lazy("loss to follow-up"),
    "transfer_out": gettext_lazy("transfer to another centre"),
    "withdrew_consent": gettext_lazy("withdrawal of consent"),
    "admin_end": gettext_lazy("the end of the study"),
    "switch_pd": gettext_lazy("a change to peritoneal dialysis"),
}


def sentence(code: str, found: Found, words: Words) -> str:
    """One statement in the reader's language."""
    return WORDING[code](found, words)


def _plainly(text: Callable[[], str]) -> Callable[[Found, Words], str]:
    """A sentence that says the same of every plan."""
    return lambda found, words: text()


def _consent(found: Found, words: Words) -> str:
    if found["basis"] == "written":
        return _(
            "Patients gave written consent; nothing recorded after consent ended is used, and patients "
            "without consent are left out."
        )
    if found["basis"] == "public_use":
        return _("The data are a public-use file released without identifiers.")
    return _("No person stands behind the data.")


def _groups(found: Found, words: Words) -> str:
    levels = [words.level(found["variable"], level) for level in found["levels"]]
    return _("The design sets the groups: %(groups)s.") % {"groups": _listed(levels)}


def _index_date(found: Found, words: Words) -> str:
    return _("Time zero is %(date)s; each patient is one row.") % {
        "date": INDEX_DATES.get(found["index_date"], found["index_date"])
    }


def _baseline(found: Found, words: Words) -> str:
    return _(
        "The baseline value of a laboratory measurement or score is the one nearest to time zero, at most "
        "%(before)s days before and %(after)s days after; of two equally near, the earlier. Blood drawn "
        "after dialysis is not used."
    ) % {"before": found["before"], "after": found["after"]}


def _follow_up(found: Found, words: Words) -> str:
    text = _(
        "Follow-up runs from time zero to the terminal event, else to the day the patient was last seen or "
        "consent ended."
    )
    if found["lock"]:
        text += " " + _("It counts up to the data lock on %(day)s.") % {"day": found["lock"]}
    if found["months"]:
        text += " " + _("It counts up to %(months)s months.") % {"months": f"{found['months']:g}"}
    if found["time_scale"] == "relative":
        return text + " " + _("Times are months since day 0, as the source gives them.")
    return text + " " + _("A month is 30.4375 days.")


def _derived(found: Found, words: Words) -> str:
    named = [
        _("%(variable)s from %(parents)s")
        % {"variable": words.inside(code), "parents": _listed([words.inside(parent) for parent in parents])}
        for code, parents in found["derived"].items()
    ]
    return _("Computed from measurements of the same draw, never typed: %(named)s.") % {
        "named": "; ".join(named)
    }


def _at_least(found: Found, words: Words) -> str:
    return _("%(variable)s: %(source)s of at least %(least)s.") % {
        "variable": words.name(found["variable"]),
        "source": words.inside(found["from"]),
        "least": f"{found['least']:g}",
    }


def _classes(found: Found, words: Words) -> str:
    levels = [words.level(found["variable"], level) for level in found["levels"]]
    return _("%(variable)s: %(levels)s; the first is the reference.") % {
        "variable": words.name(found["variable"]),
        "levels": _listed(levels),
    }


def _outcome(found: Found, words: Words) -> str:
    text = _("%(variable)s: follow-up ended by %(events)s.")
    if found["is_timed"]:
        text = _("%(variable)s, with its time: follow-up ended by %(events)s.")
    text %= {"variable": words.name(found["variable"]), "events": _statuses(found["event"])}
    if found["competing"]:
        text += " " + _("Competing events: %(events)s.") % {"events": _statuses(found["competing"])}
    if found["censored"]:
        text += " " + _("Censored: %(events)s.") % {"events": _statuses(found["censored"])}
    if found["unknown"]:
        text += " " + _("Whose follow-up ended by %(events)s has no known outcome and is left out.") % {
            "events": _statuses(found["unknown"])
        }
    return text


def _described(found: Found, words: Words) -> str:
    text = _(
        "Measurements are described by mean and standard deviation (n − 1), categories by number and percent."
    )
    if found["skewed"]:
        text += " " + _(
            "By median and quartiles (type 7 of Hyndman and Fan) where the plan declares them skewed: "
            "%(named)s."
        ) % {"named": _listed([words.inside(code) for code in found["skewed"]])}
    return text


def _adjusted_in_table(found: Found, words: Words) -> str:
    return _(
        "P of the primary tests of one table is adjusted as one family by %(method)s (q); P as computed is "
        "shown beside it."
    ) % {"method": ADJUSTMENTS[found["method"]]}


def _coefficients(found: Found, words: Words) -> str:
    text = _("Each pair of variables is correlated over the patients who have both, by %(methods)s.") % {
        "methods": _listed([words.method(method) for method in found["methods"]])
    }
    if "pearson" in found["methods"]:
        text += " " + _("Pearson's r has Fisher's z interval and the t test.")
    if "spearman" in found["methods"]:
        text += " " + _(
            "Spearman's coefficient is computed on mid-ranks, with the t test and the interval of Bonett and "
            "Wright."
        )
    return text


def _strata(found: Found, words: Words) -> str:
    named = _listed([words.inside(code) for code in found["variables"]])
    text = _("Correlations over all are shown beside those within each level of %(named)s.") % {
        "named": named
    }
    if found["is_pearson"]:
        text += " " + _(
            "Pearson's correlations are also given with the level held equal (partial correlation) and "
            "tested for homogeneity over the levels (Fisher's z, chi-square)."
        )
    return text


def _adjusted_in_family(found: Found, words: Words) -> str:
    return _("All pairs of one stratum and one coefficient are one family, adjusted by %(method)s.") % {
        "method": ADJUSTMENTS[found["method"]]
    }


def _per(found: Found, words: Words) -> str:
    named = [
        _("%(variable)s %(per)s %(unit)s")
        % {"variable": words.inside(code), "per": f"{scaled['per']:g}", "unit": words.unit(code)}
        for code, scaled in found["scaled"].items()
    ]
    return _("Odds ratios of measurements are per: %(named)s.") % {"named": "; ".join(named)}


def _model(found: Found, words: Words) -> str:
    text = _("Model “%(title)s” of %(outcome)s: %(covariates)s, all named in advance.")
    if found["is_replication"]:
        text = _("Model “%(title)s” of %(outcome)s, as published: %(covariates)s.")
    return text % {
        "title": _(found["title"]),
        "outcome": words.inside(found["outcome"]),
        "covariates": _listed([words.inside(code) for code in found["covariates"]]),
    }


def _events_needed(found: Found, words: Words) -> str:
    return ngettext(
        "Below %(needed)s patient with and without the outcome nothing is estimated.",
        "Below %(needed)s patients with and without the outcome nothing is estimated.",
        found["needed"],
    ) % {"needed": found["needed"]}


def _combined(found: Found, words: Words) -> str:
    return _(
        "“%(title)s” is the risk of %(outcome)s predicted by a logistic model of %(markers)s, judged on the "
        "patients it was fitted to; its area is an apparent one."
    ) % {
        "title": _(found["title"]),
        "outcome": words.inside(found["outcome"]),
        "markers": _listed([words.inside(code) for code in found["markers"]]),
    }


def _incidence(found: Found, words: Words) -> str:
    if not found["has_competing"]:
        return _(
            "The share with the outcome by a given time is one minus the Kaplan–Meier estimate (interval on "
            "the log scale); groups are compared by the log-rank test."
        )
    return _(
        "Where a competing event occurs, the share with the outcome by a given time is the Aalen–Johansen "
        "cumulative incidence, and groups are compared by Gray's test; elsewhere one minus Kaplan–Meier "
        "(interval on the log scale) and the log-rank test. One minus Kaplan–Meier is not shown beside "
        "competing events."
    )


def _horizon(found: Found, words: Words) -> str:
    return _("Curves are read up to %(months)s months.") % {"months": f"{found['months']:g}"}


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


def _missing_by_outcome(found: Found, words: Words) -> str:
    return _(
        "How often each variable is missing is compared between patients with and without %(outcomes)s by "
        "Fisher's exact test, and the combinations of variables missing together are counted."
    ) % {"outcomes": _listed([words.inside(code) for code in found["outcomes"]])}


def _statuses(codes: Sequence[str]) -> str:
    return _listed([str(STATUSES.get(code, code)) for code in codes])


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)


WORDING: dict[str, Callable[[Found, Words], str]] = {
    "simulated": _plainly(lambda: _("The data are simulated from published figures.")),
    "consent": _consent,
    "groups": _groups,
    "index_date": _index_date,
    "baseline": _baseline,
    "follow_up": _follow_up,
    "derived": _derived,
    "at_least": _at_least,
    "classes": _classes,
    "outcome": _outcome,
    "limits_of_detection": _plainly(
        lambda: _(
            "A result below or above a limit of detection enters as that limit; nothing is derived from it."
        )
    ),
    "described": _described,
    "two_groups": _plainly(
        lambda: _(
            "Two groups are compared by Welch's t test; where the plan declares the variable skewed by the "
            "Mann–Whitney test, exact while both groups are below 50 and nothing is tied, else normal with "
            "tie-corrected variance and continuity correction. No preliminary test chooses between them."
        )
    ),
    "many_groups": _plainly(
        lambda: _(
            "More than two groups are compared by Welch's analysis of variance, or by the Kruskal–Wallis "
            "test where the plan declares the variable skewed."
        )
    ),
    "categories": _plainly(
        lambda: _(
            "Categories are compared by the chi-square test without continuity correction, or by Fisher's "
            "exact test where fewer than five patients are expected in a cell."
        )
    ),
    "standardised_difference": _plainly(
        lambda: _(
            "The standardised difference is the first group's mean less the second's, over the root of the "
            "mean of the two variances; of categories the Mahalanobis distance of the shares."
        )
    ),
    "adjusted_in_table": _adjusted_in_table,
    "coefficients": _coefficients,
    "strata": _strata,
    "adjusted_in_family": _adjusted_in_family,
    "logistic": _plainly(
        lambda: _(
            "Odds ratios come from logistic regression by maximum likelihood, with Wald tests and 95 % "
            "intervals; categories enter by indicators against the first level, measurements linearly. Each "
            "model is fitted to its complete cases."
        )
    ),
    "per": _per,
    "model": _model,
    "events_needed": _events_needed,
    "collinearity": _plainly(
        lambda: _(
            "Collinearity is told by generalised variance inflation factors: above 5 with a caution, above "
            "10 the estimates are marked as not to be relied on, as is a derived variable beside those it is "
            "computed from."
        )
    ),
    "separation": _plainly(
        lambda: _(
            "Where an outcome is predicted perfectly, the model is refused and the covariates are named."
        )
    ),
    "area": _plainly(
        lambda: _(
            "The area under the empirical curve counts ties one half; its 95 % interval is DeLong's, cut off "
            "at 0 and 1."
        )
    ),
    "direction": _plainly(
        lambda: _(
            "Which direction of a marker means risk is decided once, at the first run, by the medians of the "
            "two classes, and kept; a caution appears when the data would turn it."
        )
    ),
    "cut_off": _plainly(
        lambda: _(
            "The cut-off has the largest Youden index, found in whole patients; it lies midway between two "
            "neighbouring values. Of several the most sensitive is shown and the others are listed. "
            "Sensitivity and specificity have exact (Clopper–Pearson) intervals, the cut-off taken as given."
        )
    ),
    "combined": _combined,
    "incidence": _incidence,
    "horizon": _horizon,
    "restricted_mean": _plainly(
        lambda: _(
            "Median follow-up is the reverse Kaplan–Meier estimate. Rates are events per 100 patient-years "
            "with exact Poisson intervals. The restricted mean time free of any event is compared with the "
            "first group's, which needs no proportional hazards."
        )
    ),
    "hazards": _plainly(
        lambda: _(
            "Hazard ratios come from Cox's model of the cause (Efron's ties, Wald intervals); where events "
            "compete, Fine and Gray's subdistribution model stands beside it. Proportional hazards are "
            "tested by the score test of each covariate's product with time (Kaplan–Meier transform). Each "
            "model is fitted to its complete cases."
        )
    ),
    "calibration": _plainly(
        lambda: _(
            "Predicted risks are compared with the outcome in the patients the model was fitted to: "
            "calibration intercept and slope with Wald intervals, a loess curve (span 0.75, locally "
            "quadratic) with its mean, median and 90th percentile distance from the diagonal (ICI, E50, "
            "E90), and the Brier score."
        )
    ),
    "optimism": _optimism,
    "net_benefit": _net_benefit,
    "missing_by_outcome": _missing_by_outcome,
    "missing": _plainly(
        lambda: _(
            "Missing values are not filled in: every analysis uses the patients who have all the values it "
            "needs, and states how many were left out."
        )
    ),
    "looks": _plainly(
        lambda: _(
            "All results are computed anew whenever data are added or corrected. P values and intervals "
            "describe the data of the day and are not adjusted for having looked before; how often is said "
            "with each result."
        )
    ),
    "p_values": _plainly(
        lambda: _("Tests are two-sided, intervals cover 95 %. Results describe association, not cause.")
    ),
}
