import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.statistics import NotEstimable
from analytics.statistics.survival.kaplan_meier import follow_up_curve, kaplan_meier
from analytics.statistics.survival.observations import merge_rounded
from tests.analytics.statistics.results import has_nan
from tests.analytics.statistics.survival.cohorts import TIMES, followed_up


def naive_survival(time: np.ndarray, event: np.ndarray, at: float) -> tuple[float, float]:
    """The product over the event times, and Greenwood's sum, patient by patient."""
    survival, greenwood = 1.0, 0.0
    for t in sorted({t for t, e in zip(time, event, strict=True) if e and t <= at}):
        at_risk = sum(other >= t for other in time)
        events = sum(other == t and e for other, e in zip(time, event, strict=True))
        survival *= 1 - events / at_risk
        greenwood += events / (at_risk * (at_risk - events)) if at_risk > events else 0
    return survival, survival * greenwood**0.5


@given(TIMES)
def test_definition(observed: tuple[np.ndarray, np.ndarray]) -> None:
    time, event = observed
    points = kaplan_meier(time, event).at([0, 3, 5, 20])
    for at, survival, error in zip(points.time, points.survival, points.standard_error, strict=True):
        expected = naive_survival(time, event, at)
        assert survival == pytest.approx(expected[0], abs=1e-12)
        assert error is None if survival == 0 else error == pytest.approx(expected[1], abs=1e-12)


@given(TIMES, st.randoms())
def test_order_of_the_patients_does_not_matter(
    observed: tuple[np.ndarray, np.ndarray], random: st.randoms
) -> None:
    time, event = observed
    shuffled = random.sample(range(time.size), time.size)
    assert kaplan_meier(time[shuffled], event[shuffled]).at([2, 6]) == kaplan_meier(time, event).at([2, 6])


@given(TIMES, st.sampled_from(["log", "log-log", "plain"]))
def test_unit_of_time_only_moves_the_times(observed: tuple[np.ndarray, np.ndarray], scale: str) -> None:
    time, event = observed
    months, days = kaplan_meier(time, event), kaplan_meier(time * 32, event)
    for probability in (0.25, 0.5):
        short, long = months.quantile(probability, scale=scale), days.quantile(probability, scale=scale)
        for a, b in ((short.time, long.time), (short.ci_low, long.ci_low), (short.ci_high, long.ci_high)):
            assert (a is None and b is None) or a * 32 == b
    assert days.restricted_mean(96).mean == pytest.approx(32 * months.restricted_mean(3).mean)


@given(TIMES)
def test_nothing_is_ever_not_a_number(observed: tuple[np.ndarray, np.ndarray]) -> None:
    curve = kaplan_meier(*observed)
    for scale in ("log", "log-log", "plain"):
        assert not has_nan(curve.at([-1, 0, 4, 100], scale=scale))
        assert not has_nan(curve.quantile(0.5, scale=scale))
    assert not has_nan(curve)
    assert not has_nan(curve.restricted_mean(5))


@given(TIMES)
def test_interval_holds_the_estimate(observed: tuple[np.ndarray, np.ndarray]) -> None:
    for scale in ("log", "log-log", "plain"):
        points = kaplan_meier(*observed).at_event_times(scale=scale)
        for survival, low, high in zip(points.survival, points.ci_low, points.ci_high, strict=True):
            assert low is None or 0 <= low <= survival <= high <= 1


def test_without_censoring_it_is_the_share_still_free() -> None:
    cohort = followed_up(1)
    points = kaplan_meier(cohort.time, np.ones(cohort.time.size)).at([2, 5, 9])
    assert points.survival == pytest.approx([(cohort.time > t).mean() for t in (2, 5, 9)])


def test_restricted_mean_is_the_mean_of_the_times_cut_at_the_horizon() -> None:
    cohort = followed_up(2)
    mean = kaplan_meier(cohort.time, np.ones(cohort.time.size)).restricted_mean(8)
    cut = np.minimum(cohort.time, 8)
    assert mean.mean == pytest.approx(cut.mean())
    assert mean.standard_error == pytest.approx(cut.std() / np.sqrt(cut.size))


def test_quantile_takes_the_middle_of_a_level_stretch() -> None:
    assert kaplan_meier([1, 2, 3, 4], [1, 1, 1, 1]).quantile(0.5).time == 2.5
    assert kaplan_meier([1, 2, 3, 9], [1, 1, 0, 0]).quantile(0.5).time == 5.5
    assert kaplan_meier([1, 2, 3], [1, 1, 1]).quantile(0.5).time == 2


@given(TIMES)
def test_reverse_curve_swaps_events_and_censorings(observed: tuple[np.ndarray, np.ndarray]) -> None:
    time, event = observed
    assert follow_up_curve(time, event).at([3]) == kaplan_meier(time, 1 - event).at([3])


def test_times_that_differ_by_rounding_are_one_time() -> None:
    assert np.unique(merge_rounded(np.array([0.1 + 0.2, 0.3, 1.0]))).size == 2


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=20))
def test_times_a_seventh_apart_are_left_alone(sevenths: list[int]) -> None:
    times = np.array(sevenths) / 7
    assert (merge_rounded(times) == times).all()


@pytest.mark.parametrize(
    ("time", "event", "reason"),
    [
        ([], [], "no_patients"),
        ([1, 2], [1], "unequal_lengths"),
        ([-1, 2], [1, 0], "negative_time"),
        ([1, 2], [1, 3], "not_binary"),
        ([1, np.nan], [1, 0], "missing"),
        ([np.nan, np.nan], [1, 0], "missing"),
        ([1, np.inf], [1, 0], "infinite"),
        (np.array(["one", "two"], dtype=object), [1, 0], "not_numeric"),
    ],
)
def test_refusals(time: object, event: object, reason: str) -> None:
    with pytest.raises(NotEstimable) as refusal:
        kaplan_meier(time, event)
    assert refusal.value.reason == reason


@pytest.mark.parametrize("horizon", [0, -1, np.inf])
def test_restricted_mean_needs_a_horizon(horizon: float) -> None:
    with pytest.raises(NotEstimable, match="horizon_not_positive"):
        kaplan_meier([1, 2], [1, 0]).restricted_mean(horizon)
