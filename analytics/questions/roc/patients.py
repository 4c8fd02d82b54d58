"""The patients a curve is drawn of."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.questions.columns import Columns, Floats
from analytics.questions.events import require_events
from analytics.statistics import NotEstimable


@dataclass(frozen=True, eq=False)
class Patients:
    """Complete cases in an order of their values alone, so that resamples do not hang on the table's.

    Attributes
    ----------
    rows : ndarray of shape (n,), int
        Their positions in the population.
    occurred : ndarray of shape (n,), bool
        Whether each had the outcome.
    markers : dict of str to ndarray of shape (n,)
        In the variables' units.
    n_missing : int
        Patients left out for a missing value.
    refused : dict of str to NotEstimable
        Why some markers cannot be computed with; those are NaN throughout.
    """

    rows: NDArray[np.intp]
    occurred: NDArray[np.bool_]
    markers: dict[str, Floats]
    n_missing: int
    refused: dict[str, NotEstimable]

    @classmethod
    def with_all(cls, columns: Columns, outcome: str, markers: list[str]) -> "Patients":
        """Those whose outcome and markers are all known."""
        rows = np.flatnonzero(columns.complete([outcome, *markers]))
        occurred = columns.numbers(outcome)[rows] == 1
        read = {marker: columns.read(marker) for marker in markers}
        values = {marker: measured[rows] for marker, (measured, _why) in read.items()}
        order = np.lexsort((occurred, *values.values()))
        return cls(
            rows[order],
            occurred[order],
            {marker: value[order] for marker, value in values.items()},
            columns.n - rows.size,
            {marker: why for marker, (_measured, why) in read.items() if why is not None},
        )

    def require(self, *markers: str) -> None:
        """Refuse markers that cannot be computed with, and too few with or without the outcome."""
        for marker in markers:
            if marker in self.refused:
                raise self.refused[marker]
        require_events(self.occurred)

    @property
    def n(self) -> int:
        """How many they are."""
        return int(self.rows.size)

    @property
    def n_events(self) -> int:
        """How many of them had the outcome."""
        return int(self.occurred.sum())
