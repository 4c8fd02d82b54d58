"""One measurement summarised exactly: how many patients of each class have each value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.statistics.errors import NotEstimable
from analytics.statistics.samples import Floats, Moments, Scale
from analytics.statistics.summaries.grid import Coded

Codes = NDArray[np.int64]

_DENSE_BELOW = 1 << 16
"""A table of this many cells is counted directly, however few the patients."""
_INT64 = 2**62


@dataclass(frozen=True, eq=False)
class ValueCounts:
    """Patients by value and class: adds, subtracts and merges without error, in any order.

    Attributes
    ----------
    decimals : int
        A code is the value times ten to this power.
    classes : tuple of str
        Groups or outcomes.
    codes : ndarray of shape (n_values,), int64
        Distinct values, ascending.
    counts : ndarray of shape (n_values, n_classes), int64
        Each row holds someone.
    """

    decimals: int
    classes: tuple[str, ...]
    codes: Codes
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
            measurement.decimals, tuple(classes), *_counted(codes, member, len(classes), measurement.extent)
        )

    def merge(self, other: "ValueCounts") -> "ValueCounts":
        """The patients of both tables."""
        return self._combined(other, 1)

    def subtract(self, other: "ValueCounts") -> "ValueCounts":
        """The patients of this table without those of another; all of them must be in it."""
        return self._combined(other, -1)

    def _combined(self, other: "ValueCounts", sign: int) -> "ValueCounts":
        if (self.decimals, self.classes) != (other.decimals, other.classes):
            raise ValueError("the tables differ in decimals or classes")
        codes, position = np.unique(np.concatenate([self.codes, other.codes]), return_inverse=True)
        counts = np.zeros((len(codes), len(self.classes)), dtype=np.int64)
        counts[position[: len(self.codes)]] = self.counts
        counts[position[len(self.codes) :]] += sign * other.counts
        if (counts < 0).any():
            raise ValueError("patients are subtracted who were never counted")
        kept = counts.any(axis=1)
        return ValueCounts(self.decimals, self.classes, codes[kept], counts[kept])

    def regrouped(self, groups: Mapping[str, Sequence[str]]) -> "ValueCounts":
        """The same patients in other classes, each made of some of these.

        Examples
        --------
        >>> table = ValueCounts.of(Coded.of([1.0, 2.0, 1.0], 0), [0, 1, 2], ["control", "alive", "dead"])
        >>> table.regrouped({"MHD": ["alive", "dead"], "control": ["control"]}).counts.tolist()
        [[1, 1], [1, 0]]
        """
        counts = np.column_stack([sum(self.of_class(one) for one in parts) for parts in groups.values()])
        kept = counts.any(axis=1)
        return ValueCounts(self.decimals, tuple(groups), self.codes[kept], counts[kept])

    @property
    def values(self) -> Floats:
        """Distinct values in their unit, ascending."""
        return self.codes / 10.0**self.decimals

    @property
    def origin(self) -> int:
        """A code near all others, to count from."""
        return int(self.codes[0]) if self.codes.size else 0

    @property
    def scale(self) -> Scale:
        """From the origin, in the measurement's unit: the scale of `moments`."""
        return Scale(self.origin / 10**self.decimals, 1.0)

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
        n = int(counts.sum())
        if n == 0:
            return Moments(0, 0.0, 0.0)
        sum_, squares = self._sums(counts)
        unit = 10**self.decimals
        return Moments(n, sum_ / (n * unit), (n * squares - sum_**2) / (n * unit**2))

    def _sums(self, counts: Codes) -> tuple[int, int]:
        """Sum and sum of squares of the codes, counted from the origin."""
        shifted = self.codes - self.origin
        if int(shifted[-1]) ** 2 * int(counts.sum()) < _INT64:
            weighted = counts * shifted
            return int(weighted.sum()), int(weighted @ shifted)
        # Whole numbers of any size, where 64 bits would overflow.
        weighted = counts.astype(object) * shifted.astype(object)
        return int(weighted.sum()), int((weighted * shifted.astype(object)).sum())

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
        unit = 10**self.decimals
        return tuple(
            float((a + (position - k) * (b - a)) / unit)
            for a, b, position, k in zip(low, high, positions, lower, strict=True)
        )


def _counted(codes: Codes, member: Codes, n_classes: int, extent: tuple[int, int]) -> tuple[Codes, Codes]:
    if not codes.size:
        return codes, np.zeros((0, n_classes), dtype=np.int64)
    lowest = extent[0]
    span = extent[1] - lowest + 1
    if span * n_classes <= max(_DENSE_BELOW, 4 * codes.size):
        cells = codes - lowest
        cells *= n_classes
        cells += member
        counts = np.bincount(cells, minlength=span * n_classes).reshape(span, n_classes)
        seen = np.flatnonzero(counts.any(axis=1))
        return seen + lowest, counts[seen].astype(np.int64)
    distinct, position = np.unique(codes, return_inverse=True)
    cells = np.bincount(position * n_classes + member, minlength=len(distinct) * n_classes)
    return distinct, cells.reshape(len(distinct), n_classes).astype(np.int64)
