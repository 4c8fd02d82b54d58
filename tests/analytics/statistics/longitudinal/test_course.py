"""The mean course: of each patient the nearest measurement, described as any sample is."""

import numpy as np
import pytest
from scipy import stats

from analytics.statistics import NotEstimable
from analytics.statistics.longitudinal.course import mean_course

Measured = list[tuple[int, float, float]]


def by_hand(measured: Measured, at: float, window: float) -> list[float]:
    """The nearest value of each patient, one by one; the earlier of two as near, the mean of one time's."""
    found = []
    for who in sorted({patient for patient, _when, _what in measured}):
        near = [(abs(when - at), when) for patient, when, _what in measured if patient == who]
        distance, nearest = min(near)
        if distance <= window:
            same = [what for patient, when, what in measured if (patient, when) == (who, nearest)]
            found.append(sum(same) / len(same))
    return found


@pytest.mark.parametrize("seed", range(5))
def test_as_done_by_hand(seed: int) -> None:
    rng = np.random.default_rng(seed)
    columns = (rng.integers(0, 12, 80), rng.uniform(0, 12, 80).round(1), rng.normal(1.8, 0.4, 80))
    patient, time, value = (column.tolist() for column in columns)
    for found in mean_course(patient, time, value, at=[0, 3, 9], window=1.5):
        expected = by_hand(list(zip(patient, time, value, strict=True)), found.time, 1.5)
        assert found.n == len(expected)
        assert found.mean == pytest.approx(np.mean(expected))
        low, high = stats.ttest_1samp(expected, 0).confidence_interval()
        assert (found.ci_low, found.ci_high) == pytest.approx((low, high))


def test_the_window_includes_its_ends_and_of_two_as_near_the_earlier_counts() -> None:
    [found] = mean_course([1, 1, 2, 3], [2, 4, 5, 5.1], [1.0, 9.0, 3.0, 7.0], at=[3], window=2)
    assert (found.n, found.mean) == (2, 2.0)


def test_nobody_and_one_alone() -> None:
    none, one = mean_course([1], [0], [1.5], at=[6, 0], window=1)
    assert (none.n, none.mean, none.sd, none.ci_low) == (0, None, None, None)
    assert (one.n, one.mean, one.sd, one.ci_high) == (1, 1.5, None, None)


def test_all_the_same() -> None:
    [found] = mean_course([1, 2, 3], [0, 0, 0], [1.1, 1.1, 1.1], at=[0], window=1)
    assert (found.sd, found.ci_low, found.ci_high) == (0, 1.1, 1.1)


@pytest.mark.parametrize(
    ("time", "value", "reason"),
    [
        ([0, np.nan], [1, 1], "missing"),
        ([0, 1], [1, np.inf], "infinite"),
        ([0, 1], ["x", 1], "not_numeric"),
        ([0], [1, 1], "unequal_lengths"),
        ([], [], "no_measurements"),
    ],
)
def test_refusals(time: list[float], value: list[float], reason: str) -> None:
    with pytest.raises(NotEstimable) as refused:
        mean_course([1, 2], time, value, at=[0], window=1)
    assert refused.value.reason == reason
