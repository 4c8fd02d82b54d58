"""Words for why something could not be estimated, that a nurse understands."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

Details = Mapping[str, Any]


def because(reason: Details, name: Callable[[str], str] = str) -> str:
    """A refusal in words; `name` gives the label of a variable that the refusal is about."""
    code = reason["code"]
    wording = WORDING.get(code)
    if wording is None:
        text = code.replace("_", " ")
    else:
        text = wording(reason) if callable(wording) else str(wording)
    about = _named(reason, name)
    return _("%(text)s (%(about)s)") % {"text": text, "about": about} if about else text


def _named(reason: Details, name: Callable[[str], str]) -> str:
    """The variables that a refusal names, as far as they have a label; columns of a computation have none."""
    codes = [*([reason["variable"]] if reason.get("variable") else []), *(reason.get("terms") or ())]
    labels = [name(code) for code in codes if isinstance(code, str)]
    return ", ".join(label for label, code in zip(labels, codes, strict=True) if label != code)


def _too_few_events(reason: Details) -> str:
    if "needed" not in reason:
        return _("too few patients have the outcome")
    return ngettext(
        "there is %(events)s patient with the outcome and %(others)s without; "
        "at least %(needed)s of each are needed",
        "there are %(events)s patients with the outcome and %(others)s without; "
        "at least %(needed)s of each are needed",
        _several(reason["n_events"]),
    ) % {
        "events": _count(reason["n_events"]),
        "others": _count(reason["n_others"]),
        "needed": reason["needed"],
    }


def _too_few(reason: Details) -> str:
    if "needed" not in reason:
        return _("there are too few patients")
    return ngettext(
        "there is %(n)s patient; at least %(needed)s are needed",
        "there are %(n)s patients; at least %(needed)s are needed",
        _several(reason.get("n")),
    ) % {
        "n": _count(reason.get("n")),
        "needed": reason["needed"],
    }


def _too_few_pairs(reason: Details) -> str:
    return _("by two readers %(n)s patients were read; at least %(needed)s are needed") % {
        "n": _count(reason["n"]),
        "needed": reason["needed"],
    }


def _too_many(reason: Details) -> str:
    return _("there are more patients than this exact computation takes (%(limit)s)") % {
        "limit": reason["limit"]
    }


def _several(n: int | None) -> int:
    """How many a sentence speaks of; a number that is withheld is told as several."""
    return 2 if n is None else n


def _count(n: int | None) -> str:
    return _("too few") if n is None else str(n)


WORDING: dict[str, Promise | Callable[[Details], str]] = {
    # Too few of something.
    "too_few_events": _too_few_events,
    "too_few": _too_few,
    "too_few_cases": _too_few,
    "too_few_controls": _too_few,
    "too_few_patients": _too_few,
    "too_few_levels": gettext_lazy("all patients are in the same category"),
    "too_few_complete": gettext_lazy(
        "too few of the patients who lack nothing have the outcome, or are without it"
    ),
    "too_few_observed": gettext_lazy("fewer than ten patients have a value to fill in the others from"),
    "too_few_within_limits": gettext_lazy("too few values lie within the limits of detection"),
    "none_beyond_limit": gettext_lazy("no value lies beyond a limit of detection"),
    "too_few_groups": gettext_lazy("there are not two groups to compare"),
    "too_few_iterations": gettext_lazy("there are too few iterations to tell"),
    "too_few_clusters": gettext_lazy("the events come from too few sites to tell how much sites differ"),
    "one_cluster": gettext_lazy("all patients come from one site"),
    "too_few_folds": gettext_lazy("there are too few patients to put some aside for checking"),
    "too_few_knots": gettext_lazy("there are too few different values to draw a curve through"),
    "too_few_readers": gettext_lazy("there is only one reader"),
    "too_few_terms": gettext_lazy("the model has only one covariate, so nothing can overlap with it"),
    "no_patients": gettext_lazy("no patient is in the population of the question"),
    "no_variables": gettext_lazy("the question names no variable"),
    "no_covariates": gettext_lazy("the model has no covariate"),
    "empty_group": gettext_lazy("a group has no patient with a value"),
    "empty_level": gettext_lazy("a category has no patient"),
    "one_group": gettext_lazy("all patients are in one group"),
    "not_two_groups": gettext_lazy("this compares exactly two groups"),
    "not_two_by_two": gettext_lazy("this compares two groups in a yes-or-no variable only"),
    "not_ordered_by_two": gettext_lazy("this compares two groups in ordered categories only"),
    "too_many": _too_many,
    "too_many_tables": gettext_lazy(
        "there are more patients and categories than the exact test can go through"
    ),
    "too_many_ties": gettext_lazy("too many events fall on one day for the exact computation"),
    # Values that do not vary, or vary as another does.
    "one_class": gettext_lazy("the outcome occurred in nobody or in everybody"),
    "one_class_in_training": gettext_lazy(
        "with some patients put aside the outcome occurred in nobody or in everybody else"
    ),
    "constant": gettext_lazy("all patients have the same value"),
    "constant_at_risk": gettext_lazy("all patients still followed when events occurred have the same value"),
    "no_variance": gettext_lazy("nothing varies between patients, so chance cannot be judged"),
    "no_change": gettext_lazy("both models give every patient the same risk"),
    "no_gain": gettext_lazy("the model predicts no better than the average"),
    "collinear": gettext_lazy("a covariate follows exactly from the others"),
    "aliased": gettext_lazy("a covariate follows exactly from the others"),
    "determined": gettext_lazy("what is held equal alone determines its value"),
    "structural": gettext_lazy("one of the two is computed from the other"),
    "incompatible": gettext_lazy("correlations like these cannot occur together"),
    "nearly_collinear": gettext_lazy("the covariate nearly follows from the others in the model"),
    "derived_beside_parents": gettext_lazy("the model holds it beside what it is computed from"),
    "perfect_correlation": gettext_lazy("one of the two follows exactly from the other"),
    "perfect_agreement": gettext_lazy(
        "all readings agree exactly, so how far they could lie apart is unknown"
    ),
    "perfect_fit": gettext_lazy("within the groups all patients have the same value"),
    "exact_fit": gettext_lazy("the line goes exactly through all values, so chance cannot be judged"),
    "ties": gettext_lazy("some patients share a value, which the exact computation does not allow"),
    "tied": gettext_lazy("too many patients share a predicted risk to draw a curve through"),
    # Outcomes predicted perfectly, or not at all.
    "separated": gettext_lazy("some patients are predicted perfectly, so there is no finite estimate"),
    "perfect_separation": gettext_lazy(
        "the values tell all patients apart, so the interval has no finite end"
    ),
    "penalised": gettext_lazy("the estimate is a penalised one, which has no such error"),
    "too_few_events_per_variable": gettext_lazy("there are fewer than five events for each coefficient"),
    "too_few_risk_groups": gettext_lazy("the predicted risks form fewer than three groups"),
    "certain_group": gettext_lazy("a group of patients has a predicted risk of 0 or 100 %"),
    "certain_risk": gettext_lazy("some patients have a predicted risk of 0 or 100 %"),
    "below_chance": gettext_lazy("this part of the curve lies below chance"),
    "no_cut_off": gettext_lazy("no cut-off attains it short of calling everybody, or nobody, positive"),
    "zero_cell": gettext_lazy("nobody with the outcome, or nobody without it, has this result"),
    "case_control": gettext_lazy(
        "how many of the patients have the outcome was set by the design, not by what occurs"
    ),
    "unbounded": gettext_lazy("the interval has no finite end"),
    "not_converged": gettext_lazy("the computation did not settle"),
    "no_convergence": gettext_lazy("the computation did not settle"),
    "no_usable_resample": gettext_lazy("no repetition on redrawn patients could be computed"),
    # Follow-up.
    "no_follow_up": gettext_lazy("nobody has both a time of follow-up and how it ended"),
    "no_events": gettext_lazy("the outcome occurred in nobody"),
    "no_events_in_reference": gettext_lazy("the outcome occurred in nobody of the first group"),
    "no_cases": gettext_lazy("nobody has had the outcome by then"),
    "no_controls": gettext_lazy("nobody is known to be without the outcome by then"),
    "no_comparison": gettext_lazy("the groups were never followed at the same time"),
    "no_comparable_pairs": gettext_lazy("of no two patients is it known who had the outcome first"),
    "no_time_at_risk": gettext_lazy("nobody was followed for any time"),
    "outside_events": gettext_lazy("at a time asked for no event has occurred yet, or none any more"),
    "one_event_time": gettext_lazy("all events occurred at one time, so no change over time can be seen"),
    "after_follow_up": gettext_lazy("nobody was followed so long"),
    "horizon_beyond_follow_up": gettext_lazy("one of the groups was not followed so long"),
    "horizon_not_positive": gettext_lazy("the time asked for is not after the start of follow-up"),
    "mostly_ended_by_events": gettext_lazy("events ended more than half of what could be observed"),
    "competing_events": gettext_lazy("a competing event came first in some patients"),
    "entry_after_time": gettext_lazy("a patient's follow-up ends before it begins"),
    "negative_time": gettext_lazy("a time of follow-up is negative"),
    "time_zero": gettext_lazy("an event lies on the first day, where this computation has no value"),
    "exact_ties_unsupported": gettext_lazy("events on one day cannot be computed exactly in this model"),
    "profile_out_of_range": gettext_lazy("a patient like this is too far from those of the study"),
    "unknown_cause": gettext_lazy("it is not known how a patient's follow-up ended"),
    "unknown_stratum": gettext_lazy("no patient is in this stratum"),
    # Repeated measurements.
    "no_measurements": gettext_lazy("there is no measurement that could be used"),
    "no_repeats": gettext_lazy("hardly any patient was measured more than once"),
    "no_readings": gettext_lazy("nothing has been read yet"),
    "too_few_pairs": _too_few_pairs,
    "repeated_rows": gettext_lazy("the table of patients holds a patient more than once"),
    "repeated_columns": gettext_lazy("a column stands in the table twice"),
    "duplicate_patients": gettext_lazy("a patient stands in the table twice"),
    # Values that cannot be used as they are.
    "missing": gettext_lazy("values are missing"),
    "nothing_missing": gettext_lazy("nothing is missing"),
    "infinite": gettext_lazy("a value is infinite"),
    "not_numeric": gettext_lazy("a value is not a number"),
    "not_binary": gettext_lazy("a value is neither yes nor no"),
    "not_continuous": gettext_lazy("the variable is not a measurement"),
    "not_counts": gettext_lazy("a number of patients is negative or not whole"),
    "out_of_range": gettext_lazy("the values are too large or too close together to compute with"),
    "off_grid": gettext_lazy("the values have more decimals than exact counting takes"),
    "overflow": gettext_lazy("a value is too large, or too close to zero, to compute with"),
    "unequal_lengths": gettext_lazy("two columns do not have the same number of patients"),
    "unknown_level": gettext_lazy("a value is none of the categories"),
    "outside_unit_interval": gettext_lazy("a risk or threshold does not lie between 0 and 1"),
    "weight_not_positive": gettext_lazy("a weight is not above 0"),
    # Planning and looking repeatedly.
    "correlation_out_of_range": gettext_lazy("the correlation expected does not lie between −1 and 1"),
    "prevalence_out_of_range": gettext_lazy("the share with the outcome does not lie between 0 and 1"),
    "r2_out_of_range": gettext_lazy("more variation is expected to be explained than there can be"),
    "half_width_not_positive": gettext_lazy("the width wanted of the interval is not above 0"),
    "standard_error_not_positive": gettext_lazy("there is no estimate yet whose precision could be foretold"),
    "information_not_ascending": gettext_lazy("a look has no more information than the one before"),
    "information_too_small": gettext_lazy("a look comes so early that no error can be spent on it"),
    "n_not_ascending": gettext_lazy("a look has fewer patients than the one before"),
    "no_looks": gettext_lazy("nothing has been looked at yet"),
    "outside_scale": gettext_lazy("an estimate lies where this scale has no value"),
    # A study that grows.
    "no_enrolment_dates": gettext_lazy("no day of enrolment is known"),
    "not_locked": gettext_lazy("the hypothesis is not locked yet, so it is not tested"),
    "estimate_changed": gettext_lazy(
        "the estimate was changed after it had been looked at; a changed one needs a name of its own"
    ),
    "hypothesis_changed": gettext_lazy(
        "the hypothesis was changed after it had been locked; a changed one needs a name of its own"
    ),
    "awaiting_freeze": gettext_lazy("nobody was enrolled yet after the day on which the model is frozen"),
    "model_changed": gettext_lazy(
        "the model was changed after it had been frozen; a changed one needs a question of its own"
    ),
    "no_discrimination": gettext_lazy("no cut-off of the predicted risk tells the patients apart"),
    "enrolment_too_slow": gettext_lazy("hardly anyone was enrolled in the last year"),
    "enrolment_stopped": gettext_lazy("nobody was enrolled in the last year that the data know of"),
    "several_terms": gettext_lazy("a variable of several categories has no single ratio"),
    # What became of a result or a run.
    "withheld": gettext_lazy("the number of patients is small and withheld"),
    "failed": gettext_lazy("the computation broke off with an error, which is in the log"),
    "not_begun": gettext_lazy("the run could not begin, for an error that is in the log"),
    "plan": gettext_lazy("the plan cannot be carried out as it is written"),
    "superseded": gettext_lazy("the plan or the code changed before the run was through"),
    "worker_died": gettext_lazy("the computation was interrupted several times"),
}
