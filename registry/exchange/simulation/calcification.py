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


def read_again(
    rng: np.random.Generator, segments: Mapping[str, Any], grades: np.ndarray, error: Mapping[str, float]
) -> np.ndarray:
    """What a second reader, who does not know the first reading, sees on the same films.

    The totals differ by a normal error whose variance grows with the calcification; the points more or fewer
    fall on the walls as calcification does.
    """
    total = grades.sum(axis=1)
    sd = np.sqrt(error["variance"] + error["variance_per_point"] * total)
    read = np.clip(np.rint(total + rng.normal(0, sd)), 0, TOP_GRADE * grades.shape[1]).astype(int)
    fewer = TOP_GRADE - spread_over_segments(rng, segments, TOP_GRADE - grades, np.maximum(total - read, 0))
    return spread_over_segments(rng, segments, fewer, np.maximum(read - total, 0))
