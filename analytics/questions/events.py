"""How many patients with and without an outcome an analysis of it takes."""

import numpy as np
from numpy.typing import NDArray

from analytics.plan import EVENTS_NEEDED
from analytics.statistics import NotEstimable


def require_events(occurred: NDArray[np.bool_]) -> None:
    """Refuse where fewer have the outcome, or are without it, than an analysis takes."""
    n_events = int(occurred.sum())
    n_others = occurred.size - n_events
    if min(n_events, n_others) < EVENTS_NEEDED:
        raise NotEstimable("too_few_events", n_events=n_events, n_others=n_others, needed=EVENTS_NEEDED)
