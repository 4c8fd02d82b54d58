"""Whether a fitted model may be read as it stands: straight lines, and no patient on whom it hangs."""

from typing import Any

from analytics.questions.answer import why_not
from analytics.questions.columns import Columns
from analytics.statistics import NotEstimable
from analytics.statistics.errors import attempt
from analytics.statistics.logistic import LogisticFit
from analytics.statistics.logistic.influence import leave_one_out
from analytics.statistics.splines import linearity_test


def adequacy(fitted: LogisticFit, columns: Columns) -> dict[str, Any]:
    """What the payload says of a model beside its terms."""
    return {"linearity": _linearity(fitted, columns), "hanging": _hanging(fitted)}


def _linearity(fitted: LogisticFit, columns: Columns) -> list[dict[str, Any]]:
    """For each measurement, the test of a spline's bend against its straight line."""
    tested: list[dict[str, Any]] = []
    for variable in fitted.design.variables:
        if columns.scale(variable) != "continuous":
            continue
        found = attempt(linearity_test, fitted, variable)
        if isinstance(found, NotEstimable):
            tested.append({"variable": variable, "p_value": None, "reason": why_not(found)})
        else:
            tested.append({"variable": variable, "p_value": found.p_value, "reason": None})
    return tested


def _hanging(fitted: LogisticFit) -> list[str]:
    """The variables with a term whose P would be on the other side of 0.05 without some one patient."""
    design = fitted.estimable
    turned = leave_one_out(fitted).turned(fitted)
    owners = [
        owner for owner, is_turned in zip(design.assign, turned, strict=True) if is_turned and owner >= 0
    ]
    return [design.variables[owner] for owner in dict.fromkeys(owners)]
