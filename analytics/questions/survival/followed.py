"""Patients followed to an outcome: how long, and how it ended."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.questions.columns import Floats

CENSORED, EVENT, COMPETING = 0, 1, 2


@dataclass(frozen=True, eq=False)
class Followed:
    """Follow-up in months, and whether it ended by the event, by a competing one, or neither.

    Attributes
    ----------
    time : ndarray of shape (n_patients,)
    status : ndarray of shape (n_patients,)
        1 for the event, 2 for a competing one, 0 for neither.
    """

    time: Floats
    status: Floats

    def only(self, rows: NDArray[np.bool_]) -> "Followed":
        """Some of the patients."""
        return Followed(self.time[rows], self.status[rows])

    @property
    def n(self) -> int:
        return int(self.time.size)

    @property
    def n_events(self) -> int:
        return int(self.occurred.sum())

    @property
    def n_competing(self) -> int:
        return int((self.status == COMPETING).sum())

    @property
    def has_competing(self) -> bool:
        return self.n_competing > 0

    @property
    def occurred(self) -> NDArray[np.bool_]:
        """Who had the event."""
        return self.status == EVENT

    @property
    def ended(self) -> NDArray[np.bool_]:
        """Who had the event or a competing one."""
        return self.status != CENSORED

    @property
    def last(self) -> float:
        """The longest follow-up; nothing is known after it."""
        return float(self.time.max())

    def counts(self) -> dict[str, Any]:
        """How many there are, and how their follow-up ended."""
        return {"n": self.n, "n_events": self.n_events, "n_competing": self.n_competing}
