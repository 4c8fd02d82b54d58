import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.statistics import NotEstimable
from analytics.statistics.survival.time_dependent_roc import time_dependent_roc
from tests.analytics.statistics.results import has_nan
from tests.analytics.statistics.survival.cohorts import FollowedUp, followed_up


def naive_auc(cohort: FollowedUp, horizon: float, case: np.ndarray, *, survivors: bool) -> float:
    """Pair by pair, with a weight for each patient in the pairs and in the censoring curve."""
    time, status, marker = cohort.time, cohort.status, cohort.x[:, 0]

    def uncensored(before: float, *, inclusive: bool = False) -> float:
        curve = 1.0
        for u in np.unique(time[status == 0]):
            if u < before or (inclusive and u == before):
                lost = case[(time == u) & (status == 0)].sum()
                curve *= 1 - lost / (case[time > u].sum() + lost)
        return curve

    won = n_cases = n_controls = 0.0
    controls = {}
    for j in range(time.size):
        if time[j] > horizon:
            controls[j] = case[j] / uncensored(horizon, inclusive=True)
        elif status[j] == 2 and not survivors:
            controls[j] = case[j] / uncensored(time[j])
    for i in np.flatnonzero((time <= horizon) & (status == 1)):
        weight = case[i] / uncensored(time[i])
        n_cases += weight
        for j, other in controls.items():
            won += weight * other * ((marker[i] > marker[j]) + 0.5 * (marker[i] == marker[j]))
    n_controls = sum(controls.values())
    return won / (n_cases * n_controls)


@pytest.mark.parametrize("controls", ["event_free", "survivors"])
@given(seed=st.integers(0, 10_000))
def test_definition(controls: str, seed: int) -> None:
    cohort = followed_up(seed, n=30)
    found = time_dependent_roc(cohort.time, cohort.status, cohort.x[:, 0], 6, controls=controls)
    expected = naive_auc(cohort, 6, np.ones(30), survivors=controls == "survivors")
    assert found.auc == pytest.approx(expected)
    assert not has_nan(found)


@pytest.mark.parametrize("controls", ["event_free", "survivors"])
def test_standard_error_is_that_of_the_influence_function(controls: str) -> None:
    cohort, step = followed_up(3, n=30), 1e-5

    def auc(row: int, weight: float) -> float:
        case = np.ones(30)
        case[row] = weight
        return naive_auc(cohort, 6, case, survivors=controls == "survivors")

    moved = [(auc(k, 1 + step) - auc(k, 1 - step)) / (2 * step) for k in range(30)]
    expected = np.sqrt(np.sum(np.square(moved)) * 30 / 29)
    found = time_dependent_roc(cohort.time, cohort.status, cohort.x[:, 0], 6, controls=controls)
    assert found.standard_error == pytest.approx(expected, rel=1e-5)


@given(st.integers(0, 10_000))
def test_only_the_order_of_the_markers_matters(seed: int) -> None:
    cohort = followed_up(seed, n=40)
    plain = time_dependent_roc(cohort.time, cohort.status, cohort.x[:, 0], 6)
    bent = time_dependent_roc(cohort.time, cohort.status, np.exp(cohort.x[:, 0]), 6)
    turned = time_dependent_roc(cohort.time, cohort.status, -cohort.x[:, 0], 6)
    assert (bent.auc, bent.standard_error) == (plain.auc, plain.standard_error)
    assert turned.auc == pytest.approx(1 - plain.auc)
    assert turned.standard_error == pytest.approx(plain.standard_error, rel=1e-6)


def test_area_under_the_curve_is_the_auc() -> None:
    cohort = followed_up(4)
    roc = time_dependent_roc(cohort.time, cohort.status, cohort.x[:, 0].round(1), 6)
    assert np.trapezoid(roc.sensitivity, 1 - roc.specificity) == pytest.approx(roc.auc)
    assert roc.n_cases + roc.n_survivors + roc.n_competing + roc.n_censored == roc.n


@pytest.mark.parametrize(
    ("status", "horizon", "reason"),
    [
        ([0, 0, 0], 2.5, "no_cases"),
        ([1, 1, 1], 9, "no_controls"),
        ([1, 0, 1], 0, "horizon_not_positive"),
        ([1, -1, 1], 2, "unknown_cause"),
        ([1, 0.5, 1], 2, "unknown_cause"),
    ],
)
def test_refusals(status: list[float], horizon: float, reason: str) -> None:
    with pytest.raises(NotEstimable) as refusal:
        time_dependent_roc([1, 2, 3], status, [0.1, 0.2, 0.3], horizon)
    assert refusal.value.reason == reason
