"""Whether the hazard ratios of a Cox model stay the same over time, and how they move."""

from typing import Any

import numpy as np

from analytics.questions.hazards import names_of, proportionality
from analytics.statistics import NotEstimable
from analytics.statistics.design import Design
from analytics.statistics.errors import attempt
from analytics.statistics.survival.course import coefficient_course
from analytics.statistics.survival.cox import CoxModel

TIMES, FEWEST = 36, 3
"""Points of a course over the horizon, and below which there is none to draw."""


def proportional_hazards(model: CoxModel, design: Design, horizon: float) -> dict[str, Any]:
    """Schoenfeld's score test for each covariate and for all together, and the course of each coefficient."""
    tested = proportionality(model, names_of(design))
    return {**tested, "courses": [] if tested["reason"] else _courses(model, design, horizon)}


def _courses(model: CoxModel, design: Design, horizon: float) -> list[dict[str, Any]]:
    """Each coefficient at even times, which are no patient's, while events occur; none where they are few."""
    events = model.risk_sets.time[model.risk_sets.event_rows]
    even = np.linspace(0, horizon, TIMES + 1)
    times = even[(even >= events.min()) & (even <= events.max())]
    found = attempt(coefficient_course, model, times)
    if isinstance(found, NotEstimable) or times.size < FEWEST:
        return []
    return [
        {
            "term": term,
            "variable": variable,
            "course": [
                {"time": time, "coefficient": value, "ci_low": low, "ci_high": high}
                for time, value, low, high in zip(
                    times, found.coefficient[:, k], found.ci_low[:, k], found.ci_high[:, k], strict=True
                )
            ],
        }
        for k, (variable, term) in enumerate(names_of(design))
    ]
