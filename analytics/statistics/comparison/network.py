"""The exact p-value of a table larger than 2 x 2, by Mehta and Patel's network."""

from collections.abc import Iterator
from itertools import product
from math import log1p, prod

import numpy as np
from numpy.typing import NDArray
from scipy import special

from analytics.statistics.errors import NotEstimable
from analytics.statistics.samples import Floats

_MOST_STEPS = 50_000_000
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
    needs = np.array([columns[:-1]])
    past, ways = np.zeros(1), np.ones(1)
    for step in range(len(rows) + 1):
        at = tuple(needs.T)
        settled = past + longest[step][at] <= observed
        p_value += float((ways * np.exp(past + total[step][at] + certain))[settled].sum())
        open_ = ~settled & (past + shortest[step][at] <= observed)
        if not open_.any():
            break
        needs, past, ways = _extend(needs[open_], past[open_], ways[open_], fillings[step], longest[step + 1])
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


def _extend(
    needs: NDArray[np.int64],
    past: Floats,
    ways: Floats,
    filling: tuple[NDArray[np.int64], Floats],
    reachable: Floats,
) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Fill one more row of every partial table, and merge those that no longer differ."""
    spreads, log_weights = filling
    if len(past) * len(spreads) > _MOST_STEPS:
        raise NotEstimable("too_many_tables")
    found_needs, found_past, found_ways = [], [], []
    for spread, log_weight in zip(spreads, log_weights, strict=True):
        left = needs - spread
        fits = (left >= 0).all(axis=1)
        fits[fits] = np.isfinite(reachable[tuple(left[fits].T)])
        found_needs.append(left[fits])
        found_past.append(past[fits] + log_weight)
        found_ways.append(ways[fits])
    left, logs, counts = np.concatenate(found_needs), np.concatenate(found_past), np.concatenate(found_ways)
    state = np.ravel_multi_index(tuple(left.T), reachable.shape)
    order = np.lexsort((logs, state))
    state, logs, counts, left = state[order], logs[order], counts[order], left[order]
    starts = np.flatnonzero(np.r_[True, (np.diff(state) != 0) | (np.diff(logs) > 1e-11)])
    return left[starts], logs[starts], np.add.reduceat(counts, starts)
