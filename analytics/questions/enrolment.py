"""When the patients were enrolled, and how fast."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.questions.columns import Columns
from analytics.statistics import NotEstimable
from registry.dictionary.calendar import DAYS_IN_MONTH

Days = NDArray[np.datetime64]

RECENT = 365
"""Days up to the latest enrolment over which its pace is taken."""
PACE_NEEDED = 10
"""Patients enrolled in that time below which no pace is told."""
FARTHEST = 100 * 365
"""Days beyond which no date is foretold."""


@dataclass(frozen=True)
class Pace:
    """How many patients were enrolled lately."""

    latest: np.datetime64
    until: np.datetime64
    n: int
    days: int

    @property
    def per_month(self) -> float:
        """Patients a month."""
        return self.n / self.days * DAYS_IN_MONTH

    @property
    def through(self) -> str:
        """The month of the latest enrolment; its day would be a patient's."""
        return month_of(self.latest)

    def month_with(self, more: int, *, share: float) -> str | None:
        """The month by which so many more will be there, of whom a share can be used; None if far off.

        Counted from the last day that the data know of: nobody came between the latest one and then.
        """
        days = more / (self.n * share) * self.days
        return None if days > FARTHEST else month_of(self.until + np.timedelta64(int(np.ceil(days)), "D"))


def enrolled_on(columns: Columns) -> Days:
    """The day each patient was enrolled, NaT where unknown; refused where no day is known."""
    if "enrolled_on" not in columns.frame or columns.frame["enrolled_on"].isna().all():
        raise NotEstimable("no_enrolment_dates")
    days: Days = columns.frame["enrolled_on"].to_numpy(dtype="datetime64[s]").astype("datetime64[D]")
    return days


def known_until(columns: Columns) -> np.datetime64:
    """The last day that the data know anything of: the latest enrolment, or end of a follow-up since."""
    days = enrolled_on(columns)
    if "follow_up_months" in columns.frame:
        months = columns.frame["follow_up_months"].to_numpy(dtype=np.float64, na_value=np.nan)
        followed = np.floor(np.nan_to_num(months, posinf=0, neginf=0) * DAYS_IN_MONTH).astype(
            "timedelta64[D]"
        )
        days = days + followed
    latest: np.datetime64 = days[~np.isnat(days)].max()
    return latest


def pace(days: Days, until: np.datetime64) -> Pace:
    """The pace of enrolment over the year up to the latest one, or since the first if that is later.

    Refused where nobody was enrolled in the last year that the data know of: it has stopped, and a month
    foretold from it would lie in the past.
    """
    known = days[~np.isnat(days)]
    latest, span = known.max(), int((known.max() - known.min()).astype(int)) + 1
    if until - latest > np.timedelta64(RECENT, "D"):
        raise NotEstimable("enrolment_stopped")
    over = min(RECENT, span)
    n = int((known > latest - np.timedelta64(over, "D")).sum())
    if n < PACE_NEEDED:
        raise NotEstimable("enrolment_too_slow")
    return Pace(latest, until, n, over)


def month_of(day: np.datetime64) -> str:
    """A day's month, as 2024-01."""
    return str(day.astype("datetime64[M]"))
