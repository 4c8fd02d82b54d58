"""How wide an interval is, and with how many patients it will be as narrow as wanted."""

from math import log
from typing import Any

import numpy as np

from analytics.plan import Definition, Variables
from analytics.questions.answer import plain, why_not
from analytics.questions.columns import Columns
from analytics.questions.enrolment import Pace
from analytics.questions.quantities import Quantity, counted, estimated, subject, with_outcome
from analytics.statistics import NotEstimable
from analytics.statistics.samplesize import (
    correlation_half_width,
    correlation_sample_size,
    precision_forecast,
)

CURVE_POINTS = 41
LOGARITHMS = {"odds_ratio": "log_odds_ratio", "hazard_ratio": "log_hazard_ratio"}
"""Ratios are as precise as their logarithms."""
NUMBERS = ("value", "half_width", "n_needed", "n_more")


def forecast_for(
    wanted: dict[str, Any],
    definition: Definition,
    columns: Columns,
    variables: Variables,
    recent: Pace | NotEstimable,
) -> dict[str, Any]:
    """One interval: how wide it is, and with how many patients it will be as narrow as wanted."""
    asked = with_outcome(
        {**wanted, "quantity": LOGARITHMS.get(wanted["quantity"], wanted["quantity"])}, definition
    )
    # A ratio within a factor of its estimate is a logarithm within the factor's logarithm.
    half_width = log(wanted["factor"]) if "factor" in wanted else wanted["half_width"]
    head: dict[str, Any] = {
        "name": wanted.get("name") or f"{wanted['quantity']}.{subject(asked)}",
        "quantity": wanted["quantity"],
        "about": subject(asked),
        **{key: asked[key] for key in ("outcome", "covariates") if key in asked},
        "wanted": half_width,
        "unit": "events" if wanted["quantity"] == "hazard_ratio" else "patients",
        **counted(asked, columns),
    }
    try:
        found = estimated(asked, columns, variables)
        size = head["n_events"] if head["unit"] == "events" else head["n"]
        now, needed = _widths(asked["quantity"], found, size, half_width)
    except NotEstimable as refusal:
        return {
            **head,
            **dict.fromkeys(NUMBERS),
            "curve": [],
            "reached_in": None,
            "reason": why_not(refusal),
        }
    more = max(needed - size, 0)
    return plain(
        {
            **head,
            "value": found.value,
            "half_width": now,
            "n_needed": needed,
            "n_more": more,
            "curve": _curve(asked["quantity"], found, size, needed),
            "reached_in": _reached(head, more, columns.n, recent),
            "reason": None,
        }
    )


def _widths(quantity: str, found: Quantity, size: int, wanted: float) -> tuple[float, int]:
    """Half of the interval's width now, and the size at which it is as wanted."""
    if quantity == "correlation":
        return correlation_half_width(found.value, size), correlation_sample_size(
            found.value, half_width=wanted
        )
    forecast = precision_forecast(found.standard_error, size, half_width=wanted)
    return forecast.half_width, forecast.n_needed


def _curve(quantity: str, found: Quantity, size: int, needed: int) -> list[dict[str, float]]:
    """The width at sizes around the present and the needed one."""
    first, last = max(min(size, needed) // 2, 4), max(size, needed, 8) * 6 // 5
    sizes = np.unique(np.linspace(first, last, CURVE_POINTS).round().astype(int)).tolist()
    if quantity == "correlation":
        return [{"size": n, "half_width": correlation_half_width(found.value, n)} for n in sizes]
    now = precision_forecast(found.standard_error, size, half_width=1).half_width
    return [{"size": n, "half_width": now * (size / n) ** 0.5} for n in sizes]


def _reached(head: dict[str, Any], more: int, n_enrolled: int, recent: Pace | NotEstimable) -> str | None:
    """The month with enough patients if enrolment goes on at its pace; events also come without it."""
    if isinstance(recent, NotEstimable) or not more or head["unit"] == "events":
        return None
    return recent.month_with(more, share=head["n"] / n_enrolled)
