"""Small cohorts to follow, with tied times, censoring and competing events."""

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

TIMES = st.integers(4, 30).flatmap(
    lambda n: st.tuples(
        arrays(float, n, elements=st.integers(0, 9).map(float)), arrays(int, n, elements=st.integers(0, 1))
    )
)
"""Times and events with many ties; sometimes no event at all."""


@dataclass(frozen=True)
class FollowedUp:
    time: np.ndarray
    event: np.ndarray
    status: np.ndarray
    x: np.ndarray
    group: np.ndarray


def followed_up(seed: int, n: int = 60, *, tied: bool = True) -> FollowedUp:
    """A cohort whose two covariates matter; status 2 is a competing event."""
    rng = np.random.default_rng(seed)
    x = np.column_stack([rng.normal(size=n), rng.integers(0, 2, n)])
    hazard = np.exp(0.7 * x[:, 0] - 0.4 * x[:, 1])
    event_time, other, censored = rng.exponential(10 / hazard), rng.exponential(20, n), rng.exponential(25, n)
    time = np.minimum(np.minimum(event_time, other), censored)
    status = np.where(time == event_time, 1, np.where(time == other, 2, 0))
    if tied:
        time = np.ceil(time)
    return FollowedUp(time, (status == 1).astype(int), status, x, rng.integers(0, 2, n))
