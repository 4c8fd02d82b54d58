"""Whether the hazard ratios of a Cox model stay the same over time, and how they move."""

from typing import Any

from analytics.questions.answer import why_not
from analytics.statistics import NotEstimable
from analytics.statistics.design import Design
from analytics.statistics.errors import attempt
from analytics.statistics.survival.cox import CoxModel
from analytics.statistics.survival.proportional_hazards import proportional_hazards_test


def proportional_hazards(model: CoxModel, design: Design) -> dict[str, Any]:
    """Schoenfeld's score test for each covariate, and for all together."""
    places = [[int(k) - 1 for k in design.columns_of(variable)] for variable in design.variables]
    found = attempt(proportional_hazards_test, model, terms=places)
    if isinstance(found, NotEstimable):
        return {"terms": [], "overall": None, "reason": why_not(found)}
    tested = zip(design.variables, found.terms, strict=True)
    return {
        "terms": [{"variable": variable, **vars(test)} for variable, test in tested],
        "overall": vars(found.overall),
        "reason": None,
    }
