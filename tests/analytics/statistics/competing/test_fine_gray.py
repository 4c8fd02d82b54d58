import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from analytics.statistics import NotEstimable
from analytics.statistics.competing.cumulative_incidence import cumulative_incidence
from analytics.statistics.competing.fine_gray import fine_gray
from analytics.statistics.survival.cox import cox
from tests.analytics.statistics.survival.cohorts import FollowedUp, followed_up


def naive_uncensored(cohort: FollowedUp, before: float) -> float:
    """Kaplan-Meier curve of censoring just before a time."""
    curve = 1.0
    for u in np.unique(cohort.time[(cohort.status == 0) & (cohort.time < before)]):
        curve *= 1 - ((cohort.time == u) & (cohort.status == 0)).sum() / (cohort.time >= u).sum()
    return curve


def weights_at(cohort: FollowedUp, t: float) -> np.ndarray:
    """Weight of each patient in the risk set at a time."""
    gone = (cohort.time < t) & (cohort.status == 2)
    weight = (cohort.time >= t).astype(float)
    for k in np.flatnonzero(gone):
        weight[k] = naive_uncensored(cohort, t) / naive_uncensored(cohort, cohort.time[k])
    return weight


def naive_sandwich(cohort: FollowedUp, beta: np.ndarray) -> np.ndarray:
    """Fine and Gray's variance, patient by patient and event by event."""
    n, x, time, status = cohort.time.size, cohort.x, cohort.time, cohort.status
    risk = np.exp(x @ beta)
    events = [(t, weights_at(cohort, t)) for t in time[status == 1]]
    s0 = [float(w @ risk) for _, w in events]
    mean = [(w * risk) @ x / s for (_, w), s in zip(events, s0, strict=True)]
    eta, information = np.zeros((n, 2)), np.zeros((2, 2))
    for (_, w), s, m, i in zip(events, s0, mean, np.flatnonzero(status == 1), strict=True):
        eta[i] += x[i] - m
        eta -= (x - m) * (w * risk / s)[:, None]
        information += ((x - m) * (w * risk / s)[:, None]).T @ (x - m)
    psi = np.zeros((n, 2))
    for i in np.flatnonzero(status == 0):
        u, at_risk = time[i], (time >= time[i]).sum()
        gone = (time < u) & (status == 2)
        q = np.zeros(2)
        for (t, w), s, m in zip(events, s0, mean, strict=True):
            if t >= u:
                q += ((x - m) * (w * risk * gone)[:, None]).sum(axis=0) / s
        psi[i] += q / at_risk
        psi[time >= u] -= q / at_risk**2
    inverse = np.linalg.inv(information)
    return inverse @ (eta + psi).T @ (eta + psi) @ inverse


@pytest.mark.parametrize("seed", range(4))
def test_definition(seed: int) -> None:
    cohort = followed_up(seed, n=30)
    events = [(i, weights_at(cohort, cohort.time[i])) for i in np.flatnonzero(cohort.status == 1)]

    def negative(beta: np.ndarray) -> float:
        eta = cohort.x @ beta
        return -sum(eta[i] - np.log(weight @ np.exp(eta)) for i, weight in events)

    expected = minimize(negative, np.zeros(2), tol=1e-10)
    model = fine_gray(cohort.time, cohort.status, cohort.x)
    assert model.log_likelihood == pytest.approx(-expected.fun, abs=1e-7)
    assert model.coefficients == pytest.approx(expected.x, abs=1e-4)
    assert model.covariance == pytest.approx(naive_sandwich(cohort, model.coefficients), rel=1e-7)


@given(st.integers(0, 10_000))
def test_without_competing_events_it_is_a_cox_model(seed: int) -> None:
    cohort = followed_up(seed, n=40)
    for efron in (False, True):
        model = fine_gray(cohort.time, cohort.event, cohort.x, efron=efron)
        plain = cox(
            cohort.time,
            cohort.event,
            cohort.x,
            ties="efron" if efron else "breslow",
            cluster=np.arange(40),
        )
        assert model.coefficients == pytest.approx(plain.coefficients, abs=1e-9)
        assert model.covariance == pytest.approx(plain.robust_covariance, rel=1e-7)


@given(st.integers(0, 10_000))
def test_in_strata_without_competing_events_it_is_a_stratified_cox_model(seed: int) -> None:
    cohort = followed_up(seed, n=60)
    strata, sites = np.arange(60) % 2, np.arange(60) % 7
    for cluster in (None, sites):
        model = fine_gray(cohort.time, cohort.event, cohort.x, strata=strata, cluster=cluster)
        plain = cox(
            cohort.time,
            cohort.event,
            cohort.x,
            strata=strata,
            cluster=np.arange(60) if cluster is None else cluster,
            ties="breslow",
        )
        assert model.coefficients == pytest.approx(plain.coefficients, abs=1e-9)
        assert model.covariance == pytest.approx(plain.robust_covariance, rel=1e-7)


def test_one_stratum_and_patients_as_clusters_change_the_coefficients_of_no_model() -> None:
    cohort = followed_up(3, n=80)
    plain = fine_gray(cohort.time, cohort.status, cohort.x)
    for options in ({"strata": np.ones(80)}, {"cluster": np.arange(80)}):
        model = fine_gray(cohort.time, cohort.status, cohort.x, **options)
        assert model.coefficients == pytest.approx(plain.coefficients, abs=1e-12)
        assert model.predicted_incidence([0, 0], [3]) == pytest.approx(plain.predicted_incidence([0, 0], [3]))


def test_a_stratified_model_predicts_for_no_stratum_in_particular() -> None:
    cohort = followed_up(3, n=80)
    model = fine_gray(cohort.time, cohort.status, cohort.x, strata=np.arange(80) % 2)
    with pytest.raises(ValueError, match="of its own"):
        model.predicted_incidence([0, 0], [3])


@given(st.integers(0, 10_000), st.floats(0.01, 100))
def test_unit_of_a_covariate(seed: int, unit: float) -> None:
    cohort = followed_up(seed, n=40)
    plain = fine_gray(cohort.time, cohort.status, cohort.x)
    scaled = fine_gray(cohort.time, cohort.status, cohort.x * [unit, 1])
    assert scaled.coefficients * [unit, 1] == pytest.approx(plain.coefficients, rel=1e-6, abs=1e-9)
    assert scaled.standard_error * [unit, 1] == pytest.approx(plain.standard_error, rel=1e-6)


def test_predictions_of_two_groups_stay_near_the_curves_of_each() -> None:
    cohort = followed_up(1, n=2000, tied=False)
    group = cohort.x[:, 1]
    model = fine_gray(cohort.time, cohort.status, group[:, None])
    for k in (0, 1):
        curve = cumulative_incidence(cohort.time[group == k], cohort.status[group == k]).at([3, 8])
        assert model.predicted_incidence([k], [3, 8]) == pytest.approx(curve.cumulative_incidence, abs=0.03)
    assert model.predicted_incidence([0], [0, 1e9])[0] == 0


@pytest.mark.parametrize(
    ("x", "status", "reason"),
    [
        (np.arange(6.0), [2, 0, 2, 0, 2, 0], "no_events"),
        (np.ones(6), [1, 2, 1, 0, 1, 0], "constant"),
        (-np.arange(6.0), [1, 1, 1, 1, 2, 0], "separated"),
        (np.array([1, np.inf, 2, 3, 4, 5]), [1, 2, 1, 0, 1, 0], "infinite"),
        (np.arange(5.0), [1, 2, 1, 0, 1, 0], "unequal_lengths"),
    ],
)
def test_refusals(x: np.ndarray, status: list[int], reason: str) -> None:
    with pytest.raises(NotEstimable) as refusal:
        fine_gray(np.arange(1, 7), status, x[:, None])
    assert refusal.value.reason == reason
