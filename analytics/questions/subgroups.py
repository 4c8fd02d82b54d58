"""How well a marker tells the outcome apart within each level of a variable, and whether sites differ."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.questions.answer import why_not
from analytics.questions.columns import Floats
from analytics.questions.events import require_events
from analytics.statistics import NotEstimable
from analytics.statistics.errors import attempt
from analytics.statistics.roc import (
    Direction,
    RocCurve,
    areas_homogeneous,
    delong_unpaired,
    roc_curve,
)

SITES_NEEDED = 3
"""Sites below which a test of their areas would tell one of them about another."""


def areas_within(
    variable: str,
    levels: tuple[str, ...],
    labels: NDArray[np.object_],
    occurred: NDArray[np.bool_],
    marker: Floats,
    direction: Direction,
) -> dict[str, Any]:
    """The area in each level, in the direction of the whole, and whether the areas differ."""
    found = [
        attempt(_curve, occurred[labels == level], marker[labels == level], direction) for level in levels
    ]
    within = [
        {"level": level, **_counted(occurred[labels == level]), **_area(curve)}
        for level, curve in zip(levels, found, strict=True)
    ]
    return {"variable": variable, "within": within, "p_value": _difference(found)}


def areas_across(
    sites: NDArray[np.object_], occurred: NDArray[np.bool_], marker: Floats, direction: Direction
) -> dict[str, Any]:
    """Whether the areas of the sites differ, as one test: no site's own area is told."""
    found = [
        attempt(_curve, occurred[sites == site], marker[sites == site], direction)
        for site in dict.fromkeys(sites.tolist())
    ]
    curves = [curve for curve in found if isinstance(curve, RocCurve)]
    head = {"variable": "site", "tested": len(curves)}
    if len(curves) < SITES_NEEDED:
        too_few = NotEstimable("too_few_clusters", n=len(curves), needed=SITES_NEEDED)
        return {**head, "p_value": None, "reason": why_not(too_few)}
    test = attempt(areas_homogeneous, curves)
    if isinstance(test, NotEstimable):
        return {**head, "p_value": None, "reason": why_not(test)}
    return {**head, "p_value": test.p_value, "reason": None}


def _difference(found: Sequence[RocCurve | NotEstimable]) -> float | None:
    """P of DeLong's unpaired test of two levels, or of one test of all that have an area."""
    curves = [curve for curve in found if isinstance(curve, RocCurve)]
    if len(curves) < 2:
        return None
    test = attempt(delong_unpaired, *curves) if len(curves) == 2 else attempt(areas_homogeneous, curves)
    return None if isinstance(test, NotEstimable) else test.p_value


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
