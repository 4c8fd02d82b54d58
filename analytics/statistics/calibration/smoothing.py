"""Smooth curves through a scatter: Cleveland's loess with R's interpolation, and his older lowess."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.statistics.errors import NotEstimable

Floats = NDArray[np.float64]

# Share of the fitted neighbourhood that a cell of the interpolation may hold.
_CELL = 0.2

# The box of the interpolation reaches this share of the range beyond the data.
_MARGIN = 0.005

# Shares of the neighbourhood's reach within which a point weighs 1, and beyond which nothing.
_CENTRE, _EDGE = 0.001, 0.999


@dataclass(frozen=True, eq=False)
class SmoothCurve:
    """A curve given by its height and slope at a few places, cubic between them.

    Attributes
    ----------
    places, heights, slopes : ndarray of shape (n_places,)
        Ascending places; what the local regressions found there.
    """

    places: Floats
    heights: Floats
    slopes: Floats

    def at(self, x: Floats) -> Floats:
        """Height of the curve at `x`, within the range that it was fitted to; shape of `x`."""
        cell = np.clip(np.searchsorted(self.places, x, side="right") - 1, 0, self.places.size - 2)
        width = self.places[cell + 1] - self.places[cell]
        u = (x - self.places[cell]) / width
        v = 1 - u
        return np.asarray(
            v * v * (1 + 2 * u) * self.heights[cell]
            + u * u * (1 + 2 * v) * self.heights[cell + 1]
            + u * v * (v * self.slopes[cell] - u * self.slopes[cell + 1]) * width
        )


def loess(x: Floats, y: Floats, *, span: float = 0.75) -> SmoothCurve:
    """Locally quadratic regression with tricube weights, as R's `loess(y ~ x)`.

    The regression is solved at the corners of cells that each hold few points, and interpolated between: a
    curve through a million points costs no more than a few dozen regressions.

    Parameters
    ----------
    x, y : ndarray of shape (n,)
        Finite; at least four distinct `x`.
    span : float
        Share of the points that each regression uses, at most 1.

    Returns
    -------
    SmoothCurve

    Raises
    ------
    NotEstimable
        ``too_few`` if there are fewer than four distinct `x`; ``tied`` if a neighbourhood is one value.

    References
    ----------
    Cleveland WS, Grosse E. Stat Comput 1991;1:47-62.

    Examples
    --------
    >>> x = np.linspace(0.0, 1.0, 41)
    >>> curve = loess(x, 2 * x * x - x)
    >>> curve.at(np.array([0.25, 0.5])).round(12)
    array([-0.125, -0.   ])
    """
    distinct = int(np.unique(x).size)
    neighbours = min(x.size, int(np.floor(x.size * span + 1e-5)))
    if distinct < 4 or neighbours < 3:
        raise NotEstimable("too_few", n=min(distinct, neighbours), needed=4)
    order = np.argsort(x, kind="stable")
    ordered, response = x[order], y[order]
    places = _corners(ordered, int(np.floor(x.size * span * _CELL)))
    fitted = np.array([_local_fit(ordered, response, place, neighbours, degree=2) for place in places])
    return SmoothCurve(places, fitted[:, 0], fitted[:, 1])


def lowess(x: Floats, y: Floats, *, span: float = 2 / 3) -> Floats:
    """Locally linear regression without robustness steps, as R's `lowess(x, y, iter = 0)`.

    Parameters
    ----------
    x, y : ndarray of shape (n,)
        Finite.
    span : float
        Share of the points that each regression uses.

    Returns
    -------
    ndarray of shape (n,)
        Fitted values, in the order given; what lies within 1 % of the range of a fitted one is interpolated.

    Raises
    ------
    NotEstimable
        ``too_few`` if there are fewer than three points; ``constant``; ``tied`` as `loess`.

    References
    ----------
    Cleveland WS. J Am Stat Assoc 1979;74:829-836.

    Examples
    --------
    >>> lowess(np.array([1.0, 2.0, 3.0, 4.0]), np.array([2.0, 4.0, 6.0, 8.0])).round(12)
    array([2., 4., 6., 8.])
    """
    if x.size < 3:
        raise NotEstimable("too_few", n=int(x.size), needed=3)
    order = np.argsort(x, kind="stable")
    ordered, response = x[order], y[order]
    if ordered[0] == ordered[-1]:
        raise NotEstimable("constant", variable="x")
    neighbours = max(2, min(x.size, int(span * x.size + 1e-7)))
    reach = 0.01 * (ordered[-1] - ordered[0])
    fitted_at = [0]
    while fitted_at[-1] < x.size - 1:
        here = ordered[fitted_at[-1]]
        beyond = int(np.searchsorted(ordered, here, side="right"))
        # The last point within reach, or the next distinct one, is fitted next.
        within = int(np.searchsorted(ordered, here + reach, side="right")) - 1
        if beyond >= x.size:
            break
        fitted_at.append(max(within, beyond) if within > fitted_at[-1] and ordered[within] > here else beyond)
    places = ordered[fitted_at]
    heights = [_local_fit(ordered, response, place, neighbours, degree=1)[0] for place in places]
    return np.asarray(np.interp(x, places, heights))


def _corners(ordered: Floats, most: int) -> Floats:
    """Ends of a box around the points, and the cuts that halve it until no cell holds more than `most`."""
    low, high = float(ordered[0]), float(ordered[-1])
    margin = _MARGIN * max(high - low, 1e-10 * max(abs(low), abs(high)) + 1e-30)
    corners = {low - margin, high + margin}
    waiting = [(0, ordered.size - 1, low - margin, high + margin)]
    while waiting:
        first, last, left, right = waiting.pop()
        if last - first + 1 <= most:
            continue
        middle = _untied_middle(ordered, first, last)
        cut = float(ordered[middle])
        if cut not in (left, right):
            corners.add(cut)
            waiting += [(first, middle, left, cut), (middle + 1, last, cut, right)]
    return np.array(sorted(corners))


def _untied_middle(ordered: Floats, first: int, last: int) -> int:
    """The place nearest the middle where neighbours differ, looking above and below in turn."""
    # The original counts from 1, which moves the middle of an even number of points down by one.
    middle = (first + last + 2) // 2 - 1
    offset = 0
    while first <= middle + offset < last:
        if ordered[middle + offset] != ordered[middle + offset + 1]:
            return middle + offset
        offset = -offset if offset > 0 else 1 - offset
    return middle


def _local_fit(ordered: Floats, response: Floats, place: float, neighbours: int, *, degree: int) -> Floats:
    """Height and slope at one place from its nearest neighbours, weighted by the tricube."""
    distance = np.abs(ordered - place)
    reach = float(np.partition(distance, neighbours - 1)[neighbours - 1])
    if reach == 0:
        raise NotEstimable("tied", n=int(np.sum(distance == 0)), needed=neighbours)
    near = distance < _EDGE * reach
    u = (ordered[near] - place) / reach
    weight = np.where(np.abs(u) > _CENTRE, np.sqrt((1 - np.abs(u) ** 3) ** 3), 1.0)
    columns = np.vander(u, degree + 1, increasing=True) * weight[:, None]
    found = np.linalg.lstsq(columns, response[near] * weight, rcond=1e-10)[0]
    return np.array([found[0], found[1] / reach])
