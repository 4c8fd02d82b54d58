"""Simulated readings of the lumbar aorta: a total spread over the wall segments, growing with the years."""

from collections.abc import Mapping
from typing import Any

import numpy as np

TOP_GRADE = 3


def spread_over_segments(
    rng: np.random.Generator, segments: Mapping[str, Any], grades: np.ndarray, points: np.ndarray
) -> np.ndarray:
    """Add points one by one, each to a segment drawn by its weight, more often to one already calcified."""
    grades, left = grades.copy(), np.minimum(points, TOP_GRADE * grades.shape[1] - grades.sum(axis=1))
    weights = np.array(list(segments["weights"].values()))
    while left.any():
        rows = np.flatnonzero(left)
        chance = (
            weights
            * np.where(grades[rows] > 0, segments["affected_factor"], 1.0)
            * (grades[rows] < TOP_GRADE)
        )
        cumulative = chance.cumsum(axis=1)
        drawn = (rng.random(rows.size)[:, None] * cumulative[:, -1:] >= cumulative).sum(axis=1)
        grades[rows, drawn] += 1
        left[rows] -= 1
    return grades
