"""How long the patients of a question without time were followed."""

import numpy as np
from numpy.typing import NDArray

from analytics import guards
from analytics.questions.columns import Columns, Floats
from analytics.statistics import NotEstimable
from analytics.statistics.survival.kaplan_meier import follow_up_curve

CENSORED, EVENT = 0, 1


def time_ignored(outcome: str, columns: Columns) -> guards.Guard | None:
    """What there is to say of an outcome that is asked for without its time."""
    variables = columns.variables
    followed = _followed(outcome, columns)
    if followed is None:
        return guards.time_ignored(outcome, variables)
    return guards.time_ignored(outcome, variables, _median(*followed), is_complete=_is_complete(*followed))


def _followed(outcome: str, columns: Columns) -> tuple[Floats, Floats] | None:
    """Time and status of who was followed, where the plan also has the outcome with its time; else None."""
    happened = columns.variables.get(outcome, {}).get("in")
    timed = [
        code
        for code, variable in columns.variables.items()
        if "time" in variable and variable["event"] == happened
    ]
    if not timed:
        return None
    try:
        time, status = columns.follow_up(timed[0])
    except NotEstimable:
        return None
    known: NDArray[np.bool_] = ~np.isnan(status)
    return time[known], status[known]


def _median(time: Floats, status: Floats) -> float | None:
    """Months by reverse Kaplan-Meier."""
    try:
        return follow_up_curve(time, status != CENSORED).quantile(0.5).time
    except NotEstimable:
        return None


def _is_complete(time: Floats, status: Floats) -> bool:
    """Whether nobody was lost from sight before the last event."""
    happened = time[status == EVENT]
    return bool(happened.size and (time[status == CENSORED] >= happened.max()).all())
