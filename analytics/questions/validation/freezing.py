"""The first fit of a model and the choice of its cut-off, kept so that nothing later can change them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.plan import Definition, Variables
from analytics.questions.adequacy import overlap, require_unblocked
from analytics.questions.answer import plain
from analytics.questions.columns import Columns
from analytics.questions.enrolment import enrolled_on
from analytics.questions.events import require_events
from analytics.questions.fingerprint import fingerprint
from analytics.questions.logistic.fitting import Fit, fit_as_asked, named
from analytics.questions.validation.scoring import judged, sizes_of
from analytics.statistics import NotEstimable
from analytics.statistics.roc import roc_curve

Frozen = dict[str, Any]


def freeze(definition: Definition, variables: Variables, columns: Columns) -> Frozen:
    """Fit the model to the patients enrolled by the day of freezing, or by now; refused while too few."""
    days = enrolled_on(columns)
    through = _through(definition, days)
    chosen = days <= through
    rows, occurred, sizes = sizes_of(definition, columns, chosen)
    model = definition["model"]
    columns.require(model["covariates"])
    require_events(occurred)
    design = columns.design(model["covariates"], rows)
    found = fit_as_asked(design, occurred, model)
    require_unblocked(model, overlap(design, found.likelihood), variables)
    fitted, method = found.model, named(found)
    risk = fitted.probabilities
    threshold = _threshold(definition.get("threshold", "youden"), occurred, risk)
    part = judged(definition, columns, rows, occurred, risk, threshold)
    return {
        "fingerprint": mark_of(definition, variables),
        "through": str(through),
        "coefficients": dict(zip(fitted.terms, fitted.coefficients.tolist(), strict=True)),
        "threshold": threshold,
        "method": method["method"],
        "switched_because": method["switched_because"],
        "development": {
            "part": "development",
            **sizes,
            "covariates": model["covariates"],
            "terms": _terms(fitted, columns),
            **part,
            "reason": None,
        },
    }


def _terms(fitted: Fit, columns: Columns) -> list[dict[str, Any]]:
    """The coefficients as the model's other pages have them, per one unit."""
    owners = fitted.estimable.owners
    return plain(
        [
            {
                "term": term,
                "variable": owners[k],
                **columns.measured(owners[k], term, 1.0),
                "coefficient": fitted.coefficients[k],
                "standard_error": fitted.standard_errors[k],
            }
            for k, term in enumerate(fitted.terms)
        ]
    )


def frozen_before(kept: Frozen, definition: Definition, variables: Variables) -> Frozen:
    """What was frozen at an earlier run; refused if the plan now asks for another model."""
    if kept["fingerprint"] != mark_of(definition, variables):
        raise NotEstimable("model_changed")
    return kept


def mark_of(definition: Definition, variables: Variables) -> str:
    """The fingerprint of all that decides the model, its cut-off and who it is developed on."""
    covariates, outcome = definition["model"]["covariates"], definition["outcome"]
    wanted = {
        "outcome": outcome,
        "covariates": covariates,
        "threshold": definition.get("threshold", "youden"),
        "freeze_on": definition.get("freeze_on"),
    }
    return fingerprint(wanted, [outcome, *covariates], definition, variables)


def _through(definition: Definition, days: NDArray[np.datetime64]) -> np.datetime64:
    """The last day of enrolment of those the model is developed on; a stated one must be past."""
    latest: np.datetime64 = days[~np.isnat(days)].max()
    if "freeze_on" not in definition:
        return latest
    stated = np.datetime64(definition["freeze_on"])
    if latest <= stated:
        raise NotEstimable("awaiting_freeze", freeze_on=definition["freeze_on"])
    return stated


def _threshold(rule: str | float, occurred: NDArray[np.bool_], risk: NDArray[np.float64]) -> float:
    if rule != "youden":
        return float(rule)
    threshold = roc_curve(occurred, risk, direction="<").youden()[0].threshold
    if not np.isfinite(threshold):
        raise NotEstimable("no_discrimination")
    return threshold
