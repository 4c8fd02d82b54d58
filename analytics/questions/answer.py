"""What comes back from a question: numbers, or the reason why there are none."""

import math
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar, cast

import numpy as np

from analytics.guards import Guard
from analytics.statistics.errors import NotEstimable

Reason = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True)
class Answer:
    """One question answered on one table of patients.

    Attributes
    ----------
    status : {"done", "not_estimable"}
    reason : dict or None
        Code and details of why nothing could be estimated.
    payload : dict
        What pages draw and the API serves: JSON without NaN or infinity.
    guards : list of dict
        What a careful statistician would say, as data.
    estimates : list of dict
        One for each number that is followed from run to run.
    memory : dict
        What the plan keeps for the next run, such as the directions of markers.
    """

    status: Literal["done", "not_estimable"]
    payload: dict[str, Any]
    reason: Reason | None = None
    guards: list[Guard] = field(default_factory=list)
    estimates: list[dict[str, Any]] = field(default_factory=list)
    memory: dict[str, Any] = field(default_factory=dict)


def why_not(refusal: NotEstimable) -> Reason:
    """A refusal as data."""
    return {"code": refusal.reason, **{name: plain(value) for name, value in refusal.details.items()}}


def plain(value: T) -> T:
    """A value as JSON has it: no numpy scalars, None for NaN and infinity, within whatever it holds."""
    cleaned: Any = value
    if isinstance(value, dict):
        cleaned = {str(key): plain(entry) for key, entry in value.items()}
    elif isinstance(value, list | tuple):
        cleaned = [plain(entry) for entry in value]
    elif isinstance(value, np.generic):
        cleaned = plain(value.item())
    elif isinstance(value, float) and not math.isfinite(value):
        cleaned = None
    return cast("T", cleaned)


def estimate(
    term: str,
    quantity: str,
    value: float,
    *,
    n: int,
    n_events: int | None = None,
    standard_error: float | None = None,
    ci_low: float | None = None,
    ci_high: float | None = None,
    p_value: float | None = None,
) -> dict[str, Any]:
    """One number that is followed over time."""
    return {
        "term": term,
        "quantity": quantity,
        "value": plain(value),
        "standard_error": plain(standard_error),
        "ci_low": plain(ci_low),
        "ci_high": plain(ci_high),
        "p_value": plain(p_value),
        "n": n,
        "n_events": n_events,
    }


def coefficient(name: str, quantity: str, term: dict[str, Any], counted: dict[str, Any]) -> dict[str, Any]:
    """A model's term as a number that is followed, with the patients and events it rests on."""
    low, high = term["coefficient_ci"]
    return estimate(
        name,
        quantity,
        term["coefficient"],
        standard_error=term["standard_error"],
        ci_low=low,
        ci_high=high,
        p_value=term["p_value"],
        n=counted["n"],
        n_events=counted.get("n_events"),
    )


def share(count: int, n: int) -> dict[str, Any]:
    """How many of so many; of nobody there is no proportion."""
    return {"n": n, "count": count, "proportion": count / n if n else None}
