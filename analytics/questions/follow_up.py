"""How long the patients of a question without time were followed."""

import numpy as np

from analytics.questions.columns import Columns
from analytics.statistics import NotEstimable
from analytics.statistics.survival.kaplan_meier import follow_up_curve

CENSORED = 0


def median_follow_up(outcome: str, columns: Columns) -> float | None:
    """Months by reverse Kaplan-Meier, where the plan also has the outcome with its time; else None."""
    happened = columns.variables[outcome].get("in")
    timed = [
        code
        for code, variable in columns.variables.items()
        if "time" in variable and variable["event"] == happened
    ]
    if not timed:
        return None
    try:
        time, status = columns.follow_up(timed[0])
        known = ~np.isnan(status)
        return follow_up_curve(time[known], status[known] != CENSORED).quantile(0.5).time
    except NotEstimable:
        return None
