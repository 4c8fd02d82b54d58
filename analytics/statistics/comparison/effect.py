"""Effect sizes of a 2 x 2 table."""

from dataclasses import dataclass
from math import hypot, inf, isnan, log, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import special

from analytics.statistics.errors import NotEstimable
from analytics.statistics.roc.operating import wilson


@dataclass(frozen=True)
class TwoByTwo:
    """Odds ratio, risk ratio and risk difference of the second group against the first.

    Attributes
    ----------
    odds_ratio, odds_ratio_low, odds_ratio_high : float or None
        Sample odds ratio with Woolf's interval.
    risk_ratio, risk_ratio_low, risk_ratio_high : float or None
        With the interval on the log scale.
    risk_difference : float
    wald_low, wald_high : float
        Simple interval of the difference.
    newcombe_low, newcombe_high : float
        Interval of the difference from the two Wilson intervals, to be preferred.

    Notes
    -----
    An empty cell makes a ratio 0 or infinite; an end of its interval that is then undefined is None.
    """

    odds_ratio: float | None
    odds_ratio_low: float | None
    odds_ratio_high: float | None
    risk_ratio: float | None
    risk_ratio_low: float | None
    risk_ratio_high: float | None
    risk_difference: float
    wald_low: float
    wald_high: float
    newcombe_low: float
    newcombe_high: float


def two_by_two(counts: NDArray[np.int64], level: float = 0.95) -> TwoByTwo:
    """Effect sizes of a 2 x 2 table.

    Parameters
    ----------
    counts : ndarray of shape (2, 2), int
        The second row holds those with the event, the second column the exposed.
    level : float
        Coverage of the intervals.

    Returns
    -------
    TwoByTwo

    Raises
    ------
    NotEstimable
        ``not_two_by_two``; ``empty_group``.

    References
    ----------
    Woolf B. Ann Hum Genet 1955;19:251-253. Katz D et al. Biometrics 1978;34:469-474. Newcombe RG. Stat Med
    1998;17:873-890 (method 10).

    Examples
    --------
    >>> found = two_by_two(np.array([[50, 21], [22, 20]]))
    >>> round(found.risk_difference, 4), round(found.newcombe_low, 4), round(found.newcombe_high, 4)
    (0.1822, -0.0024, 0.3572)
    """
    if counts.shape != (2, 2):
        raise NotEstimable("not_two_by_two", n_levels=counts.shape[0], n_groups=counts.shape[1])
    if (counts.sum(axis=0) == 0).any():
        raise NotEstimable("empty_group")
    (d, b), (c, a) = ((float(cell) for cell in row) for row in counts)
    z = float(special.ndtri((1 + level) / 2))
    n1, n0 = a + b, c + d
    p1, p0 = a / n1, c / n0
    odds_ratio = _ratio(a * d, b * c)
    risk_ratio = _ratio(p1, p0)
    difference = p1 - p0
    half = z * sqrt(p1 * (1 - p1) / n1 + p0 * (1 - p0) / n0)
    low1, high1 = wilson(int(a), int(n1), level=level)
    low0, high0 = wilson(int(c), int(n0), level=level)
    return TwoByTwo(
        odds_ratio,
        *_log_interval(odds_ratio, z, [1 / cell if cell else inf for cell in (a, b, c, d)]),
        risk_ratio,
        *_log_interval(risk_ratio, z, [1 / a - 1 / n1 if a else inf, 1 / c - 1 / n0 if c else inf]),
        risk_difference=difference,
        wald_low=difference - half,
        wald_high=difference + half,
        newcombe_low=difference - hypot(p1 - low1, high0 - p0),
        newcombe_high=difference + hypot(high1 - p1, p0 - low0),
    )


def _ratio(numerator: float, denominator: float) -> float | None:
    if denominator:
        return numerator / denominator
    return inf if numerator else None


def _log_interval(ratio: float | None, z: float, variances: list[float]) -> tuple[float | None, float | None]:
    """Ends of the interval on the log scale; None where infinities cancel."""
    if ratio is None:
        return None, None
    centre = log(ratio) if ratio else -inf
    half = z * sqrt(sum(variances))
    ends = centre - half, centre + half
    low, high = (None if isnan(end) else float(np.exp(end)) for end in ends)
    return low, high
