import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analytics.statistics import NotEstimable
from analytics.statistics.competing.cumulative_incidence import cumulative_incidence
from analytics.statistics.survival.kaplan_meier import kaplan_meier
from tests.analytics.statistics.results import has_nan
from tests.analytics.statistics.survival.cohorts import followed_up

OUTCOMES = st.integers(3, 25).flatmap(
    lambda n: st.tuples(
        arrays(float, n, elements=st.integers(0, 8).map(float)), arrays(int, n, elements=st.integers(0, 2))
    )
)


def naive(time: np.ndarray, status: np.ndarray, at: float, case: np.ndarray) -> float:
    """Event time by event time, with a weight for each patient."""
    survival, incidence = 1.0, 0.0
    for t in np.unique(time[(status > 0) & (time <= at)]):
        at_risk = case[time >= t].sum()
        incidence += survival * case[(time == t) & (status == 1)].sum() / at_risk
        survival *= 1 - case[(time == t) & (status > 0)].sum() / at_risk
    return incidence


def naive_gray_variance(time: np.ndarray, status: np.ndarray, at: float) -> float:
    """Gray's recursion as published in cmprsk, time by time; renewed at events of the cause."""
    before, incidence, v1, v2, v3, variance = 1.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for t in np.unique(time[time <= at]):
        n = int((time >= t).sum())
        d1, d2 = (int(((time == t) & (status == k)).sum()) for k in (1, 2))
        after = before * (n - d1 - d2) / n
        incidence += before * d1 / n
        for d, own in ((d2, 0), (d1, 1)):
            if d > 0 and (own or after > 0):
                spread = before**2 * (1 - (d - 1) / (n - 1) if d > 1 else 1) * d / n**2
                t3 = 1 / after if after > 0 else 0
                t4 = own + t3 * incidence
                v1, v2, v3 = v1 + t4**2 * spread, v2 + t3 * t4 * spread, v3 + t3**2 * spread
        if d1:
            variance = v1 + incidence**2 * v3 - 2 * incidence * v2
        before = after
    return variance


@given(OUTCOMES)
def test_definition(observed: tuple[np.ndarray, np.ndarray]) -> None:
    time, status = observed
    found = cumulative_incidence(time, status)
    expected = [naive(time, status, t, np.ones(time.size)) for t in (0, 3, 6, 9)]
    assert found.at([0, 3, 6, 9]).cumulative_incidence == pytest.approx(expected, abs=1e-12)
    assert not has_nan(found)
    assert not has_nan(found.at([-1, 0, 4, 20]))
    for at in (2, 5, 8):
        variance = found.gray_variance_at([at])[0]
        if at > time.max():
            assert variance is None
        else:
            assert variance == pytest.approx(naive_gray_variance(time, status, at), abs=1e-12)


def test_standard_error_is_the_infinitesimal_jackknife() -> None:
    cohort, step = followed_up(1, n=30), 1e-5

    def incidence(row: int, weight: float) -> float:
        case = np.ones(30)
        case[row] = weight
        return naive(cohort.time, cohort.status, 8, case)

    moved = [(incidence(k, 1 + step) - incidence(k, 1 - step)) / (2 * step) for k in range(30)]
    found = cumulative_incidence(cohort.time, cohort.status).at([8])
    assert found.standard_error[0] == pytest.approx(np.sqrt(np.sum(np.square(moved))), rel=1e-7)


@given(OUTCOMES)
def test_causes_and_survival_share_out_everyone(observed: tuple[np.ndarray, np.ndarray]) -> None:
    time, status = observed
    first, second = (
        cumulative_incidence(time, status, cause=k).at([2, 5]).cumulative_incidence for k in (1, 2)
    )
    free = kaplan_meier(time, status > 0).at([2, 5]).survival
    assert np.add(first, second) + free == pytest.approx([1, 1])


@given(OUTCOMES)
def test_one_cause_alone_is_one_minus_kaplan_meier(observed: tuple[np.ndarray, np.ndarray]) -> None:
    time, status = observed
    alone = cumulative_incidence(time, status == 1).at([3, 6])
    curve = kaplan_meier(time, status == 1).at([3, 6])
    assert alone.cumulative_incidence == pytest.approx([1 - s for s in curve.survival])


@given(OUTCOMES)
def test_ignoring_competing_events_never_gives_less(observed: tuple[np.ndarray, np.ndarray]) -> None:
    time, status = observed
    curve = cumulative_incidence(time, status)
    naive_curve = 1 - np.array(kaplan_meier(time, status == 1).at(curve.time).survival)
    assert (naive_curve >= curve.cumulative_incidence - 1e-12).all()


@pytest.mark.parametrize(
    ("time", "status", "reason"),
    [
        ([], [], "no_patients"),
        ([1, 2], [1], "unequal_lengths"),
        ([1, 2], [1, -2], "unknown_cause"),
        ([1, 2], [1, 1.5], "unknown_cause"),
        ([-1, 2], [1, 2], "negative_time"),
        ([1, np.nan], [1, 2], "missing"),
        ([1, np.inf], [1, 2], "infinite"),
        ([1, 2], np.array(["dead", "alive"], dtype=object), "not_numeric"),
    ],
)
def test_refusals(time: object, status: object, reason: str) -> None:
    with pytest.raises(NotEstimable) as refusal:
        cumulative_incidence(time, status)
    assert refusal.value.reason == reason
