"""Words for questions about the time to an event."""

from collections.abc import Callable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.presentation.methods.words import Found, Words, listed

SCALES = {
    "log": gettext_lazy("on the log scale"),
    "log-log": gettext_lazy("on the log-log scale"),
    "plain": gettext_lazy("symmetric"),
}
TIES = {"efron": "Efron", "breslow": "Breslow"}


def _incidence(found: Found, words: Words) -> str:
    scales = {"scales": listed([str(SCALES[scale]) for scale in found["scales"]])}
    if not found["has_competing"]:
        return (
            _(
                "The share with the outcome by a given time is one minus the Kaplan–Meier estimate (interval "
                "%(scales)s); groups are compared by the log-rank test."
            )
            % scales
        )
    text = _(
        "Where a competing event occurs, the share with the outcome by a given time is the "
        "Aalen–Johansen cumulative incidence, and groups are compared by Gray's test; elsewhere one minus "
        "Kaplan–Meier and the log-rank test (intervals %(scales)s)."
    )
    beside = _("One minus Kaplan–Meier is not shown beside competing events.")
    if found["is_published"]:
        beside = _(
            "One minus Kaplan–Meier stands beside competing events in replications only, marked as too high."
        )
    return f"{text % scales} {beside}"


def _horizon(found: Found, words: Words) -> str:
    return _("Curves are read up to %(months)s months.") % {"months": f"{found['months']:g}"}


def _hazards(found: Found, words: Words) -> str:
    return _(
        "Hazard ratios come from Cox's cause-specific model (ties by %(ties)s, Wald intervals); where events "
        "compete, Fine and Gray's subdistribution model (ties by Breslow) stands beside it. Proportional "
        "hazards are tested by the score test of each covariate's product with time (Kaplan–Meier "
        "transform), and the course of each log hazard ratio is a natural cubic spline through the scaled "
        "Schoenfeld residuals, its knots at the thirds of the events. Each model is fitted to its complete "
        "cases."
    ) % {"ties": listed([TIES[rule] for rule in found["ties"]])}


def _baselines(found: Found, words: Words) -> str:
    return _(
        "Model “%(title)s” has a baseline hazard of its own for each level of %(strata)s; so has the "
        "subdistribution model, where events compete, with a curve of censoring for each."
    ) % {
        "title": _(found["title"]),
        "strata": listed([words.inside(code) for code in found["strata"]]),
    }


def _between_sites(found: Found, words: Words) -> str:
    return _(
        "The standard errors of model “%(title)s” allow patients of one site to be alike (Lin and Wei, "
        "summed within sites) where there are sites enough; so do those of the subdistribution model, whose "
        "weights for censoring are taken as known."
    ) % {"title": _(found["title"])}


def _areas_over_time(found: Found, words: Words) -> str:
    named = [_marker(code, risk, words) for code, risk in found["markers"].items()]
    named += [_("the linear predictor of “%(title)s”") % {"title": _(title)} for title in found["models"]]
    return _(
        "How well the outcome is foretold is the area under the cumulative, dynamic ROC curve at %(times)s "
        "months, weighted by the inverse probability of not being censored, its standard error from the "
        "influence function (Blanche): %(named)s. Patients with a competing event by then count as "
        "without the outcome; the areas of models are apparent ones."
    ) % {"times": _numbers(found["times"]), "named": listed(named)}


def _marker(code: str, risk: str, words: Words) -> str:
    if risk == "lower":
        return _("low %(marker)s") % {"marker": words.inside(code)}
    return _("high %(marker)s") % {"marker": words.inside(code)}


def _numbers(times: Sequence[float]) -> str:
    return listed([f"{time:g}" for time in times])


WORDING: dict[str, Callable[[Found, Words], str]] = {
    "incidence": _incidence,
    "horizon": _horizon,
    "hazards": _hazards,
    "baselines": _baselines,
    "hazards_between_sites": _between_sites,
    "areas_over_time": _areas_over_time,
}
