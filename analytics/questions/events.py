"""How many patients with and without an outcome an analysis of it takes."""

import numpy as np
from numpy.typing import NDArray

from analytics.plan import EVENTS_NEEDED
from analytics.statistics import NotEstimable


def require_events(occurred: NDArray[np.bool_]) -> None:
    """Refuse where fewer have the outcome, or are without it, than an analysis takes."""
    n_events = int(occurred.sum())
    require_number_of_events(n_events, occurred.size)
    if occurred.size - n_events < EVENTS_NEEDED:
        raise _too_few(n_events, occurred.size)


def require_number_of_events(n_events: int, n: int) -> None:
    """Refuse where fewer of `n` have the outcome than an analysis over time takes; all of them may."""
    if n_events < EVENTS_NEEDED:
        raise _too_few(n_events, n)


def _too_few(n_events: int, n: int) -> NotEstimable:
    return NotEstimable("too_few_events", n_events=n_events, n_others=n - n_events, needed=EVENTS_NEEDED)
