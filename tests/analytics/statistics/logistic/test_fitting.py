from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import linprog

from analytics.statistics import NotEstimable, logistic
from analytics.statistics.design import Design, design_matrix
from analytics.statistics.logistic.separation import find_separation
from tests.analytics.statistics.results import has_nan

Patients = tuple[Design, NDArray[np.bool_]]


def patients(seed: int, n: int = 80) -> Patients:
    rng = np.random.default_rng(seed)
    age, mg = rng.normal(60, 10, n), rng.normal(0.9, 0.1, n)
    diabetes = rng.choice(["no", "yes"], n)
    risk = 1 / (1 + np.exp(-(age - 60) / 10 + 8 * (mg - 0.9)))
    columns = {"age": age, "mg": mg, "diabetes": diabetes}
    return design_matrix(columns, factors={"diabetes": ["no", "yes"]}), rng.random(n) < risk


def naive_fit(matrix: NDArray[np.float64], outcome: NDArray[np.bool_]) -> tuple[Any, Any]:
    """Weighted least squares, over and over, as the textbook."""
    beta = np.zeros(matrix.shape[1])
    for _ in range(50):
        risk = 1 / (1 + np.exp(-matrix @ beta))
        weight = risk * (1 - risk)
        working = matrix @ beta + (outcome - risk) / weight
        root = np.sqrt(weight)[:, None]
        beta = np.linalg.lstsq(matrix * root, working * root[:, 0], rcond=None)[0]
    risk = 1 / (1 + np.exp(-matrix @ beta))
    return beta, np.linalg.inv((matrix * (risk * (1 - risk))[:, None]).T @ matrix)


@pytest.mark.parametrize("seed", range(6))
def test_newton_finds_what_least_squares_over_and_over_find(seed: int) -> None:
    design, outcome = patients(seed)
    model = logistic.fit(design, outcome)
    beta, covariance = naive_fit(design.matrix, outcome)
    np.testing.assert_allclose(model.coefficients, beta, rtol=1e-9)
    np.testing.assert_allclose(model.covariance, covariance, rtol=1e-8)
    risk = 1 / (1 + np.exp(-design.matrix @ beta))
    likelihood = np.sum(np.log(np.where(outcome, risk, 1 - risk)))
    assert model.log_likelihood == pytest.approx(likelihood, rel=1e-13)
    np.testing.assert_allclose(model.probabilities, risk, rtol=1e-10)


@pytest.mark.parametrize("seed", range(3))
def test_the_score_is_zero_at_the_optimum(seed: int) -> None:
    design, outcome = patients(seed)
    model = logistic.fit(design, outcome)
    score = design.matrix.T @ (outcome - model.probabilities)
    assert np.abs(score / np.abs(design.matrix).max(axis=0)).max() < 1e-11


@given(st.integers(0, 50), st.permutations(range(80)))
@settings(max_examples=15)
def test_the_order_of_patients_does_not_matter(seed: int, order: list[int]) -> None:
    design, outcome = patients(seed)
    one, other = logistic.fit(design, outcome), logistic.fit(design.rows(np.array(order)), outcome[order])
    np.testing.assert_allclose(one.coefficients, other.coefficients, rtol=1e-9)


@given(st.integers(0, 50))
@settings(max_examples=15)
def test_swapped_labels_turn_every_sign(seed: int) -> None:
    design, outcome = patients(seed)
    one, other = logistic.fit(design, outcome), logistic.fit(design, ~outcome)
    np.testing.assert_allclose(one.coefficients, -other.coefficients, rtol=1e-9)
    np.testing.assert_allclose(one.covariance, other.covariance, rtol=1e-8)


@given(st.integers(0, 50), st.floats(1e-6, 1e6), st.floats(-1e6, 1e6))
@settings(max_examples=25)
def test_another_unit_changes_the_coefficient_and_nothing_else(seed: int, per: float, shift: float) -> None:
    design, outcome = patients(seed)
    age, mg = design.matrix[:, 1], design.matrix[:, 2]
    one = logistic.fit(design_matrix({"age": age, "mg": mg}), outcome)
    other = logistic.fit(design_matrix({"age": age * per + shift, "mg": mg}), outcome)
    # The shifted column itself carries this rounding.
    rounding = 1e-9 + 1e-14 * abs(shift) / per
    assert other.coefficients[1] * per == pytest.approx(one.coefficients[1], rel=rounding)
    assert other.standard_errors[1] * per == pytest.approx(one.standard_errors[1], rel=rounding)
    assert other.coefficients[2] == pytest.approx(one.coefficients[2], rel=rounding)
    assert other.deviance == pytest.approx(one.deviance, rel=rounding)


def test_a_start_changes_nothing_but_the_time() -> None:
    design, outcome = patients(2)
    cold = logistic.fit(design, outcome)
    for start in (cold.coefficients, cold.coefficients + 0.3):
        np.testing.assert_allclose(
            logistic.fit(design, outcome, start=start).coefficients, cold.coefficients, rtol=1e-9
        )


def test_many_patients_start_from_a_sample_and_end_at_the_optimum() -> None:
    rng = np.random.default_rng(4)
    x = rng.normal(size=120_000)
    outcome = rng.random(x.size) < 1 / (1 + np.exp(2 - x))
    model = logistic.fit(design_matrix({"x": x}), outcome)
    beta, covariance = naive_fit(np.column_stack([np.ones(x.size), x]), outcome)
    np.testing.assert_allclose(model.coefficients, beta, rtol=1e-10)
    np.testing.assert_allclose(model.covariance, covariance, rtol=1e-8)


def test_dependent_columns_are_left_out_from_the_right() -> None:
    design, outcome = patients(1)
    age, mg = design.matrix[:, 1], design.matrix[:, 2]
    columns = {"age": age, "twice": 2 * age + 1, "steady": np.full(80, 4.2), "mg": mg, "again": mg}
    model = logistic.fit(design_matrix(columns), outcome)
    assert model.aliased == ("twice", "steady", "again")
    plain = logistic.fit(design_matrix({"age": age, "mg": mg}), outcome)
    np.testing.assert_allclose(model.coefficients, plain.coefficients, rtol=1e-10)
    assert model.estimable.terms == plain.terms


@pytest.mark.parametrize("factor", [1e-150, 1e150])
def test_very_large_and_very_small_units_are_fitted(factor: float) -> None:
    design, outcome = patients(1)
    age = design.matrix[:, 1]
    one = logistic.fit(design_matrix({"age": age}), outcome)
    other = logistic.fit(design_matrix({"age": age * factor}), outcome)
    assert other.deviance == pytest.approx(one.deviance, rel=1e-12)
    assert other.coefficients[1] * factor == pytest.approx(one.coefficients[1], rel=1e-9)


def naive_overlap(basis: NDArray[np.float64], sign: NDArray[np.float64]) -> NDArray[np.bool_]:
    """One programme with a slack for each patient: how many can be put strictly on their side at once."""
    n, k = basis.shape
    signed = basis * sign[:, None]
    cost = np.concatenate([np.zeros(k), -np.ones(n)])
    found = linprog(
        cost,
        A_ub=np.hstack([-signed, np.eye(n)]),
        b_ub=np.zeros(n),
        bounds=[(None, None)] * k + [(0, 1)] * n,
        method="highs",
    )
    return found.x[k:] < 0.5


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.booleans()), min_size=4, max_size=14))
@settings(max_examples=60)
def test_separation_is_found_where_a_second_programme_finds_it(rows: list[tuple[int, int, bool]]) -> None:
    basis = np.array([(1.0, x, z) for x, z, _ in rows])
    if np.linalg.matrix_rank(basis) < 3:
        return
    sign = np.array([1.0 if outcome else -1.0 for *_, outcome in rows])
    found = find_separation(basis, sign)
    overlapping = naive_overlap(basis, sign)
    assert (found is None) == overlapping.all()
    if found is not None:
        np.testing.assert_array_equal(found.overlapping, overlapping)


def test_a_zero_cell_separates_its_own_term_only() -> None:
    rng = np.random.default_rng(3)
    stage = np.repeat([0, 1], 40)
    x = rng.normal(size=80)
    outcome = (rng.random(80) < 1 / (1 + np.exp(-x))) & (stage == 1)
    model = logistic.fit(design_matrix({"x": x, "stage": stage}), outcome)
    alone = logistic.fit(design_matrix({"x": x[stage == 1]}), outcome[stage == 1])
    assert model.separated
    assert model.infinite == ("(Intercept)", "stage")
    assert (model.coefficients[0], model.coefficients[2]) == (-np.inf, np.inf)
    assert model.coefficients[1] == pytest.approx(alone.coefficients[1], rel=1e-9)
    assert model.standard_errors[1] == pytest.approx(alone.standard_errors[1], rel=1e-9)
    assert model.log_likelihood == pytest.approx(alone.log_likelihood, rel=1e-12)
    assert not has_nan(model)
    with pytest.raises(NotEstimable, match="separated"):
        model.wald()


def test_perfect_prediction_is_a_limit_and_no_estimate() -> None:
    model = logistic.fit(design_matrix({"x": [1.0, 2, 3, 4]}), [False, False, True, True])
    assert model.infinite == ("(Intercept)", "x")
    assert (model.deviance, logistic.brier_score(model)) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        ([0, 0, 0, 0, 0, 0], "one_class"),
        ([0, 1, 0, 1, np.nan, 0], "missing"),
        ([0, 1, 0, 1, 2, 0], "not_binary"),
        (["a"] * 6, "not_numeric"),
        ([0, 1, 0], "unequal_lengths"),
    ],
)
def test_what_cannot_be_fitted_says_why(outcome: list[object], reason: str) -> None:
    with pytest.raises(NotEstimable) as refusal:
        logistic.fit(design_matrix({"x": [1.0, 2, 3, 4, 5, 6]}), outcome)
    assert refusal.value.reason == reason


def test_three_patients_are_too_few_for_three_terms() -> None:
    with pytest.raises(NotEstimable, match="too_few"):
        logistic.fit(design_matrix({"a": [1.5, 2.5, 4.0], "b": [2.0, 1.0, 7.0]}), [0, 1, 0])
