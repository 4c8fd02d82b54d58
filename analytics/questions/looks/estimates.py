"""An estimate with the interval for one look and the interval for every look there will ever be."""

from typing import Any

import numpy as np
from scipy.special import logit, ndtri

from analytics.plan import Definition, Variables
from analytics.questions.answer import plain, why_not
from analytics.questions.columns import Columns
from analytics.questions.fingerprint import fingerprint
from analytics.questions.quantities import Quantity, counted, estimated, names_in, subject, with_outcome
from analytics.statistics import NotEstimable
from analytics.statistics.sequential.confidence_sequence import Scale, boundary, confidence_sequence

SCALES: dict[str, Scale] = {"correlation": "fisher_z", "auc": "logit"}
"""Where the interval is symmetric; logarithms of ratios are so as they are."""
NUMBERS = (
    "value",
    "standard_error",
    "ci_low",
    "ci_high",
    "always_low",
    "always_high",
    "from_null",
    "fixed_multiple",
    "always_multiple",
)

Kept = dict[str, Any]


def followed(
    wanted: dict[str, Any],
    definition: Definition,
    columns: Columns,
    variables: Variables,
    kept: Kept | None,
) -> tuple[dict[str, Any], Kept | None]:
    """One estimate, and its looks to be kept: each state of the data with other patients or events is one.

    What is kept only grows, as the ledger asks of whatever a question remembers. An interval that holds at
    every look holds for what was declared before the first, so that nothing of it may change after.
    """
    asked, level = with_outcome(wanted, definition), 1 - definition["alpha"]
    sizes, before = counted(asked, columns), kept or {"seen": []}
    head = {**heading(asked), "tuned_at": wanted["tuned_at"], **sizes}
    try:
        mark = fingerprint(asked | {"level": level}, names_in(asked), definition, variables)
        if before.get("fingerprint", mark) != mark:
            raise NotEstimable("estimate_changed")
        found = estimated(asked, columns, variables, level=level, direction=before.get("direction"))
        row = _both_intervals(asked, found, size_of(asked, sizes), wanted["tuned_at"], level)
    except NotEstimable as refusal:
        absent = dict.fromkeys(NUMBERS)
        return {**head, "look": len(before["seen"]), **absent, "reason": why_not(refusal)}, kept
    now, seen = [sizes["n"], sizes["n_events"]], before["seen"]
    looks = seen if seen and seen[-1] == now else [*seen, now]
    kept = {"fingerprint": mark, "direction": found.direction, "seen": looks}
    return plain({**head, "look": len(looks), **row, "reason": None}), kept


def heading(asked: dict[str, Any]) -> dict[str, Any]:
    """What a number is, as its page and its table call it."""
    return {
        "name": asked["name"],
        "quantity": asked["quantity"],
        "about": subject(asked),
        "variable": asked.get("variable"),
        "outcome": asked.get("outcome"),
        "covariates": asked.get("covariates", []),
        "unit": "events" if asked["quantity"] == "log_hazard_ratio" else "patients",
    }


def size_of(asked: dict[str, Any], sizes: dict[str, Any]) -> int:
    """What a number's precision grows with: events for a hazard ratio, else patients."""
    size: int = sizes["n_events"] if asked["quantity"] == "log_hazard_ratio" else sizes["n"]
    return size


def _both_intervals(
    asked: dict[str, Any], found: Quantity, size: int, tuned_at: float, level: float
) -> dict[str, Any]:
    scale = SCALES.get(asked["quantity"], "identity")
    always = confidence_sequence(
        [found.value], [found.standard_error], [size], tuned_at=tuned_at, scale=scale, level=level
    )
    return {
        "value": found.value,
        "standard_error": found.standard_error,
        "ci_low": found.ci_low,
        "ci_high": found.ci_high,
        "always_low": always.ci_low[0],
        "always_high": always.ci_high[0],
        "from_null": _from_null(found, scale),
        "fixed_multiple": ndtri((1 + level) / 2),
        "always_multiple": boundary([size], tuned_at=tuned_at, level=level)[0],
    }


def _from_null(found: Quantity, scale: Scale) -> float:
    """Standard errors from no effect, where the interval is symmetric: the sequence excludes it by these."""
    if scale == "fisher_z":
        return float(np.arctanh(found.value) * (1 - found.value**2) / found.standard_error)
    if scale == "logit":
        return float(logit(found.value) * found.value * (1 - found.value) / found.standard_error)
    return found.value / found.standard_error
