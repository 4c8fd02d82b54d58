"""What Riley's criteria ask for a model, beside the patients there are."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.plan import Definition
from analytics.questions.answer import plain, why_not
from analytics.questions.columns import Columns
from analytics.questions.events import require_events
from analytics.statistics import NotEstimable
from analytics.statistics.design import Design
from analytics.statistics.errors import attempt
from analytics.statistics.logistic import explained_variation, fit, shrinkage
from analytics.statistics.samplesize import expected_shrinkage, largest_r2_cox_snell, riley_sample_size

ASSUMED_NAGELKERKE = 0.15
"""Riley's advice where nothing is known of how much a model will explain."""
NUMBERS = (
    "parameters",
    "prevalence",
    "r2_cox_snell",
    "r2_largest",
    "n_shrinkage",
    "n_optimism",
    "n_intercept",
    "patients_needed",
    "events_needed",
    "events_per_parameter",
    "shrinkage",
)


def needed_for(
    wanted: dict[str, Any], definition: Definition, columns: Columns, *, least_shrinkage: float
) -> dict[str, Any]:
    """Riley's criteria for one model; the shrinkage to expect with the patients there are."""
    outcome: str = wanted.get("outcome") or definition["outcome"]
    complete = columns.complete([outcome, *wanted["covariates"]])
    occurred = columns.numbers(outcome)[complete] == 1
    head = {
        "name": wanted["name"],
        "title": wanted["title"],
        "outcome": outcome,
        "covariates": wanted["covariates"],
        "is_replication": wanted.get("is_replication", False),
        "n": int(occurred.size),
        "n_events": int(occurred.sum()),
        "n_missing": int((~complete).sum()),
    }
    try:
        columns.require(wanted["covariates"])
        if not 0 < head["n_events"] < head["n"]:
            raise NotEstimable("one_class")
        design = columns.design(wanted["covariates"], complete)
        parameters, prevalence = len(design.terms) - 1, float(occurred.mean())
        r2, source = _explained(wanted, definition, design, occurred)
        size = riley_sample_size(
            parameters=parameters,
            prevalence=prevalence,
            r2_cox_snell=r2,
            shrinkage=least_shrinkage,
        )
        kept = expected_shrinkage(parameters=parameters, r2_cox_snell=r2, n=head["n"])
    except NotEstimable as refusal:
        return {**head, **dict.fromkeys(NUMBERS), "r2_source": None, "reason": why_not(refusal)}
    return plain(
        {
            **head,
            "parameters": parameters,
            "prevalence": prevalence,
            "r2_cox_snell": r2,
            "r2_source": source,
            "r2_largest": size.max_r2_cox_snell,
            "n_shrinkage": size.n_shrinkage,
            "n_optimism": size.n_optimism,
            "n_intercept": size.n_intercept,
            "patients_needed": size.n,
            "events_needed": size.n_events,
            "events_per_parameter": size.events_per_parameter,
            "shrinkage": kept,
            "reason": None,
        }
    )


def _explained(
    wanted: dict[str, Any], definition: Definition, design: Design, occurred: NDArray[np.bool_]
) -> tuple[float, str]:
    """Cox and Snell's R2 to expect in other patients: as stated, as fitted less its optimism, or assumed."""
    stated = wanted.get("expected_r2", definition.get("expected_r2"))
    if stated is not None:
        return stated, "stated"
    fitted = attempt(_fitted_r2, design, occurred)
    if not isinstance(fitted, NotEstimable):
        return fitted, "fitted"
    return ASSUMED_NAGELKERKE * largest_r2_cox_snell(float(occurred.mean())), "assumed"


def _fitted_r2(design: Design, occurred: NDArray[np.bool_]) -> float:
    require_events(occurred)
    fitted = fit(design, occurred)
    fitted.require_finite()
    kept = shrinkage(fitted)
    if kept <= 0:
        raise NotEstimable("no_gain")
    return kept * explained_variation(fitted).cox_snell
