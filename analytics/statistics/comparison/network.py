"""The exact p-value of a table larger than 2 x 2, by Mehta and Patel's network."""

from collections.abc import Iterator
from math import log1p, prod

import numpy as np
from numpy.typing import NDArray
from scipy import special

from analytics.statistics.errors import NotEstimable
from analytics.statistics.samples import Floats

_MOST_STEPS = 200_000_000
"""Partial tables times ways to fill a row; beyond this the exact p is given up."""

_MOST_WAYS = 2_000_000
"""Ways to fill one row, which are listed."""


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
    table = min(_arranged(table), _arranged(table.T), key=_n_steps)
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    if _n_steps(table) > _MOST_STEPS or max(_n_ways(int(each), columns) for each in rows) > _MOST_WAYS:
        raise NotEstimable("too_many_tables")
    fillings = [_fillings(int(total), columns) for total in rows]
    sizes = _sizes(rows, columns)
    longest, shortest, total = _completions(fillings, rows, sizes)
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
        for left, so_far, count in _extended(needs, past, ways, *fillings[step]):
            fits = ((left >= 0) & (left < sizes[step])).all(axis=1)
            left, so_far, count = left[fits], so_far[fits], count[fits]
            at = tuple(left.T)
            best = longest[step][at]
            # What the other rows cannot fill has no completion at all.
            settled = (best > -np.inf) & (so_far + best <= observed)
            p_value += float(count[settled] @ np.exp((so_far + total[step][at])[settled] + certain))
            undecided = ~settled & (so_far + shortest[step][at] <= observed)
            open_needs.append(left[undecided])
            open_past.append(so_far[undecided])
            open_ways.append(count[undecided])
        needs, past, ways = (np.concatenate(parts) for parts in (open_needs, open_past, open_ways))
        if not past.size:
            break
        needs, past, ways = _merged(needs, past, ways, sizes[step])
    return min(1.0, p_value)


def _arranged(table: NDArray[np.int64]) -> NDArray[np.int64]:
    """The smallest rows last, when partial tables are many; the largest column last, for it is implied."""
    rows = np.argsort(-table.sum(axis=1), kind="stable")
    return table[rows][:, np.argsort(table.sum(axis=0), kind="stable")]


def _sizes(rows: NDArray[np.int64], columns: NDArray[np.int64]) -> list[tuple[int, ...]]:
    """After each row: one more than each column but the last can still need."""
    left = [int(rows[step + 1 :].sum()) for step in range(len(rows))]
    return [tuple(min(int(total), rest) + 1 for total in columns[:-1]) for rest in left]


def _n_steps(table: NDArray[np.int64]) -> int:
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    states = [1, *(prod(size) for size in _sizes(rows, columns)[1:])]
    return sum(count * _n_ways(int(total), columns) for count, total in zip(states, rows, strict=True))


def _n_ways(total: int, columns: NDArray[np.int64]) -> int:
    """At most as many ways to spread a row over the columns."""
    free = len(columns) - 1
    each = prod(min(total, int(most)) + 1 for most in columns[:-1])
    return min(each, int(special.comb(total + free, free, exact=True)))


def _fillings(total: int, columns: NDArray[np.int64]) -> tuple[NDArray[np.int64], Floats]:
    """Every way to spread a row over the columns (the last left out), and its log multinomial coefficient."""
    ways, rest = np.zeros((1, 0), dtype=np.int64), np.array([total])
    for most in columns[:-1]:
        choices = np.minimum(rest, most) + 1
        chosen = np.arange(choices.sum()) - np.repeat(np.cumsum(choices) - choices, choices)
        ways, rest = np.c_[np.repeat(ways, choices, axis=0), chosen], np.repeat(rest, choices) - chosen
    fits = rest <= columns[-1]
    ways, rest = ways[fits], rest[fits]
    return ways, special.gammaln(total + 1) - special.gammaln(np.c_[ways, rest] + 1).sum(axis=1)


def _extended(
    needs: NDArray[np.int64], past: Floats, ways: Floats, spreads: NDArray[np.int64], log_weights: Floats
) -> Iterator[tuple[NDArray[np.int64], Floats, Floats]]:
    """Each partial table with each way to fill the row, in parcels as long as the longer of the two."""
    if len(past) < len(log_weights):
        for need, so_far, count in zip(needs, past, ways, strict=True):
            yield need - spreads, so_far + log_weights, np.full(len(log_weights), count)
    else:
        for spread, log_weight in zip(spreads, log_weights, strict=True):
            yield needs - spread, past + log_weight, ways


def _completions(
    fillings: list[tuple[NDArray[np.int64], Floats]],
    rows: NDArray[np.int64],
    sizes: list[tuple[int, ...]],
) -> tuple[list[Floats], list[Floats], list[Floats]]:
    """Of what is left after each row, by state: largest and smallest log weight, and log of their sum."""
    longest, shortest = [np.zeros(sizes[-1])], [np.zeros(sizes[-1])]
    for size, (ways, log_ways) in zip(reversed(sizes[:-1]), reversed(fillings[1:]), strict=True):
        most, least = np.full(size, -np.inf), np.full(size, np.inf)
        reach = longest[0].shape
        for way, log_way in zip(ways.tolist(), log_ways, strict=True):
            ends = [min(each, step + further) for each, step, further in zip(size, way, reach, strict=True)]
            to = tuple(slice(step, end) for step, end in zip(way, ends, strict=True))
            rest = tuple(slice(0, max(0, end - step)) for step, end in zip(way, ends, strict=True))
            np.maximum(most[to], longest[0][rest] + log_way, out=most[to])
            np.minimum(least[to], shortest[0][rest] + log_way, out=least[to])
        longest.insert(0, most)
        shortest.insert(0, least)
    total = []
    for step, size in enumerate(sizes):
        grid, n = np.indices(size), int(rows[step + 1 :].sum())
        last = np.maximum(n - grid.sum(axis=0), 0)
        # Vandermonde: the weights of all completions add up to one multinomial coefficient.
        total.append(
            special.gammaln(n + 1) - special.gammaln(grid + 1).sum(axis=0) - special.gammaln(last + 1)
        )
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
