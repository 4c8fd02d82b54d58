"""Fisher's exact test: the conditional odds ratio of a 2 x 2 table, and the p-value of any table."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, exp, floor, inf, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from analytics.statistics.comparison.network import p_of_table
from analytics.statistics.errors import NotEstimable
from analytics.statistics.samples import Floats

SLACK = 1e-7
"""Tables this much more probable than the observed one still count as not more probable, as in R."""


@dataclass(frozen=True)
class FisherExact:
    """Fisher's exact test.

    Attributes
    ----------
    p_value : float
        Probability of the tables with these margins that are not more probable than the observed one.
    odds_ratio, ci_low, ci_high : float or None
        Conditional maximum likelihood and its exact interval, of a 2 x 2 table; may be 0 or infinite. None
        for larger tables.
    """

    p_value: float
    odds_ratio: float | None
    ci_low: float | None
    ci_high: float | None


def fisher_test(counts: NDArray[np.int64], level: float = 0.95) -> FisherExact:
    """Fisher's exact test of a table of counts; empty rows and columns of a larger table are left out.

    Parameters
    ----------
    counts : ndarray of shape (n_levels, n_groups), int
    level : float
        Coverage of the interval of the odds ratio.

    Returns
    -------
    FisherExact

    Raises
    ------
    NotEstimable
        For tables larger than 2 x 2: ``too_few_levels`` when fewer than two rows or columns hold anyone,
        ``too_many_tables``.

    References
    ----------
    Fisher RA. J R Stat Soc 1935;98:39-82.

    Examples
    --------
    >>> found = fisher_test(np.array([[3, 1], [1, 3]]))
    >>> round(found.p_value, 4), round(found.odds_ratio, 4)
    (0.4857, 6.4083)
    """
    if counts.shape == (2, 2):
        cell = _FirstCell.of(counts)
        return FisherExact(cell.p_value, cell.odds_ratio, *cell.interval(level))
    table = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    if min(table.shape) < 2:
        raise NotEstimable("too_few_levels", n=min(table.shape), needed=2)
    return FisherExact(p_of_table(table, SLACK), None, None, None)


def fisher_p_value(counts: NDArray[np.int64]) -> float:
    """The p-value of a 2 x 2 table alone, without the root finding that its odds ratio takes.

    Parameters
    ----------
    counts : ndarray of shape (2, 2), int64
        Patients in each cell.

    Returns
    -------
    float
        Two-sided: the tables no more probable than this one.

    Examples
    --------
    >>> round(fisher_p_value(np.array([[3, 1], [1, 3]])), 4)
    0.4857
    """
    return _FirstCell.of(counts, probable=True).p_value


@dataclass(frozen=True)
class _FirstCell:
    """Distribution of the first cell of a 2 x 2 table, given its margins."""

    observed: int
    support: Floats
    log_weight: Floats

    @classmethod
    def of(cls, table: NDArray[np.int64], *, probable: bool = False) -> "_FirstCell":
        """Of a table; only `probable` values are those whose probability is a number above zero."""
        first_column, second_column = (int(total) for total in table.sum(axis=0))
        first_row = int(table[0].sum())
        lowest, highest = max(0, first_row - second_column), min(first_row, first_column)
        if probable:
            n = first_column + second_column
            mean = first_row * first_column / n
            spread = sqrt(mean * (1 - first_row / n) * (second_column / max(n - 1, 1)))
            # Forty deviations and a thousand are 1e-324 away in the heaviest tail, Poisson's.
            reach = 40 * spread + 1000
            lowest, highest = max(lowest, floor(mean - reach)), min(highest, ceil(mean + reach))
        support = np.arange(lowest, highest + 1, dtype=np.float64)
        k = support[:-1]
        growth = np.log(
            (first_column - k) * (first_row - k) / ((k + 1) * (second_column - first_row + k + 1))
        )
        # Summed from the mode outwards, the weights that matter are those with the least rounding.
        mode = int(np.count_nonzero(growth > 0))
        below, above = -np.cumsum(growth[:mode][::-1])[::-1], np.cumsum(growth[mode:])
        return cls(int(table[0, 0]), support, np.concatenate([below, [0.0], above]))

    def density(self, log_odds_ratio: float = 0.0) -> Floats:
        weight = self.log_weight + log_odds_ratio * self.support
        weight = np.exp(weight - weight.max())
        density: Floats = weight / weight.sum()
        return density

    @property
    def p_value(self) -> float:
        density = self.density()
        seen = density[self.support == self.observed].sum()
        return float(min(1.0, density[density <= seen * (1 + SLACK)].sum()))

    @property
    def odds_ratio(self) -> float:
        if self.observed == self.support[0]:
            return 0.0
        if self.observed == self.support[-1]:
            return inf
        return exp(_root(lambda w: float(self.density(w) @ self.support) - self.observed))

    def interval(self, level: float) -> tuple[float, float]:
        tail = (1 - level) / 2
        low, high = 0.0, inf
        if self.observed > self.support[0]:
            above = self.support >= self.observed
            low = exp(_root(lambda w: float(self.density(w)[above].sum()) - tail))
        if self.observed < self.support[-1]:
            below = self.support <= self.observed
            high = exp(_root(lambda w: tail - float(self.density(w)[below].sum())))
        return low, high


def _root(rising: Callable[[float], float]) -> float:
    """Zero of an increasing function of the log odds ratio."""
    reach = 2.0
    while rising(-reach) > 0 or rising(reach) < 0:
        reach *= 2
    return float(optimize.brentq(rising, -reach, reach, xtol=1e-14, rtol=1e-14))
