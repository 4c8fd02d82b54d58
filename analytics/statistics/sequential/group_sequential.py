"""Declared looks at a locked hypothesis: Lan-DeMets boundaries, and what undeclared looks cost."""

from dataclasses import dataclass
from functools import cache, partial
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import log_ndtr, logsumexp, ndtr, ndtri, roots_legendre

from analytics.statistics.design import numbers
from analytics.statistics.errors import NotEstimable
from analytics.statistics.survival.observations import FloatArray

Spending = Literal["obrien_fleming", "pocock"]

# Nodes of the quadrature; boundaries agree to 1e-9 with twice as many.
NODES = 400
# Where the distribution of the score is cut off below, in standard deviations.
LOWEST = -9.0
# A look that spends less than this cannot be told from one that spends nothing.
LEAST_SPENT = 1e-60


@dataclass(frozen=True, eq=False)
class GroupSequentialDesign:
    """Boundaries at each declared look.

    Attributes
    ----------
    information : ndarray of shape (n_looks,)
        Share of the planned information, ascending.
    spending : {"obrien_fleming", "pocock"}
    alpha : float
        Two-sided type I error over all looks.
    cumulative_spend : ndarray of shape (n_looks,)
        One-sided error spent by each look.
    z : ndarray of shape (n_looks,)
        Reject at the first look whose absolute z reaches it.
    p_value : ndarray of shape (n_looks,)
        The same as a two-sided p-value.
    """

    information: FloatArray
    spending: Spending
    alpha: float
    cumulative_spend: FloatArray
    z: FloatArray
    p_value: FloatArray


def spent(
    information: ArrayLike, *, spending: Spending = "obrien_fleming", alpha: float = 0.05
) -> FloatArray:
    """One-sided error spent by each share of the information; the two-sided design mirrors it.

    Parameters
    ----------
    information : array_like of shape (n_looks,)
        Share of the planned information; beyond 1 nothing more is spent.
    spending : {"obrien_fleming", "pocock"}
        Lan and DeMets' functions of these types.
    alpha : float
        Two-sided error over all looks.

    Returns
    -------
    ndarray of shape (n_looks,)

    Raises
    ------
    NotEstimable
        ``information_not_ascending`` where a share is not above 0.
    ValueError
        When `alpha` lies outside (0, 1) or the spending function is unknown.

    References
    ----------
    Lan KKG, DeMets DL. Biometrika 1983;70:659-663.

    Examples
    --------
    >>> spent([0.5, 1.0]).round(6)
    array([0.001525, 0.025   ])
    """
    share = np.minimum(numbers(information, "information"), 1.0)
    if not (share > 0).all():
        raise NotEstimable("information_not_ascending")
    if not 0 < alpha < 1:
        raise ValueError("alpha must lie between 0 and 1")
    one_sided = alpha / 2
    if spending == "obrien_fleming":
        spend: FloatArray = 2 * ndtr(ndtri(one_sided / 2) / np.sqrt(share))
        return spend
    if spending == "pocock":
        return one_sided * np.log1p((np.e - 1) * share)
    raise ValueError(f"unknown spending function {spending!r}")


def group_sequential_design(
    information: ArrayLike, *, spending: Spending = "obrien_fleming", alpha: float = 0.05
) -> GroupSequentialDesign:
    """Boundaries that keep the type I error over all declared looks.

    One-sided spending of alpha/2, mirrored: the other side is ignored, as gsDesign does with test.type = 1.

    Parameters
    ----------
    information : array_like of shape (n_looks,)
        Share of the planned information at each look, ascending and more than zero.
    spending : {"obrien_fleming", "pocock"}
    alpha : float
        Two-sided error over all looks.

    Returns
    -------
    GroupSequentialDesign

    Raises
    ------
    NotEstimable
        ``information_not_ascending``; ``information_too_small`` when a look would spend nothing.

    References
    ----------
    Armitage P, McPherson CK, Rowe BC. J R Stat Soc A 1969;132:235-244. Lan KKG, DeMets DL. Biometrika
    1983;70:659-663.

    Examples
    --------
    >>> group_sequential_design([0.5, 1.0]).z.round(4)
    array([2.9626, 1.9686])
    """
    shares = _looks(information)
    cumulative = spent(shares, spending=spending, alpha=alpha)
    step = np.diff(cumulative, prepend=0.0)
    if step.min() < LEAST_SPENT:
        raise NotEstimable("information_too_small")

    z = np.empty(shares.size)
    z[0] = -ndtri(step[0])
    at, density = _first_look(shares[0], LOWEST, z[0])
    for k in range(1, shares.size):
        gap = np.sqrt(shares[k] - shares[k - 1])
        excess = partial(
            _excess_crossing, at=at, density=density, gap=gap, information=shares[k], allowed=step[k]
        )
        z[k] = brentq(excess, -2.0, 20.0, xtol=1e-13)
        at, density = _next_look(at, density, gap, shares[k], LOWEST, z[k])
    p_value: FloatArray = 2 * ndtr(-z)
    return GroupSequentialDesign(shares, spending, alpha, cumulative, z, p_value)


def repeated_looks_error(information: ArrayLike, *, level: float = 0.05) -> float:
    """Chance that at least one of several looks is significant at a fixed level when nothing is there.

    Parameters
    ----------
    information : array_like of shape (n_looks,)
        Information at each look, in any unit, ascending and more than zero.
    level : float
        Two-sided level of each look.

    Returns
    -------
    float

    Raises
    ------
    NotEstimable
        ``information_not_ascending``.

    References
    ----------
    Armitage P, McPherson CK, Rowe BC. J R Stat Soc A 1969;132:235-244.

    Examples
    --------
    >>> round(repeated_looks_error([1, 2, 3, 4, 5]), 4)
    0.1417
    """
    looks = _looks(information)
    shares = looks / looks[-1]
    z = -float(ndtri(level / 2))
    at, density = _first_look(shares[0], -z, z)
    for k in range(1, shares.size):
        gap = np.sqrt(shares[k] - shares[k - 1])
        at, density = _next_look(at, density, gap, shares[k], -z, z)
    return float(1 - density.sum())


def _looks(information: ArrayLike) -> FloatArray:
    shares = numbers(information, "information")
    if shares.size == 0 or shares[0] <= 0 or (np.diff(shares) <= 0).any():
        raise NotEstimable("information_not_ascending")
    return shares


@cache
def _legendre() -> tuple[FloatArray, FloatArray]:
    """Points and weights on [-1, 1]."""
    x, w = roots_legendre(NODES)
    return x, w


def _nodes(information: float, low: float, high: float) -> tuple[FloatArray, FloatArray]:
    """Points and weights for the score between two z values."""
    x, w = _legendre()
    scale = np.sqrt(information)
    return scale * ((high - low) * x + high + low) / 2, scale * (high - low) / 2 * w


def _first_look(information: float, low: float, high: float) -> tuple[FloatArray, FloatArray]:
    """Where the score may be without having crossed, and the probability there."""
    at, weight = _nodes(information, low, high)
    return at, weight * _normal(at, np.sqrt(information))


def _next_look(
    at: FloatArray, density: FloatArray, gap: float, information: float, low: float, high: float
) -> tuple[FloatArray, FloatArray]:
    then, weight = _nodes(information, low, high)
    return then, weight * (_normal(then[:, None] - at[None, :], gap) @ density)


def _excess_crossing(
    bound: float, *, at: FloatArray, density: FloatArray, gap: float, information: float, allowed: float
) -> float:
    """Logarithm of the probability of crossing the bound now for the first time, over what may be spent."""
    crossing = logsumexp(log_ndtr((at - bound * np.sqrt(information)) / gap), b=density)
    return float(crossing - np.log(allowed))


def _normal(x: FloatArray, deviation: float) -> FloatArray:
    density: FloatArray = np.exp(-0.5 * (x / deviation) ** 2) / (deviation * np.sqrt(2 * np.pi))
    return density
