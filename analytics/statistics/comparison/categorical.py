"""A category compared between groups."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from analytics.statistics.comparison.effect import TwoByTwo, two_by_two
from analytics.statistics.comparison.fisher import FisherExact, fisher_test
from analytics.statistics.errors import NotEstimable, attempt


@dataclass(frozen=True)
class ChiSquare:
    """A chi-square statistic."""

    statistic: float
    df: int
    p_value: float


@dataclass(frozen=True)
class CategoricalComparison:
    """A table of counts and what it says; a part that cannot be estimated is its refusal.

    Attributes
    ----------
    counts : tuple of tuple of int
        Rows are levels, columns groups.
    expected : tuple of tuple of float
        Counts expected without association.
    min_expected : float
        Below 5 the chi-square p is not to be trusted: read Fisher's.
    chi_square : ChiSquare or NotEstimable
        Without continuity correction.
    chi_square_yates : ChiSquare or NotEstimable
        With Yates's correction, at most the distance itself; 2 x 2 tables only.
    fisher : FisherExact or NotEstimable
    effect : TwoByTwo or NotEstimable
        The second level is the event, the second group the exposed one; 2 x 2 tables only.
    trend : ChiSquare or NotEstimable
        Cochran-Armitage with scores 1, 2, ...; two groups and three or more levels only.
    cramers_v : float or NotEstimable
    smd : float or NotEstimable
        Length of the standardised difference of the proportions, two groups only; never negative.
    """

    counts: tuple[tuple[int, ...], ...]
    expected: tuple[tuple[float, ...], ...]
    min_expected: float
    chi_square: ChiSquare | NotEstimable
    chi_square_yates: ChiSquare | NotEstimable
    fisher: FisherExact | NotEstimable
    effect: TwoByTwo | NotEstimable
    trend: ChiSquare | NotEstimable
    cramers_v: float | NotEstimable
    smd: float | NotEstimable


def compare_categorical(counts: ArrayLike, *, level: float = 0.95) -> CategoricalComparison:
    """Compare how a category is spread over groups.

    Parameters
    ----------
    counts : array_like of shape (n_levels, n_groups), int
        Patients of each level in each group.
    level : float
        Coverage of the intervals.

    Returns
    -------
    CategoricalComparison

    Raises
    ------
    NotEstimable
        ``not_counts`` for anything but whole numbers from 0 on; ``too_few_levels`` when fewer than two levels
        were seen; ``empty_group`` when fewer than two groups hold anyone.

    References
    ----------
    Pearson K. Philos Mag 1900;50:157-175. Yates F. Suppl J R Stat Soc 1934;1:217-235. Armitage P. Biometrics
    1955;11:375-386. Cramér H. Mathematical methods of statistics. Princeton 1946, p. 282. Yang D, Dalton JE.
    SAS Global Forum 2012, paper 335 (SMD of a category).

    Examples
    --------
    >>> found = compare_categorical([[50, 21], [22, 20]])
    >>> round(found.chi_square.p_value, 6), round(found.effect.odds_ratio, 4)
    (0.053909, 2.1645)
    >>> found.trend
    NotEstimable('not_ordered_by_two (n_levels=2, n_groups=2)')
    """
    table = _counts(counts)
    levels_seen, groups_seen = int((table.sum(axis=1) > 0).sum()), int((table.sum(axis=0) > 0).sum())
    if groups_seen < 2 or (table.shape[1] == 2 and groups_seen < 2):
        raise NotEstimable("empty_group", n=groups_seen, needed=2)
    if levels_seen < 2:
        raise NotEstimable("too_few_levels", n=levels_seen, needed=2)
    # Division before multiplication: the product of two margins may not fit an integer.
    expected = np.outer(table.sum(axis=1) / table.sum(), table.sum(axis=0).astype(np.float64))
    return CategoricalComparison(
        counts=tuple(tuple(int(count) for count in row) for row in table),
        expected=tuple(tuple(float(count) for count in row) for row in expected),
        min_expected=float(expected.min()),
        chi_square=attempt(chi_square, table, expected, 0.0),
        chi_square_yates=attempt(_yates, table, expected),
        fisher=attempt(fisher_test, table, level),
        effect=attempt(two_by_two, table, level),
        trend=attempt(_trend, table),
        cramers_v=attempt(_cramers_v, table, expected),
        smd=attempt(_standardised_difference, table),
    )


def _counts(counts: ArrayLike) -> NDArray[np.int64]:
    table = np.asarray(counts)
    if table.ndim != 2 or table.dtype.kind not in "biuf" or min(table.shape) < 1:
        raise NotEstimable("not_counts")
    if not (np.isfinite(table).all() and (table >= 0).all() and (table == np.floor(table)).all()):
        raise NotEstimable("not_counts")
    return table.astype(np.int64)


def chi_square(table: NDArray[np.int64], expected: NDArray[np.float64], correction: float) -> ChiSquare:
    """Pearson's chi-square of a table, each distance from what is expected shortened by a correction.

    Parameters
    ----------
    table : ndarray of shape (n_levels, n_groups), int64
        Patients in each cell.
    expected : ndarray of shape (n_levels, n_groups)
        Patients expected in each cell.
    correction : float
        What each distance is shortened by, at most the smallest distance: 0.5 is Yates's, 0 none.

    Returns
    -------
    ChiSquare

    Raises
    ------
    NotEstimable
        ``empty_level`` where a whole row or column is empty.

    References
    ----------
    Pearson K. Philos Mag 1900;50:157-175. Yates F. Suppl J R Stat Soc 1934;1:217-235.
    """
    if (expected == 0).any():
        raise NotEstimable("empty_level")
    distance = np.abs(table - expected)
    statistic = float(((distance - np.minimum(correction, distance.min())) ** 2 / expected).sum())
    df = (table.shape[0] - 1) * (table.shape[1] - 1)
    return ChiSquare(statistic, df, float(special.chdtrc(df, statistic)))


def _yates(table: NDArray[np.int64], expected: NDArray[np.float64]) -> ChiSquare:
    if table.shape != (2, 2):
        raise NotEstimable("not_two_by_two", n_levels=table.shape[0], n_groups=table.shape[1])
    return chi_square(table, expected, 0.5)


def _cramers_v(table: NDArray[np.int64], expected: NDArray[np.float64]) -> float:
    return sqrt(chi_square(table, expected, 0.0).statistic / table.sum() / (min(table.shape) - 1))


def _trend(table: NDArray[np.int64]) -> ChiSquare:
    if table.shape[1] != 2 or table.shape[0] < 3:
        raise NotEstimable("not_ordered_by_two", n_levels=table.shape[0], n_groups=table.shape[1])
    # A level that nobody has keeps its place in the order and weighs nothing.
    totals = table.sum(axis=1).astype(np.float64)
    scores = np.arange(1, len(totals) + 1)
    n = totals.sum()
    share = table[:, 1].sum() / n
    centred = scores - (totals @ scores) / n
    slope = float(centred @ table[:, 1])
    statistic = slope**2 / (share * (1 - share) * float(totals @ centred**2))
    return ChiSquare(statistic, 1, float(special.chdtrc(1, statistic)))


def _standardised_difference(table: NDArray[np.int64]) -> float:
    if table.shape[1] != 2:
        raise NotEstimable("not_two_groups", n_groups=table.shape[1])
    seen = table[table.sum(axis=1) > 0]
    # One proportion follows from the others.
    shares = (seen / seen.sum(axis=0))[1:]
    spread = sum(np.diag(share) - np.outer(share, share) for share in shares.T) / 2
    difference = shares[:, 0] - shares[:, 1]
    inverse = np.linalg.pinv(spread, rcond=sqrt(np.finfo(float).eps), hermitian=True)
    return sqrt(max(0.0, float(difference @ inverse @ difference)))
