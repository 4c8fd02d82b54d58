import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.stats import chi2

from analytics.statistics import NotEstimable, firth, logistic
from analytics.statistics.design import Design, design_matrix
from analytics.statistics.errors import attempt
from analytics.statistics.firth import maximum, profile
from analytics.statistics.firth.likelihood import Penalised
from analytics.statistics.firth.likelihood import penalised as penalised_at
from analytics.statistics.splines import place_knots, restricted_cubic
from tests.analytics.statistics.results import has_nan


def patients(seed: int, n: int = 40) -> tuple[Design, NDArray[np.bool_]]:
    rng = np.random.default_rng(seed)
    x, z = rng.normal(size=(2, n))
    outcome = rng.random(n) < 1 / (1 + np.exp(1 - 2 * x))
    outcome[:2] = [True, False]
    return design_matrix({"x": x, "z": z}), outcome


def penalised(beta: NDArray[np.float64], design: Design, outcome: NDArray[np.bool_]) -> float:
    """The penalised log likelihood as it is written in the paper."""
    predictor = design.matrix @ beta
    risk = 1 / (1 + np.exp(-predictor))
    information = (design.matrix * (risk * (1 - risk))[:, None]).T @ design.matrix
    likelihood = -np.sum(np.logaddexp(0, np.where(outcome, -1, 1) * predictor))
    return float(likelihood + np.linalg.slogdet(information)[1] / 2)


def test_the_curvature_is_how_the_score_changes() -> None:
    design, outcome = patients(3)
    sign, theta = np.where(outcome, 1.0, -1.0), np.array([0.4, -0.7, 0.2])

    def score(along: NDArray[np.float64]) -> NDArray[np.float64]:
        return penalised_at(design.matrix, sign, theta + along).score

    steps = np.eye(3) * 1e-5
    change = np.array([(score(-step) - score(step)) / 2e-5 for step in steps])
    curvature = penalised_at(design.matrix, sign, theta).curvature()
    np.testing.assert_allclose(curvature, change, rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("seed", range(4))
def test_scoring_finds_what_a_general_optimiser_finds(seed: int) -> None:
    design, outcome = patients(seed)
    model = firth.fit(design, outcome)
    best = minimize(lambda beta: -penalised(beta, design, outcome), np.zeros(3), options={"gtol": 1e-9})
    np.testing.assert_allclose(model.coefficients, best.x, atol=1e-5)
    assert model.penalised_log_likelihood == pytest.approx(-best.fun, rel=1e-10)


@pytest.mark.parametrize("seed", range(2))
def test_profile_limits_lose_the_quantile(seed: int) -> None:
    design, outcome = patients(seed)
    model = firth.fit(design, outcome)
    for limit in model.profile_interval("x"):

        def at(rest: NDArray[np.float64], limit: float = limit) -> float:
            return -penalised(np.array([rest[0], limit, rest[1]]), design, outcome)

        best = minimize(at, model.coefficients[[0, 2]], options={"gtol": 1e-9})
        loss = 2 * (model.penalised_log_likelihood + best.fun)
        assert loss == pytest.approx(chi2.ppf(0.95, 1), rel=1e-5)


def test_a_test_of_zero_agrees_with_the_interval() -> None:
    design, outcome = patients(0)
    model = firth.fit(design, outcome)
    test = model.likelihood_ratio_test("x")
    at_its_own_level = model.profile_interval("x", level=1 - test.p_value)
    assert min(map(abs, at_its_own_level)) == pytest.approx(0, abs=1e-6)


@given(st.integers(0, 40))
@settings(max_examples=10)
def test_swapped_labels_turn_every_sign(seed: int) -> None:
    design, outcome = patients(seed)
    one, other = firth.fit(design, outcome), firth.fit(design, ~outcome)
    np.testing.assert_allclose(one.coefficients, -other.coefficients, rtol=1e-7, atol=1e-10)


def test_separated_data_have_finite_estimates() -> None:
    design = design_matrix({"x": [1.0, 2, 3, 4, 5, 6]})
    outcome = [0, 0, 0, 1, 1, 1]
    assert logistic.fit(design, outcome).separated
    model = firth.fit(design, outcome)
    assert not has_nan(model)
    low, high = model.profile_interval("x")
    assert 0 < low < model.coefficients[1] < high < np.inf


def test_a_separated_spline_takes_a_bounded_number_of_evaluations(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its coefficients are huge, and far from the fit its likelihood is rounding."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=60)
    z = x / 2 + rng.normal(size=60)
    bends = restricted_cubic(x, place_knots(x)).T
    columns = {"z": z} | {f"x{i}": bend for i, bend in enumerate(bends)}
    evaluations, evaluate = 0, maximum.penalised

    def counted(*given: NDArray[np.float64]) -> Penalised:
        nonlocal evaluations
        evaluations += 1
        return evaluate(*given)

    monkeypatch.setattr(maximum, "penalised", counted)
    model = firth.fit(design_matrix(columns), x > 0)
    assert evaluations < 300
    monkeypatch.setattr(profile, "MOST_EVALUATIONS", 1000)
    evaluations = 0
    assert not has_nan(attempt(model.profile_interval, "x2"))
    assert evaluations < 1000 + maximum.MOST_EVALUATIONS


def test_an_interval_beyond_its_evaluations_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    design, outcome = patients(0)
    model = firth.fit(design, outcome)
    monkeypatch.setattr(profile, "MOST_EVALUATIONS", 8)
    with pytest.raises(NotEstimable, match="not_converged"):
        model.profile_interval("x")


def test_a_predictor_much_like_another_has_limits_and_a_test() -> None:
    design, outcome = patients(2)
    x, z = design.matrix[:, 1], design.matrix[:, 2]
    apart, alike = firth.fit(design, outcome), firth.fit(design_matrix({"x": x, "z": x + z / 1e3}), outcome)
    interval = np.array(alike.profile_interval("z")) / 1e3
    np.testing.assert_allclose(interval, apart.profile_interval("z"), rtol=1e-6)
    test = alike.likelihood_ratio_test("z")
    assert test.p_value == pytest.approx(apart.likelihood_ratio_test("z").p_value, rel=1e-6)


def test_a_single_table_is_haldanes_half() -> None:
    """For one binary covariate the penalty adds one half to each of the four cells."""
    exposed = np.repeat([0, 0, 1, 1], [9, 1, 5, 5])
    outcome = np.repeat([0, 1, 0, 1], [9, 1, 5, 5])
    model = firth.fit(design_matrix({"exposed": exposed}), outcome)
    assert model.coefficients[1] == pytest.approx(np.log((5.5 / 5.5) / (1.5 / 9.5)), rel=1e-9)


def test_an_aliased_term_is_refused() -> None:
    x = np.array([1.0, 2, 3, 4, 5, 6])
    model = firth.fit(design_matrix({"x": x, "twice": 2 * x}), [0, 1, 0, 1, 0, 1])
    assert model.aliased == ("twice",)
    for ask in (model.profile_interval, model.likelihood_ratio_test):
        with pytest.raises(NotEstimable, match="aliased"):
            ask("twice")


@pytest.mark.parametrize(
    ("outcome", "reason"), [([0, 0, 0], "one_class"), ([0, 1], "unequal_lengths"), ([0, 1, 0], "too_few")]
)
def test_what_cannot_be_fitted_says_why(outcome: list[int], reason: str) -> None:
    with pytest.raises(NotEstimable) as refusal:
        firth.fit(design_matrix({"a": [1.5, 2.5, 4.0], "b": [2.0, 1.0, 7.0]}), outcome)
    assert refusal.value.reason == reason
