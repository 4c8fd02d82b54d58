"""How well a marker tells the outcome apart within each level of a variable."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.questions.answer import why_not
from analytics.questions.columns import Floats
from analytics.questions.events import require_events
from analytics.statistics import NotEstimable
from analytics.statistics.errors import attempt
from analytics.statistics.roc import Direction, RocCurve, delong_unpaired, roc_curve


def areas_within(
    variable: str,
    levels: tuple[str, ...],
    labels: NDArray[np.object_],
    occurred: NDArray[np.bool_],
    marker: Floats,
    direction: Direction,
) -> dict[str, Any]:
    """The area in each level, in the direction of the whole, and of two levels whether they differ."""
    found = [
        attempt(_curve, occurred[labels == level], marker[labels == level], direction) for level in levels
    ]
    within = [
        {"level": level, **_counted(occurred[labels == level]), **_area(curve)}
        for level, curve in zip(levels, found, strict=True)
    ]
    curves = [curve for curve in found if isinstance(curve, RocCurve)]
    test = attempt(delong_unpaired, *curves) if len(levels) == len(curves) == 2 else None
    return {
        "variable": variable,
        "within": within,
        "p_value": None if test is None or isinstance(test, NotEstimable) else test.p_value,
    }


def _curve(occurred: NDArray[np.bool_], marker: Floats, direction: Direction) -> RocCurve:
    require_events(occurred)
    return roc_curve(occurred, marker, direction=direction)


def _counted(occurred: NDArray[np.bool_]) -> dict[str, int]:
    return {"n": int(occurred.size), "n_events": int(occurred.sum())}


def _area(curve: RocCurve | NotEstimable) -> dict[str, Any]:
    if isinstance(curve, NotEstimable):
        return {**dict.fromkeys(("auc", "ci_low", "ci_high")), "reason": why_not(curve)}
    spread = curve.delong()
    return {"auc": curve.auc, "ci_low": spread.ci_low, "ci_high": spread.ci_high, "reason": None}
