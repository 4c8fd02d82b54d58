"""Words for questions about a study that is still growing."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from registry.presentation.methods.words import Found, Words, listed
from registry.presentation.rounding import number, percent

SPENDING = {"obrien_fleming": "O'Brien–Fleming", "pocock": "Pocock"}


def _size_of_models(found: Found, words: Words) -> str:
    return _(
        "The size that a model needs is the largest by three criteria of Riley and colleagues: coefficients "
        "to be shrunk by no more than a factor of %(shrinkage)s, Nagelkerke's R² at most 0.05 lower in other "
        "patients, and the overall risk known within 5 percentage points. The share with the outcome is that "
        "of the patients so far."
    ) % {"shrinkage": number(found["shrinkage"], 2)}


def _r2_expected(found: Found, words: Words) -> str:
    return _(
        "The R² to expect (Cox and Snell) is the one that the plan states; else that of the model as fitted "
        "now times its heuristic shrinkage factor; while the model cannot be fitted, 15 % of the largest "
        "possible. The shrinkage to expect at the present size is the factor for which the first criterion "
        "would ask for just that size."
    )


def _precision(found: Found, words: Words) -> str:
    return _(
        "Intervals are expected to narrow with the square root of the number of patients (of events for a "
        "hazard ratio), on the scale of Fisher's z for a correlation and of the logarithm for a ratio. The "
        "month in which enough patients will be there supposes that enrolment keeps its pace of the year up "
        "to the latest one; where nobody was enrolled in the last year of the data, none is given."
    )


def _always_valid(found: Found, words: Words) -> str:
    return _(
        "Estimates that are followed while data come in carry an asymptotic confidence sequence "
        "(Waudby-Smith and colleagues) beside the usual interval: it covers at all looks together, however "
        "many there will be and whenever one stops. It is symmetric on the scale of Fisher's z for a "
        "correlation, of the logit for an area, of the logarithm for a ratio, and narrowest for its level at "
        "%(sizes)s patients, or events for a hazard ratio. In simulations it covers over 100 looks where the "
        "usual interval fails. A look is a state of the data with other patients or events in it."
    ) % {"sizes": listed([f"{size:g}" for size in found["tuned_at"]])}


def _declared_looks(found: Found, words: Words) -> str:
    return _(
        "Hypotheses are locked before they are tested and cannot be changed after. A look is taken whenever "
        "%(share)s %% of the planned information, and at least %(fewest)s patients or events, have come in "
        "since the last one, and at the planned end; its boundary is Lan and DeMets' at the share of the "
        "information seen. Once a boundary is crossed or the planned end is reached, nothing is tested any "
        "more; should the last look come late, all that is left of the error is spent at the information "
        "there is."
    ) % {"share": percent(found["share"]), "fewest": found["fewest"]}


def _locked(found: Found, words: Words) -> str:
    unit = _("%(n)s events") if found["quantity"] == "log_hazard_ratio" else _("%(n)s patients")
    sided = _("two-sided") if found["sides"] == 2 else _("one-sided")
    return _(
        "“%(title)s” was locked on %(day)s: %(sided)s, error spent as by %(spending)s, planned for %(size)s."
    ) % {
        "title": _(found["title"]),
        "day": found["locked_on"],
        "sided": sided,
        "spending": SPENDING[found["spending"]],
        "size": unit % {"n": found["information_at_end"]},
    }


def _temporal_validation(found: Found, words: Words) -> str:
    return _(
        "Prediction is validated over time: the coefficients and the cut-off of a model are frozen once "
        "(Firth's penalised ones below five events for each coefficient, else of maximum likelihood), and "
        "only patients enrolled later are scored with them; those who lack a covariate are left out and "
        "counted. The area has DeLong's interval and is compared with the apparent one as of other patients; "
        "calibration intercept and slope have Wald intervals, sensitivity and specificity at the frozen "
        "cut-off have Wilson's. This is validation in later patients of the same sites, not external "
        "validation. A changed model is not scored under the old one's name."
    )


def _frozen(found: Found, words: Words) -> str:
    day = _("at the first run with enough events, on all patients enrolled by then")
    if found["freeze_on"]:
        day = _("on the patients enrolled up to %(day)s") % {"day": found["freeze_on"]}
    cut_off = _("the largest Youden index")
    if found["threshold"] != "youden":
        cut_off = _("a risk of %(percent)s %%") % {"percent": percent(found["threshold"])}
    return _("“%(title)s” (%(covariates)s) for %(outcome)s is frozen %(day)s; cut-off: %(cut_off)s.") % {
        "title": _(found["title"]),
        "covariates": listed([words.inside(code) for code in found["covariates"]]),
        "outcome": words.inside(found["outcome"]),
        "day": day,
        "cut_off": cut_off,
    }


WORDING: dict[str, Callable[[Found, Words], str]] = {
    "size_of_models": _size_of_models,
    "r2_expected": _r2_expected,
    "precision": _precision,
    "always_valid": _always_valid,
    "declared_looks": _declared_looks,
    "locked": _locked,
    "temporal_validation": _temporal_validation,
    "frozen": _frozen,
}
