import numpy as np

from analytics.statistics.brier import brier


def test_from_perfect_to_always_wrong() -> None:
    outcome = np.array([True, False, True])
    assert brier(outcome, outcome.astype(float)) == 0
    assert brier(outcome, 1.0 - outcome) == 1
    assert brier(outcome, np.full(3, 0.5)) == 0.25
