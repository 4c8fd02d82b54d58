"""The exact p-value of a table larger than 2 x 2, by Mehta and Patel's network."""

from collections.abc import Iterator
from itertools import product
from math import log1p, prod

import numpy as np
from numpy.typing import NDArray
from scipy import special

from analytics.statistics.errors import NotEstimable
from analytics.statistics.samples import Floats

_MOST_STEPS = 200_000_000
"""Partial tables times ways to fill a row; beyond this the exact p is given up."""


def p_of_table(table: NDArray[np.int64], slack: float) -> float:
    """Probability of the tables with these margins that are not more probable than this one.

    Parameters
    ----------
    table : ndarray of shape (n_rows, n_columns), int
        Without empty rows or columns.
    slack : float
        Tables more probable by this share count as equally probable.

    Returns
    -------
    float

    Raises
    ------
    NotEstimable
        ``too_many_tables``.

    Notes
    -----
    Rows are filled one after the other. A partial table is a state (what each column still needs) and the
    log probability so far; it is settled as soon as its most probable completion stays below the observed
    table, dropped when its least probable one stays above, and merged with others of the same state and
    probability.

    References
    ----------
    Mehta CR, Patel NR. J Am Stat Assoc 1983;78:427-434.

    Examples
    --------
    >>> round(p_of_table(np.array([[3, 0], [1, 2], [0, 4]]), 1e-7), 6)
    0.033333
    """
    table = table if table.shape[0] >= table.shape[1] else table.T
    # The smallest rows last: few ways to fill them are left when partial tables are many.
    table = table[np.argsort(-table.sum(axis=1), kind="stable")]
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    # What the last column needs follows from the others.
    shape = tuple(int(total) + 1 for total in columns[:-1])
    if prod(shape) * max(_n_ways(int(total), len(columns)) for total in rows) > _MOST_STEPS:
        raise NotEstimable("too_many_tables")
    fillings = [_fillings(int(total), columns) for total in rows]
    longest, shortest, total = _completions(fillings, rows, shape)
    certain = float(special.gammaln(columns + 1).sum() - special.gammaln(columns.sum() + 1))
    observed = float((special.gammaln(rows + 1) - special.gammaln(table + 1).sum(axis=1)).sum()) + log1p(
        slack
    )

    p_value = 0.0
    needs, past, ways = np.array([columns[:-1]]), np.zeros(1), np.ones(1)
    for step in range(len(rows)):
        if len(past) * len(fillings[step][1]) > _MOST_STEPS:
            raise NotEstimable("too_many_tables")
        open_needs, open_past, open_ways = [], [], []
        for spread, log_weight in zip(*fillings[step], strict=True):
            left = needs - spread
            fits = (left >= 0).all(axis=1)
            left, so_far, count = left[fits], past[fits] + log_weight, ways[fits]
            at = tuple(left.T)
            best = longest[step + 1][at]
            # What the other rows cannot fill has no completion at all.
            settled = (best > -np.inf) & (so_far + best <= observed)
            p_value += float(count[settled] @ np.exp((so_far + total[step + 1][at])[settled] + certain))
            undecided = ~settled & (so_far + shortest[step + 1][at] <= observed)
            open_needs.append(left[undecided])
            open_past.append(so_far[undecided])
            open_ways.append(count[undecided])
        needs, past, ways = (np.concatenate(parts) for parts in (open_needs, open_past, open_ways))
        if not past.size:
            break
        needs, past, ways = _merged(needs, past, ways, shape)
    return min(1.0, p_value)


def _n_ways(total: int, n_columns: int) -> int:
    return int(special.comb(total + n_columns - 1, n_columns - 1, exact=True))


def _fillings(total: int, columns: NDArray[np.int64]) -> tuple[NDArray[np.int64], Floats]:
    """Every way to spread a row over the columns (the last left out), and its log multinomial coefficient."""
    ways = np.array(list(_spreads(total, columns)), dtype=np.int64)
    log_ways = special.gammaln(total + 1) - special.gammaln(ways + 1).sum(axis=1)
    return ways[:, :-1], log_ways


def _spreads(total: int, columns: NDArray[np.int64]) -> Iterator[tuple[int, ...]]:
    for head in product(*(range(min(total, int(most)) + 1) for most in columns[:-1])):
        rest = total - sum(head)
        if 0 <= rest <= columns[-1]:
            yield (*head, rest)


def _completions(
    fillings: list[tuple[NDArray[np.int64], Floats]], rows: NDArray[np.int64], shape: tuple[int, ...]
) -> tuple[list[Floats], list[Floats], list[Floats]]:
    """Of what is left at each step and state: largest and smallest log weight, and log of their sum."""
    longest, shortest = [np.full(shape, -np.inf)], [np.full(shape, np.inf)]
    longest[0][(0,) * len(shape)] = shortest[0][(0,) * len(shape)] = 0.0
    for ways, log_ways in reversed(fillings):
        most, least = np.full(shape, -np.inf), np.full(shape, np.inf)
        for way, log_way in zip(ways, log_ways, strict=True):
            to = tuple(slice(step, None) for step in way)
            rest = tuple(slice(0, size - step) for size, step in zip(shape, way, strict=True))
            np.maximum(most[to], longest[0][rest] + log_way, out=most[to])
            np.minimum(least[to], shortest[0][rest] + log_way, out=least[to])
        longest.insert(0, most)
        shortest.insert(0, least)
    left = [int(rows[step:].sum()) for step in range(len(rows) + 1)]
    grid = np.indices(shape)
    known = special.gammaln(grid + 1).sum(axis=0)
    last = [n - grid.sum(axis=0) for n in left]
    # Vandermonde: the weights of all completions add up to one multinomial coefficient.
    total = [
        special.gammaln(n + 1) - known - special.gammaln(np.maximum(need, 0) + 1)
        for n, need in zip(left, last, strict=True)
    ]
    return longest, shortest, total


def _merged(
    needs: NDArray[np.int64], past: Floats, ways: Floats, shape: tuple[int, ...]
) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Partial tables that no longer differ in what they need and how probable they are, taken together."""
    state = np.ravel_multi_index(tuple(needs.T), shape)
    order = np.lexsort((past, state))
    state, past, ways, needs = state[order], past[order], ways[order], needs[order]
    starts = np.flatnonzero(np.r_[True, (np.diff(state) != 0) | (np.diff(past) > 1e-11)])
    return needs[starts], past[starts], np.add.reduceat(ways, starts)
