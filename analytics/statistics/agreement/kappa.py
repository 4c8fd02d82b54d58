"""Cohen's kappa: agreement of two readers on a category beyond chance."""

from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analytics.statistics.errors import NotEstimable

Weights = Literal["none", "linear", "quadratic"]


@dataclass(frozen=True)
class Kappa:
    """Agreement beyond chance.

    Attributes
    ----------
    weights : {"none", "linear", "quadratic"}
    n : int
        Patients read by both.
    observed, expected : float
        Weighted agreement seen and expected by chance, within [0, 1].
    estimate, standard_error, ci_low, ci_high : float
        At most 1; the interval is normal and not clipped.
    """

    weights: Weights
    n: int
    observed: float
    expected: float
    estimate: float
    standard_error: float
    ci_low: float
    ci_high: float


def cohen_kappa(counts: ArrayLike, *, weights: Weights = "none", level: float = 0.95) -> Kappa:
    """Agreement of two readers on a category.

    Parameters
    ----------
    counts : array_like of shape (n_levels, n_levels), int
        Patients by what the first reader (rows) and the second (columns) said, levels in the same order.
    weights : {"none", "linear", "quadratic"}
        How much a near miss counts, by its distance in levels; "quadratic" comes close to ICC(2,1).
    level : float
        Coverage of the interval.

    Returns
    -------
    Kappa

    Raises
    ------
    NotEstimable
        ``not_counts``; ``too_few_levels``; ``no_patients``; ``constant`` when both readers only ever said one
        and the same.

    References
    ----------
    Cohen J. Psychol Bull 1968;70:213-220. Fleiss JL, Cohen J, Everitt BS. Psychol Bull 1969;72:323-327.

    Examples
    --------
    >>> round(cohen_kappa([[20, 5], [10, 15]]).estimate, 4)
    0.4
    """
    table = np.asarray(counts)
    if table.dtype.kind not in "biuf" or table.ndim != 2 or table.shape[0] != table.shape[1]:
        raise NotEstimable("not_counts")
    if not np.isfinite(table).all() or (table < 0).any() or (table != np.floor(table)).any():
        raise NotEstimable("not_counts")
    k, n = table.shape[0], int(table.sum())
    if k < 2:
        raise NotEstimable("too_few_levels", n=k, needed=2)
    if n == 0:
        raise NotEstimable("no_patients")
    share = table / n
    rows, columns = share.sum(axis=1), share.sum(axis=0)
    if max(rows @ columns, (rows * columns).max()) == 1:
        raise NotEstimable("constant")
    distance = np.abs(np.subtract.outer(np.arange(k), np.arange(k))) / (k - 1)
    credit = {"none": distance == 0, "linear": 1 - distance, "quadratic": 1 - distance**2}[weights].astype(
        float
    )
    observed, expected = float((credit * share).sum()), float(rows @ credit @ columns)
    estimate = (observed - expected) / (1 - expected)
    # What each cell would earn by chance, given its row and its column.
    by_chance = np.add.outer(credit @ columns, rows @ credit)
    spread = float((share * (credit - by_chance * (1 - estimate)) ** 2).sum())
    variance = (spread - (estimate - expected * (1 - estimate)) ** 2) / (n * (1 - expected) ** 2)
    standard_error = sqrt(max(0.0, variance))
    half = float(special.ndtri((1 + level) / 2)) * standard_error
    return Kappa(weights, n, observed, expected, estimate, standard_error, estimate - half, estimate + half)
