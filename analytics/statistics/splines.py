"""The basis of a restricted cubic spline, and where its knots are placed."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.statistics.design import numbers
from analytics.statistics.errors import NotEstimable
from analytics.statistics.logistic.adequacy import quantiles

Floats = NDArray[np.float64]

HARRELL: Mapping[int, tuple[float, ...]] = {
    3: (0.1, 0.5, 0.9),
    4: (0.05, 0.35, 0.65, 0.95),
    5: (0.05, 0.275, 0.5, 0.725, 0.95),
}
"""Quantiles at which Harrell places so many knots (Regression modeling strategies, 2015, table 2.3)."""


def place_knots(values: ArrayLike, shares: Sequence[float] = HARRELL[4]) -> Floats:
    """Knots at quantiles of a covariate.

    Parameters
    ----------
    values : array_like of shape (n_patients,)
        The covariate, complete.
    shares : sequence of float
        Quantiles (type 7), ascending; at least three.

    Returns
    -------
    ndarray of shape (n_knots,)

    Raises
    ------
    NotEstimable
        ``no_patients``; ``too_few_knots`` if fewer than three quantiles are asked for or differ.

    References
    ----------
    Harrell FE. Regression modeling strategies. 2nd ed. Springer 2015, section 2.4.6.

    Examples
    --------
    >>> place_knots([1.0, 2.0, 3.0, 4.0, 5.0], (0.1, 0.5, 0.9))
    array([1.4, 3. , 4.6])
    """
    observed = numbers(values, "x")
    if observed.size == 0:
        raise NotEstimable("no_patients")
    knots = quantiles(observed, np.asarray(shares, dtype=np.float64))
    distinct = int(np.unique(knots).size)
    if distinct < 3 or distinct < knots.size:
        raise NotEstimable("too_few_knots", n=distinct, needed=max(3, int(knots.size)))
    return knots


def restricted_cubic(values: ArrayLike, knots: ArrayLike) -> Floats:
    """Harrell's basis: the covariate itself, then terms that are cubic between the knots and linear beyond.

    Parameters
    ----------
    values : array_like of shape (n_patients,)
        The covariate.
    knots : array_like of shape (n_knots,)
        Ascending; at least three.

    Returns
    -------
    ndarray of shape (n_patients, n_knots - 1)
        Each nonlinear term is divided by the square of the distance between the outer knots, so that it has
        the unit of the covariate.

    References
    ----------
    Harrell FE. Regression modeling strategies, 2nd ed. 2015, section 2.4.5.

    Examples
    --------
    >>> restricted_cubic([0.0, 2.0, 6.0], [1.0, 3.0, 5.0]).round(4)
    array([[0.    , 0.    ],
           [2.    , 0.0625],
           [6.    , 4.5   ]])
    """
    x = numbers(values, "x")[:, None]
    t = numbers(knots, "knots")
    last, before = t[-1], t[-2]
    scale = (last - t[0]) ** (2 / 3)

    def cubed(knot: Floats | float) -> Floats:
        return np.asarray(np.maximum((x - knot) / scale, 0.0) ** 3)

    inner = t[:-2]
    bent = (
        cubed(inner)
        - cubed(before) * (last - inner) / (last - before)
        + cubed(last) * (before - inner) / (last - before)
    )
    return np.hstack([x, bent])
