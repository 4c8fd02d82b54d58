import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analytics.statistics import NotEstimable
from analytics.statistics.survival.concordance import concordance, prefix_sums_below
from tests.analytics.statistics.survival.cohorts import TIMES, followed_up


def naive(
    time: np.ndarray, event: np.ndarray, score: np.ndarray, weight: np.ndarray, case: np.ndarray
) -> tuple[float, float]:
    """Concordant and comparable pairs, pair by pair, with a weight for each patient and for each event."""
    won = met = 0.0
    for i in np.flatnonzero(event):
        for j in range(time.size):
            if time[j] > time[i] or (time[j] == time[i] and not event[j]):
                pair = case[i] * case[j] * weight[i]
                won += pair * ((score[i] > score[j]) + 0.5 * (score[i] == score[j]))
                met += pair
    return won, met


@given(TIMES, st.integers(1, 4))
def test_definition(observed: tuple[np.ndarray, np.ndarray], levels: int) -> None:
    time, event = observed
    score, ones = np.arange(time.size) * 7 % 5 % levels, np.ones(time.size)
    won, met = naive(time, event, score, ones, ones)
    assume(met > 0)
    found = concordance(time, event, score)
    assert (found.estimate, found.n_pairs) == (pytest.approx(won / met), met)


def test_standard_error_is_the_infinitesimal_jackknife() -> None:
    cohort = followed_up(1, n=30)
    score, ones, step = cohort.x[:, 0].round(1), np.ones(30), 1e-6

    def estimate(row: int, weight: float) -> float:
        case = ones.copy()
        case[row] = weight
        won, met = naive(cohort.time, cohort.event, score, ones, case)
        return won / met

    moved = [(estimate(k, 1 + step) - estimate(k, 1 - step)) / (2 * step) for k in range(30)]
    found = concordance(cohort.time, cohort.event, score)
    assert found.standard_error == pytest.approx(np.sqrt(np.sum(np.square(moved))), rel=1e-6)


def test_uno_weights_each_event_by_the_chance_of_being_uncensored() -> None:
    cohort = followed_up(2, n=40)
    free = np.ones(40)
    for k, t in enumerate(cohort.time):
        for u in np.unique(cohort.time[(cohort.event == 0) & (cohort.time < t)]):
            censored = (cohort.time == u) & (cohort.event == 0)
            free[k] *= 1 - censored.sum() / ((cohort.time > u) | censored).sum()
    counted = cohort.event * (cohort.time <= 9)
    score = cohort.x[:, 0]
    won = met = 0.0
    for i in np.flatnonzero(counted):
        beyond = (cohort.time > cohort.time[i]) | ((cohort.time == cohort.time[i]) & (cohort.event == 0))
        won += ((score[i] > score[beyond]) + 0.5 * (score[i] == score[beyond])).sum() / free[i] ** 2
        met += beyond.sum() / free[i] ** 2
    found = concordance(cohort.time, cohort.event, score, method="uno", horizon=9)
    assert found.estimate == pytest.approx(won / met)


@given(st.integers(0, 10_000))
def test_only_the_order_of_the_scores_matters(seed: int) -> None:
    cohort = followed_up(seed, n=40)
    plain = concordance(cohort.time, cohort.event, cohort.x[:, 0])
    bent = concordance(cohort.time, cohort.event, np.exp(cohort.x[:, 0]))
    turned = concordance(cohort.time, cohort.event, -cohort.x[:, 0])
    assert plain == bent
    assert turned.estimate == pytest.approx(1 - plain.estimate)
    assert turned.standard_error == pytest.approx(plain.standard_error)


def test_strata_add_up() -> None:
    cohort = followed_up(3)
    whole = concordance(cohort.time, cohort.event, cohort.x[:, 0], strata=cohort.group)
    parts = [
        concordance(cohort.time[rows], cohort.event[rows], cohort.x[rows, 0])
        for rows in (cohort.group == 0, cohort.group == 1)
    ]
    won = sum(part.estimate * part.n_pairs for part in parts)
    assert whole.estimate == pytest.approx(won / sum(part.n_pairs for part in parts))


@given(
    arrays(np.int64, st.integers(0, 20), elements=st.integers(0, 9)), st.integers(0, 20), st.integers(0, 12)
)
def test_prefix_sums(rank: np.ndarray, prefix: int, threshold: int) -> None:
    prefix = min(prefix, rank.size)
    weight = np.arange(rank.size) + 0.5
    expected = sum(weight[k] for k in range(prefix) if rank[k] < threshold)
    assert prefix_sums_below(rank, weight, np.array([prefix]), np.array([threshold])) == [expected]


@pytest.mark.parametrize(("time", "event"), [([1, 2], [0, 0]), ([3, 3], [1, 1]), ([5], [1])])
def test_without_comparable_pairs(time: list[float], event: list[int]) -> None:
    with pytest.raises(NotEstimable, match="no_comparable_pairs"):
        concordance(time, event, np.arange(len(time)))
