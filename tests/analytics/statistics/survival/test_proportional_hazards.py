import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.statistics import NotEstimable
from analytics.statistics.survival.cox import cox
from analytics.statistics.survival.proportional_hazards import proportional_hazards_test
from tests.analytics.statistics.survival.cohorts import followed_up


def naive(time: np.ndarray, event: np.ndarray, x: np.ndarray, beta: np.ndarray) -> float:
    """Score test of x times the centred time under Breslow's rule, event by event, all covariates at once."""
    p, centre = x.shape[1], time[event == 1].mean()
    score, information = np.zeros(2 * p), np.zeros((2 * p, 2 * p))
    for i in np.flatnonzero(event):
        risk = np.exp(x @ beta) * (time >= time[i])
        doubled = np.c_[x, x * (time[i] - centre)]
        mean = risk @ doubled / risk.sum()
        score += doubled[i] - mean
        information += (doubled * risk[:, None]).T @ doubled / risk.sum() - np.outer(mean, mean)
    score[:p] = 0
    return float(score @ np.linalg.solve(information, score))


@given(st.integers(0, 10_000))
def test_definition(seed: int) -> None:
    cohort = followed_up(seed, n=40)
    model = cox(cohort.time, cohort.event, cohort.x, ties="breslow")
    found = proportional_hazards_test(model, transform="identity").overall
    expected = naive(cohort.time, cohort.event, cohort.x, model.coefficients)
    assert found.statistic == pytest.approx(expected, rel=1e-7)
    assert found.df == 2


def test_a_hazard_ratio_that_turns_is_found() -> None:
    rng = np.random.default_rng(1)
    treated = rng.integers(0, 2, 400)
    early = rng.exponential(np.where(treated == 1, 2.0, 8.0))
    time = np.where(early < 2, early, 2 + rng.exponential(np.where(treated == 1, 20.0, 3.0)))
    model = cox(time, np.ones(400), treated[:, None])
    for transform in ("km", "identity", "rank", "log"):
        assert proportional_hazards_test(model, transform=transform).overall.p_value < 1e-6


@given(st.integers(0, 10_000))
def test_unit_of_a_covariate_does_not_matter(seed: int) -> None:
    cohort = followed_up(seed, n=40)
    plain = proportional_hazards_test(cox(cohort.time, cohort.event, cohort.x))
    scaled = proportional_hazards_test(cox(cohort.time, cohort.event, cohort.x * [1e4, 1e-3]))
    for a, b in zip(plain.terms, scaled.terms, strict=True):
        assert a.statistic == pytest.approx(b.statistic, rel=1e-6, abs=1e-9)


def test_a_term_of_two_columns_has_two_degrees_of_freedom() -> None:
    cohort = followed_up(2)
    model = cox(cohort.time, cohort.event, cohort.x)
    test = proportional_hazards_test(model, terms=[[0, 1]])
    assert test.terms == (test.overall,)


def test_refusals() -> None:
    cohort = followed_up(3)
    at_once = cox(np.r_[np.ones(30), np.full(30, 5.0)], np.r_[np.ones(30), np.zeros(30)], cohort.x)
    with pytest.raises(NotEstimable, match="one_event_time"):
        proportional_hazards_test(at_once)
    from_zero = cox(np.r_[0.0, cohort.time[1:]], np.r_[1, cohort.event[1:]], cohort.x)
    with pytest.raises(NotEstimable, match="time_zero"):
        proportional_hazards_test(from_zero, transform="log")
