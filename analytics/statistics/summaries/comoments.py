"""Several measurements summarised exactly: counts, sums and products of whole numbers for every pair."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from math import copysign, lcm, sqrt

import numpy as np
from numpy.typing import NDArray

from analytics.statistics.correlation.matrix import CorrelationMatrix, as_family
from analytics.statistics.correlation.pair import Correlation, tested
from analytics.statistics.errors import NotEstimable, attempt
from analytics.statistics.samples import Floats
from analytics.statistics.summaries.exact import Whole
from analytics.statistics.summaries.grid import Coded

Sums = NDArray[np.object_]
"""Whole numbers of any size."""

_LIMB = 16
"""Bits of a code that go into one column: products of two, over one block, stay exact in a float."""
_BLOCK = 1 << 14


@dataclass(frozen=True, eq=False)
class CoMoments:
    """Sums over the patients who have both of two measurements, for every pair: exact, in any order.

    Attributes
    ----------
    units : dict of str to int
        For each measurement; a code is the value times this, as in `Coded`.
    n : ndarray of shape (k, k), of int
        Patients with both.
    sums : ndarray of shape (k, k), of int
        At [i, j] the sum of i over the patients with i and j.
    squares : ndarray of shape (k, k), of int
        At [i, j] the sum of squares of i over the patients with i and j.
    products : ndarray of shape (k, k), of int
        Sum of the products of i and j.
    """

    units: dict[str, int]
    n: Sums = field(repr=False)
    sums: Sums = field(repr=False)
    squares: Sums = field(repr=False)
    products: Sums = field(repr=False)

    @classmethod
    def of(cls, measurements: Mapping[str, Coded]) -> "CoMoments":
        """Sum several measurements of the same patients.

        Parameters
        ----------
        measurements : mapping of str to Coded
            Each of shape (n_patients,).

        Returns
        -------
        CoMoments

        Examples
        --------
        >>> state = CoMoments.of({"mg": Coded.of([0.8, 0.9], 1), "p": Coded.of([2.0, 1.9], 1)})
        >>> state.products[0, 1], state.n[0, 1]
        (331, 2)
        """
        coded = measurements.values()
        n, sums, squares, products = _summed(list(coded))
        return cls({name: one.unit for name, one in measurements.items()}, n, sums, squares, products)

    def merge(self, other: "CoMoments") -> "CoMoments":
        """The patients of both; the finer grid of each measurement holds them."""
        one, other = self._beside(other)
        return CoMoments(
            one.units,
            one.n + other.n,
            one.sums + other.sums,
            one.squares + other.squares,
            one.products + other.products,
        )

    def subtract(self, other: "CoMoments") -> "CoMoments":
        """These patients without those of another summary, all of whom must be in this one."""
        one, other = self._beside(other)
        if (one.n < other.n).any():
            raise ValueError("patients are subtracted who were never summed")
        return CoMoments(
            one.units,
            one.n - other.n,
            one.sums - other.sums,
            one.squares - other.squares,
            one.products - other.products,
        )

    def _beside(self, other: "CoMoments") -> tuple["CoMoments", "CoMoments"]:
        """Both on the coarsest grids that hold them."""
        if list(self.units) != list(other.units):
            raise ValueError("the summaries differ in measurements")
        units = {name: lcm(unit, other.units[name]) for name, unit in self.units.items()}
        return self._in(units), other._in(units)

    def _in(self, units: dict[str, int]) -> "CoMoments":
        if units == self.units:
            return self
        factor = np.array([units[name] // unit for name, unit in self.units.items()], dtype=object)
        return CoMoments(
            units,
            self.n,
            self.sums * factor[:, None],
            self.squares * factor[:, None] ** 2,
            self.products * np.outer(factor, factor),
        )

    def correlations(self, *, level: float = 0.95) -> CorrelationMatrix:
        """Pearson's correlation of every pair, on each pair's own patients.

        Parameters
        ----------
        level : float
            Coverage of the intervals.

        Returns
        -------
        CorrelationMatrix
            As `correlation_matrix` gives it, rounded once.
        """
        names = list(self.units)
        spread = self.n * self.squares - self.sums * self.sums

        def pair(i: int, j: int) -> Correlation:
            n = int(self.n[i, j])
            if n < 3:
                raise NotEstimable("too_few", n=n, needed=3)
            for variable, varies in ((names[i], spread[i, j]), (names[j], spread[j, i])):
                if not varies:
                    raise NotEstimable("constant", variable=variable)
            shared = int(n * self.products[i, j] - self.sums[i, j] * self.sums[j, i])
            # Python divides whole numbers of any size with one rounding.
            square = shared**2 / (int(spread[i, j]) * int(spread[j, i]))
            return tested(copysign(sqrt(square), shared), n, "pearson", level)

        return as_family(
            {name: int(self.n[i, i]) for i, name in enumerate(names)},
            {name: not spread[i, i] for i, name in enumerate(names)},
            {
                (names[i], names[j]): (int(self.n[i, j]), attempt(pair, i, j))
                for i, j in combinations(range(len(names)), 2)
            },
            "pearson",
            "pairwise",
        )


def _summed(measurements: Sequence[Coded]) -> tuple[Sums, Sums, Sums, Sums]:
    """Counts, sums, squares and products, block by block in floats that hold every partial sum exactly."""
    codes, gaps = [one.codes for one in measurements], [one.is_missing for one in measurements]
    k, n = len(codes), len(codes[0]) if codes else 0
    has_gaps = any(gap.any() for gap in gaps)
    limbs = [_n_limbs(one) for one in measurements]
    # A code is the sum of its limbs times powers of two; so are the sums of their products.
    weights = [np.array([1 << _LIMB * place for place in range(count)], dtype=object) for count in limbs]
    ends = np.cumsum(limbs)
    starts, n_limbs = ends - limbs, int(ends[-1]) if k else 0
    # Without a gap the squares are on the diagonal of the products.
    first, second = _pairs_within(limbs if has_gaps else [])
    n_squares = len(first)
    seen = slice(n_limbs + n_squares, n_limbs + n_squares + (k if has_gaps else 1))
    total = np.zeros((seen.stop, seen.stop), dtype=np.int64)
    buffer = np.ones((seen.stop, min(n, _BLOCK)))
    for begin in range(0, n, _BLOCK):
        rows = slice(begin, begin + _BLOCK)
        block = buffer[:, : len(codes[0][rows])]
        for column, start, count in zip(codes, starts, limbs, strict=True):
            _put_limbs(column[rows], block[start : start + count])
        if has_gaps:
            np.multiply(block[first], block[second], out=block[n_limbs : seen.start])
            block[seen] = [~gap[rows] for gap in gaps]
        # Unlike `@`, `dot` of so narrow a matrix lets go of the interpreter.
        crossed = block.dot(block.T)
        # Squares times squares are not exact, nor wanted.
        crossed[n_limbs : seen.start, n_limbs : seen.start] = 0
        total += crossed.astype(np.int64)
    products, sums = total[:n_limbs, :n_limbs], total[:n_limbs, seen]
    squares, counts = total[n_limbs : seen.start, seen], total[seen, seen]
    product = _joined(_joined(products, weights).T, weights)
    sum_ = _joined(sums, weights)
    if has_gaps:
        doubled = [_doubled(weight) for weight in weights]
        return counts.astype(object), sum_, _joined(squares, doubled), product
    return (
        np.full((k, k), n, dtype=object),
        np.tile(sum_, k),
        np.tile(product.diagonal()[:, None], k),
        product,
    )


def _n_limbs(measurement: Coded) -> int:
    largest = max(abs(code) for code in measurement.extent)
    return max(1, -(-largest.bit_length() // _LIMB))


def _put_limbs(column: Whole, limbs: Floats) -> None:
    """Write the limbs of each code, lowest first, one a row; only the highest has a sign."""
    highest = len(limbs) - 1
    for place in range(highest):
        limbs[place] = (column >> _LIMB * place) & ((1 << _LIMB) - 1)
    limbs[highest] = column >> _LIMB * highest if highest else column


def _pairs_within(limbs: Sequence[int]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows of every two limbs of one column, as `_doubled` weighs them."""
    starts = np.cumsum(limbs) - limbs
    pairs = [np.triu_indices(count) for count in limbs]
    first = [start + pair[0] for start, pair in zip(starts, pairs, strict=True)]
    second = [start + pair[1] for start, pair in zip(starts, pairs, strict=True)]
    none = [np.zeros(0, dtype=np.intp)]
    return np.concatenate(none + first), np.concatenate(none + second)


def _doubled(weight: Sums) -> Sums:
    """Weights of the products of two limbs in the square of a code."""
    first, second = np.triu_indices(len(weight))
    return np.array(
        [weight[i] * weight[j] * (1 if i == j else 2) for i, j in zip(first, second, strict=True)],
        dtype=object,
    )


def _joined(sums: NDArray[np.int64] | Sums, weights: Sequence[Sums]) -> Sums:
    """Sums over limbs put together to sums over codes, along the first axis."""
    ends = np.cumsum([len(weight) for weight in weights])[:-1]
    parts = np.split(sums.astype(object), ends)
    return np.array([weight @ part for weight, part in zip(weights, parts, strict=True)], dtype=object)
