"""One measurement summarised exactly: how many patients of each class have each value."""

from collections.abc import Sequence
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
        kept = ~measurement.is_missing & (member >= 0)
        if not kept.all():
            codes, member = codes[kept], member[kept]
        return cls(measurement.decimals, tuple(classes), *_counted(codes, member, len(classes)))

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
        n = int(counts.sum())
        if n == 0:
            raise NotEstimable("too_few", n=0, needed=1)
        position = (n - 1) * share
        below = floor(position)
        reached = np.cumsum(counts)
        low, high = (
            int(self.codes[np.searchsorted(reached, k, side="right")]) for k in (below, min(below + 1, n - 1))
        )
        return float((low + (position - below) * (high - low)) / 10**self.decimals)


def _counted(codes: Codes, member: Codes, n_classes: int) -> tuple[Codes, Codes]:
    if not codes.size:
        return codes, np.zeros((0, n_classes), dtype=np.int64)
    lowest = int(codes.min())
    span = int(codes.max()) - lowest + 1
    if span * n_classes <= max(_DENSE_BELOW, 4 * codes.size):
        cells = np.bincount((codes - lowest) * n_classes + member, minlength=span * n_classes)
        counts = cells.reshape(span, n_classes)
        seen = np.flatnonzero(counts.any(axis=1))
        return seen + lowest, counts[seen].astype(np.int64)
    distinct, position = np.unique(codes, return_inverse=True)
    cells = np.bincount(position * n_classes + member, minlength=len(distinct) * n_classes)
    return distinct, cells.reshape(len(distinct), n_classes).astype(np.int64)
