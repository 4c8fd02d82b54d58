"""One measurement summarised exactly: how many patients of each class have each value."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import floor

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.statistics.errors import NotEstimable
from analytics.statistics.samples import Floats, Moments, Scale
from analytics.statistics.summaries.exact import LARGEST_CODE, Whole, places_of, scaled_by, times, values_of
from analytics.statistics.summaries.grid import Coded, decimals_in

Codes = NDArray[np.int64]

_DENSE_BELOW = 1 << 16
"""A table of this many cells is counted directly, however few the patients."""


@dataclass(frozen=True, eq=False)
class ValueCounts:
    """Patients by value and class: adds, subtracts and merges without error, in any order.

    Attributes
    ----------
    unit : int
        A code is the value times this, as in `Coded`.
    classes : tuple of str
        Groups or outcomes.
    codes : ndarray of shape (n_values,), int64
        Distinct values, ascending; Python's whole numbers where 64 bits do not hold them.
    counts : ndarray of shape (n_values, n_classes), int64
        Each row holds someone; one class after the other in memory.
    """

    unit: int
    classes: tuple[str, ...]
    codes: Whole
    counts: Codes

    @classmethod
    def of(cls, measurement: Coded, members: ArrayLike, classes: Sequence[str]) -> "ValueCounts":
        """Count a measurement.

        Parameters
        ----------
        measurement : Coded
            Of shape (n_patients,); missing values are left out.
        members : array_like of shape (n_patients,), int
            Position of each patient's class in `classes`; -1 for none.
        classes : sequence of str

        Returns
        -------
        ValueCounts

        Examples
        --------
        >>> table = ValueCounts.of(Coded.of([0.8, 0.9, 0.8], 1), [0, 1, 1], ["control", "MHD"])
        >>> table.codes, table.counts.tolist()
        (array([8, 9]), [[1, 1], [0, 1]])
        """
        codes, member = measurement.codes, np.asarray(members, dtype=np.int64)
        if measurement.is_missing.any() or (member.size and member.min() < 0):
            kept = ~measurement.is_missing & (member >= 0)
            codes, member = codes[kept], member[kept]
        return cls(
            measurement.unit, tuple(classes), *_counted(codes, member, len(classes), measurement.extent)
        )

    @classmethod
    def total(cls, tables: Sequence["ValueCounts"]) -> "ValueCounts":
        """The patients of several tables, at once.

        Parameters
        ----------
        tables : sequence of ValueCounts
            At least one.

        Returns
        -------
        ValueCounts

        Examples
        --------
        >>> one = ValueCounts.of(Coded.of([0.8, 0.9, 0.8], 1), [0, 1, 1], ["control", "MHD"])
        >>> ValueCounts.total([one, one]).counts.tolist()
        [[2, 2], [0, 2]]
        """
        if len(tables) == 1:
            return tables[0]
        unit, classes = _finest(tables), tables[0].classes
        codes = np.concatenate([table._codes_in(unit) for table in tables])
        if not codes.size:
            return cls(unit, classes, codes, tables[0].counts)
        counts = np.concatenate([table.counts for table in tables])
        lowest, highest = int(codes.min()), int(codes.max())
        if codes.dtype != object and highest - lowest < max(_DENSE_BELOW, 16 * codes.size):
            distinct, place = _ranked(codes - lowest, highest - lowest + 1)
            distinct += lowest
        else:
            distinct, place = np.unique(codes, return_inverse=True)
        # Counts are far below 2^53: their sums are exact in floats.
        summed = [np.bincount(place, weights=one, minlength=distinct.size) for one in counts.T]
        return cls(unit, classes, distinct, np.array(summed).astype(np.int64).T)

    def merge(self, other: "ValueCounts") -> "ValueCounts":
        """The patients of both tables; the finer of their grids holds them."""
        return self._combined(other, 1)

    def subtract(self, other: "ValueCounts") -> "ValueCounts":
        """The patients of this table without those of another; all of them must be in it."""
        return self._combined(other, -1)

    def _combined(self, other: "ValueCounts", sign: int) -> "ValueCounts":
        unit = _finest([self, other])
        codes, added = self._codes_in(unit), other._codes_in(unit)
        if added.dtype == object:
            codes = codes.astype(object)
        place = np.searchsorted(codes, added)
        new = np.ones(added.size, dtype=np.bool_)
        if codes.size:
            new = codes[np.minimum(place, codes.size - 1)] != added
        if new.any():
            counts = np.insert(self.counts.T, place[new], 0, axis=1).T
            codes = np.insert(codes, place[new], added[new])
            place = np.searchsorted(codes, added)
        else:
            counts = self.counts.copy(order="K")
        counts[place] += sign * other.counts
        if sign < 0:
            if (counts[place] < 0).any():
                raise ValueError("patients are subtracted who were never counted")
            kept = counts.any(axis=1)
            codes, counts = codes[kept], np.asfortranarray(counts[kept])
        return ValueCounts(unit, self.classes, codes, counts)

    def _codes_in(self, unit: int) -> Whole:
        """The codes on a grid that holds them."""
        if decimals_in(unit) is None and decimals_in(self.unit) is not None:
            # A decimal becomes the float that stands for it, as it does in a patient's own code.
            return scaled_by(self.values, unit.bit_length() - 1)
        codes = times(self.codes, unit // self.unit)
        if codes.dtype == object and decimals_in(unit) is not None:
            raise NotEstimable("overflow", decimals=decimals_in(unit))
        return codes

    @property
    def values(self) -> Floats:
        """Distinct values in their unit, ascending."""
        return values_of(self.codes, self.unit)

    @property
    def distances(self) -> Floats:
        """Distinct values from the origin, on `scale`."""
        return values_of(self.codes - self.origin, self.unit)

    @property
    def origin(self) -> int:
        """A code near all others, to count from."""
        return int(self.codes[0]) if self.codes.size else 0

    @property
    def scale(self) -> Scale:
        """From the origin, in the measurement's unit: the scale of `moments`."""
        return Scale(self.origin / self.unit, 1.0)

    def of_class(self, name: str) -> Codes:
        """How many of one class have each value."""
        return self.counts[:, self.classes.index(name)]

    def moments(self, counts: Codes) -> Moments:
        """Moments of patients with these counts: sums in whole numbers, rounded once.

        Parameters
        ----------
        counts : ndarray of shape (n_values,), int64

        Returns
        -------
        Moments
            On `scale`.
        """
        return self._moments(*self._sums(counts[:, None])[0])

    def moments_of(self, *classes: str) -> Moments:
        """Moments of the patients of some classes, as `moments` gives them."""
        sums = [self._class_sums[self.classes.index(name)] for name in classes]
        return self._moments(*(sum(column) for column in zip(*sums, strict=True)))

    @cached_property
    def _class_sums(self) -> list[tuple[int, int, int]]:
        return self._sums(self.counts)

    def _moments(self, n: int, sum_: int, squares: int) -> Moments:
        if n == 0:
            return Moments(0, 0.0, 0.0)
        return Moments(n, sum_ / (n * self.unit), (n * squares - sum_**2) / (n * self.unit**2))

    def _sums(self, counts: Codes) -> list[tuple[int, int, int]]:
        """For each column: patients, sum and sum of squares of the codes, counted from the origin."""
        shifted, n = self.codes - self.origin, counts.sum(axis=0)
        if self.codes.size and int(shifted[-1]) ** 2 * int(n.max()) >= LARGEST_CODE:
            # Whole numbers of any size, where 64 bits would overflow.
            shifted, counts = shifted.astype(object), counts.astype(object)
        weighted = counts.T * shifted
        sums, squares = weighted.sum(axis=1), weighted @ shifted
        return [(int(a), int(b), int(c)) for a, b, c in zip(n, sums, squares, strict=True)]

    def quantile(self, counts: Codes, share: float) -> float:
        """Quantile of type 7 of patients with these counts, at least one."""
        return self.quantiles(counts, (share,))[0]

    def quantiles(self, counts: Codes, shares: Sequence[float]) -> tuple[float, ...]:
        """Several quantiles of type 7 of the same patients, at least one."""
        reached = np.cumsum(counts)
        n = int(reached[-1]) if reached.size else 0
        if n == 0:
            raise NotEstimable("too_few", n=0, needed=1)
        positions = [(n - 1) * share for share in shares]
        lower = [floor(position) for position in positions]
        upper = [min(k + 1, n - 1) for k in lower]
        low, high = self.codes[np.searchsorted(reached, [lower, upper], side="right")].tolist()
        return tuple(
            float((a + (position - k) * (b - a)) / self.unit)
            for a, b, position, k in zip(low, high, positions, lower, strict=True)
        )


def _finest(tables: Sequence[ValueCounts]) -> int:
    """The coarsest grid that holds all tables."""
    if any(table.classes != tables[0].classes for table in tables):
        raise ValueError("the tables differ in classes")
    if all(decimals_in(table.unit) is not None for table in tables):
        return max(table.unit for table in tables)
    return max(
        table.unit if decimals_in(table.unit) is None else int(2 ** places_of(table.values))
        for table in tables
    )


def _ranked(codes: Codes, span: int) -> tuple[Codes, NDArray[np.intp]]:
    """Distinct codes from 0 up to a span, ascending, and the place of each code among them: no sorting."""
    is_held = np.zeros(span, dtype=np.bool_)
    is_held[codes] = True
    distinct = np.flatnonzero(is_held)
    rank = np.empty(span, dtype=np.intp)
    rank[distinct] = np.arange(distinct.size)
    return distinct, rank[codes]


def _counted(codes: Whole, member: Codes, n_classes: int, extent: tuple[int, int]) -> tuple[Whole, Codes]:
    if not codes.size:
        return codes, np.zeros((0, n_classes), dtype=np.int64)
    lowest = extent[0]
    span = extent[1] - lowest + 1
    if span * n_classes <= max(_DENSE_BELOW, 8 * codes.size):
        cells = member * span
        cells += codes
        cells -= lowest
        counts = np.bincount(cells, minlength=span * n_classes).reshape(n_classes, span)
        seen = np.flatnonzero(counts.any(axis=0))
        return seen + lowest, counts.take(seen, axis=1).T
    distinct, position = np.unique(codes, return_inverse=True)
    cells = np.bincount(member * distinct.size + position, minlength=distinct.size * n_classes)
    return distinct, cells.reshape(n_classes, distinct.size).T
