"""What is left of an area, and of a cut-off, in patients it was not chosen in."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.plan import Definition
from analytics.questions.answer import why_not
from analytics.questions.columns import Floats
from analytics.questions.roc.patients import Patients
from analytics.statistics import NotEstimable
from analytics.statistics.design import Design
from analytics.statistics.errors import attempt
from analytics.statistics.resampling import bootstrap_cutoff, bootstrap_optimism, repeated_cross_validation
from analytics.statistics.roc import Direction

OF_CUT_OFF = (
    "bootstrap_ci_low",
    "bootstrap_ci_high",
    "threshold_ci_low",
    "threshold_ci_high",
    "sensitivity_left_out",
    "specificity_left_out",
)


def cut_off_resampled(
    patients: Patients, values: Floats, direction: Direction, definition: Definition
) -> dict[str, Any]:
    """The bootstrap's interval of the area and of the cut-off, and the shares in patients left out of it."""
    if "resamples" not in definition:
        return {}
    found = attempt(
        bootstrap_cutoff,
        patients.occurred,
        values,
        direction=direction,
        n_resamples=definition["resamples"],
        seed=definition["seed"],
    )
    if isinstance(found, NotEstimable):
        return {**dict.fromkeys(OF_CUT_OFF), "resamples_reason": why_not(found)}
    return {
        "bootstrap_ci_low": found.auc_low,
        "bootstrap_ci_high": found.auc_high,
        "threshold_ci_low": found.threshold_low,
        "threshold_ci_high": found.threshold_high,
        "sensitivity_left_out": found.sensitivity,
        "specificity_left_out": found.specificity,
        "resamples_reason": None,
    }


def validated(design: Design, occurred: NDArray[np.bool_], definition: Definition) -> dict[str, Any]:
    """A combination's area less its optimism, and its area in patients put aside."""
    found: dict[str, Any] = {}
    if "resamples" in definition:
        found |= _less_optimism(design, occurred, definition)
    if "crossvalidation" in definition:
        found |= _put_aside(design, occurred, definition)
    return found


def _less_optimism(design: Design, occurred: NDArray[np.bool_], definition: Definition) -> dict[str, Any]:
    found = attempt(
        bootstrap_optimism,
        design,
        occurred,
        n_resamples=definition["resamples"],
        seed=definition["seed"],
    )
    if isinstance(found, NotEstimable):
        return {"optimism": None, "auc_corrected": None, "optimism_reason": why_not(found)}
    return {"optimism": found.optimism, "auc_corrected": found.corrected_auc, "optimism_reason": None}


def _put_aside(design: Design, occurred: NDArray[np.bool_], definition: Definition) -> dict[str, Any]:
    found = attempt(
        repeated_cross_validation,
        design,
        occurred,
        n_folds=definition["crossvalidation"]["folds"],
        n_repeats=definition["crossvalidation"]["repeats"],
        seed=definition["seed"],
    )
    if isinstance(found, NotEstimable):
        return {"auc_crossvalidated": None, "crossvalidation_reason": why_not(found)}
    return {"auc_crossvalidated": found.auc, "crossvalidation_reason": None}
