"""Correlation of two measurements."""

from dataclasses import dataclass
from math import inf, sqrt
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import special, stats

from analytics.statistics.correlation.intervals import IntervalMethod, interval
from analytics.statistics.errors import NotEstimable
from analytics.statistics.samples import Floats, Scale, is_constant, measured, midranks

Method = Literal["pearson", "spearman", "kendall"]

INTERVALS: dict[Method, IntervalMethod] = {
    "pearson": "fisher",
    "spearman": "bonett-wright",
    "kendall": "fieller-kendall",
}
"""The interval that belongs to each coefficient."""


@dataclass(frozen=True)
class Correlation:
    """A correlation with its test and interval.

    Attributes
    ----------
    method : {"pearson", "spearman", "kendall"}
        Kendall's is tau-b.
    n : int
        Pairs of which both are observed.
    r : float
        In [-1, 1].
    statistic : float
        Pearson and Spearman: t, infinite for a perfect correlation; Kendall: z.
    df : int or None
        n - 2; None for Kendall's.
    p_value : float
        Two-sided.
    ci_low, ci_high : float or None
        None below four pairs (five for Kendall's).
    """

    method: Method
    n: int
    r: float
    statistic: float
    df: int | None
    p_value: float
    ci_low: float | None
    ci_high: float | None


def correlate(x: ArrayLike, y: ArrayLike, *, method: Method = "pearson", level: float = 0.95) -> Correlation:
    """Correlate two measurements over the patients who have both.

    Parameters
    ----------
    x, y : array_like of shape (n_patients,)
        In any units; NaN is missing.
    method : {"pearson", "spearman", "kendall"}
        Spearman's p is that of t on the mid-rank correlation, Kendall's is normal with the variance of tied
        ranks, without a continuity correction.
    level : float
        Coverage of the interval: Fisher's z for Pearson's, Bonett and Wright's for Spearman's, Fieller's for
        Kendall's.

    Returns
    -------
    Correlation

    Raises
    ------
    NotEstimable
        ``not_numeric``, ``infinite``; ``too_few`` below three pairs; ``constant`` with the `variable`.

    References
    ----------
    Fisher RA. Metron 1921;1:3-32. Bonett DG, Wright TA. Psychometrika 2000;65:23-28. Kendall MG. Rank
    correlation methods. 4th ed. Griffin 1970. Fieller EC, Hartley HO, Pearson ES. Biometrika
    1957;44:470-481.

    Examples
    --------
    >>> found = correlate([1.0, 2.0, 3.0, 4.0], [1.0, 3.0, 2.0, 4.0])
    >>> round(found.r, 6), round(found.p_value, 6)
    (0.8, 0.2)
    """
    return correlate_named(x, y, method, level, ("x", "y"))


def correlate_named(
    x: ArrayLike, y: ArrayLike, method: Method, level: float, names: tuple[str, str]
) -> Correlation:
    """Correlate two measurements as `correlate` does; a refusal calls the variables by their names.

    Parameters
    ----------
    x, y : array_like of shape (n_patients,)
        In any units; NaN is missing.
    method : {"pearson", "spearman", "kendall"}
    level : float
        Coverage of the interval.
    names : tuple of str
        Of x and y.

    Returns
    -------
    Correlation
    """
    first, second = paired(x, y, names)
    require_variation(first, second, names)
    if method == "kendall":
        return _kendall(first, second, level)
    return product_moment(unit_vector(first, method), unit_vector(second, method), method, level)


def paired(x: ArrayLike, y: ArrayLike, names: tuple[str, str] = ("x", "y")) -> tuple[Floats, Floats]:
    """The values of the patients who have both.

    Parameters
    ----------
    x, y : array_like of shape (n_patients,)
        In any units; NaN is missing.
    names : tuple of str
        Of x and y, for the refusal.

    Returns
    -------
    x, y : ndarray of shape (n_pairs,)

    Raises
    ------
    NotEstimable
        ``not_numeric``, ``infinite``; ``too_few`` below three pairs.
    ValueError
        When x and y differ in length.
    """
    first, second = measured(x, names[0]), measured(y, names[1])
    if first.shape != second.shape:
        raise ValueError(f"x has {first.size} values and y {second.size}")
    both = ~(np.isnan(first) | np.isnan(second))
    n = int(both.sum())
    if n < 3:
        raise NotEstimable("too_few", n=n, needed=3)
    return first[both], second[both]


def require_variation(x: Floats, y: Floats, names: tuple[str, str] = ("x", "y")) -> None:
    """Refuse when x or y does not vary.

    Parameters
    ----------
    x, y : ndarray of shape (n_pairs,)
    names : tuple of str
        Of x and y, for the refusal.

    Raises
    ------
    NotEstimable
        ``constant`` with the `variable`.
    """
    for variable, values in zip(names, (x, y), strict=True):
        if is_constant(values):
            raise NotEstimable("constant", variable=variable)


def unit_vector(values: Floats, method: Method) -> Floats:
    """Values that vary (or their mid-ranks) centred and of length 1: dot products are correlations.

    Parameters
    ----------
    values : ndarray of shape (n_pairs,)
        Complete.
    method : {"pearson", "spearman"}
        Spearman's takes the mid-ranks.

    Returns
    -------
    ndarray of shape (n_pairs,)
    """
    scaled = Scale.of(values).apply(values) if method == "pearson" else midranks(values)[0]
    centred: Floats = scaled - scaled.mean()
    return centred / np.linalg.norm(centred)


def product_moment(u: Floats, v: Floats, method: Method, level: float) -> Correlation:
    """Correlation of two unit vectors.

    Parameters
    ----------
    u, v : ndarray of shape (n_pairs,)
        As from `unit_vector`.
    method : {"pearson", "spearman"}
    level : float
        Coverage of the interval.

    Returns
    -------
    Correlation
    """
    return tested(min(1.0, max(-1.0, float(u @ v))), u.size, method, level)


def tested(r: float, n: int, method: Method, level: float) -> Correlation:
    """Pearson's or Spearman's coefficient with its t test and interval.

    Parameters
    ----------
    r : float
        Within [-1, 1].
    n : int
        Number of pairs, at least three.
    method : {"pearson", "spearman"}
    level : float
        Coverage of the interval.

    Returns
    -------
    Correlation
    """
    statistic, p_value = t_of(r, n - 2)
    low, high = interval(r, n, method=INTERVALS[method], level=level)
    return Correlation(method, n, r, statistic, n - 2, p_value, low, high)


def t_of(r: float, df: int) -> tuple[float, float]:
    """Student's t of a correlation and its two-sided p.

    Parameters
    ----------
    r : float
        Within [-1, 1]; at either end t is infinite and p 0.
    df : int
        Degrees of freedom.

    Returns
    -------
    statistic, p_value : float
    """
    if abs(r) == 1:
        return r * inf, 0.0
    statistic = r * sqrt(df / ((1 - r) * (1 + r)))
    return statistic, float(2 * special.stdtr(df, -abs(statistic)))


def _kendall(x: Floats, y: Floats, level: float) -> Correlation:
    n = x.size
    tau = float(stats.kendalltau(x, y, variant="b").statistic)
    ties_x, ties_y = (midranks(values)[1].astype(np.float64) for values in (x, y))
    pairs = n * (n - 1)
    tied_x, tied_y = ((ties * (ties - 1)).sum() for ties in (ties_x, ties_y))
    score = tau * sqrt((pairs - tied_x) / 2 * ((pairs - tied_y) / 2))
    spread = pairs * (2 * n + 5) - sum(
        (ties * (ties - 1) * (2 * ties + 5)).sum() for ties in (ties_x, ties_y)
    )
    triples = [(ties * (ties - 1) * (ties - 2)).sum() for ties in (ties_x, ties_y)]
    variance = spread / 18 + tied_x * tied_y / (2 * pairs) + triples[0] * triples[1] / (9 * pairs * (n - 2))
    statistic = float(score / sqrt(variance))
    low, high = interval(tau, n, method=INTERVALS["kendall"], level=level)
    return Correlation(
        "kendall", n, tau, statistic, None, float(2 * special.ndtr(-abs(statistic))), low, high
    )
