import numpy as np
import pytest
from numpy.typing import NDArray

from analytics.statistics import NotEstimable, logistic
from analytics.statistics.design import Design, design_matrix
from analytics.statistics.resampling import (
    bootstrap_optimism,
    cross_validate,
    leave_one_out,
    optimism_of_resamples,
)
from analytics.statistics.roc import roc_curve
from tests.analytics.statistics.results import has_nan


def patients(seed: int = 1, n: int = 90) -> tuple[Design, NDArray[np.bool_]]:
    rng = np.random.default_rng(seed)
    # Rounded, so that some patients have the same covariates.
    x, z = np.round(rng.normal(size=(2, n)), 0)
    return design_matrix({"x": x, "z": z}), rng.random(n) < 1 / (1 + np.exp(1 - x))


def slope(predictor: NDArray[np.float64], outcome: NDArray[np.bool_]) -> float:
    return float(logistic.fit(design_matrix({"lp": predictor}), outcome).coefficients[1])


def test_optimism_is_that_of_a_loop_over_resamples() -> None:
    design, outcome = patients()
    rows = np.random.default_rng(2).integers(0, design.n, size=(25, design.n))
    found = optimism_of_resamples(design, outcome, rows)
    for k, drawn in enumerate(rows):
        model = logistic.fit(design.rows(drawn), outcome[drawn])
        inside = roc_curve(outcome[drawn], model.linear_predictor, direction="<").auc
        predictor = np.round(design.matrix @ model.coefficients, 12)
        assert found.boot_auc[k] == pytest.approx(inside, rel=1e-12)
        assert found.test_auc[k] == pytest.approx(roc_curve(outcome, predictor, direction="<").auc, rel=1e-12)
        assert found.calibration_slope[k] == pytest.approx(slope(predictor, outcome), rel=1e-7)
    model = logistic.fit(design, outcome)
    apparent = roc_curve(outcome, model.linear_predictor, direction="<").auc
    assert found.apparent_auc == pytest.approx(apparent, rel=1e-12)
    assert found.corrected_auc == pytest.approx(apparent - found.optimism_each.mean(), rel=1e-12)


def test_the_seed_decides_whatever_the_number_of_workers() -> None:
    design, outcome = patients()
    alone = bootstrap_optimism(design, outcome, n_resamples=230, seed=7)
    shared = bootstrap_optimism(design, outcome, n_resamples=230, seed=7, workers=3)
    np.testing.assert_array_equal(alone.optimism_each, shared.optimism_each)
    other = bootstrap_optimism(design, outcome, n_resamples=230, seed=8)
    assert alone.optimism != other.optimism


def test_more_resamples_begin_with_the_same_ones() -> None:
    design, outcome = patients()
    few = bootstrap_optimism(design, outcome, n_resamples=130, seed=7)
    many = bootstrap_optimism(design, outcome, n_resamples=180, seed=7)
    np.testing.assert_array_equal(few.optimism_each, many.optimism_each[:130])


def test_noise_has_more_optimism_than_signal() -> None:
    rng = np.random.default_rng(5)
    outcome = np.arange(80) % 4 == 0
    noise = design_matrix({f"x{k}": rng.normal(size=80) for k in range(8)})
    found = bootstrap_optimism(noise, outcome, seed=1)
    assert found.corrected_auc < found.apparent_auc - 0.05
    assert found.calibration_slope.mean() < 0.8


def test_resamples_without_an_event_are_left_out_and_counted() -> None:
    design = design_matrix({"x": np.arange(12.0)})
    outcome = np.arange(12) == 6
    found = bootstrap_optimism(design, outcome, n_resamples=200, seed=3)
    assert 0 < found.n_used < found.n_resamples == 200
    assert not has_nan(found)


def test_cross_validation_is_a_loop_over_folds() -> None:
    design, outcome = patients()
    folds = np.arange(design.n) % 4
    found = cross_validate(design, outcome, folds)
    expected = np.empty(design.n)
    for fold in range(4):
        model = logistic.fit(design.rows(folds != fold), outcome[folds != fold])
        expected[folds == fold] = design.matrix[folds == fold] @ model.coefficients
    np.testing.assert_allclose(found.linear_predictor, expected, rtol=1e-8, atol=1e-10)
    assert found.brier == pytest.approx(np.mean((outcome - 1 / (1 + np.exp(-expected))) ** 2))
    assert found.calibration_slope == pytest.approx(slope(expected, outcome), rel=1e-7)
    by_fold = [
        roc_curve(outcome[folds == f], np.round(expected[folds == f], 12), direction="<").auc
        for f in range(4)
    ]
    assert found.auc_fold_mean == pytest.approx(np.mean(by_fold))


def test_leaving_one_out_is_a_fold_for_each_patient() -> None:
    design, outcome = patients(n=40)
    one, other = leave_one_out(design, outcome), cross_validate(design, outcome, np.arange(40))
    np.testing.assert_allclose(one.linear_predictor, other.linear_predictor, rtol=1e-10, atol=1e-12)
    assert one.auc_pooled == pytest.approx(other.auc_pooled)


def test_a_fold_without_a_case_has_no_fold_mean() -> None:
    design, outcome = patients(n=40)
    folds = np.where(outcome, 0, np.arange(40) % 2)
    folds[np.flatnonzero(outcome)[:5]] = 2
    assert cross_validate(design, outcome, folds).auc_fold_mean is None


@pytest.mark.parametrize(
    ("outcome", "folds", "reason"),
    [
        ([0, 0, 0, 0], [1, 2, 1, 2], "one_class"),
        ([0, 1, 0, 1], [1, 1, 1, 1], "too_few_folds"),
        ([0, 1, 0, 1], [1, 2, 3], "unequal_lengths"),
        ([0, 0, 0, 1], [1, 1, 2, 2], "one_class_in_training"),
    ],
)
def test_what_cannot_be_validated_says_why(outcome: list[int], folds: list[int], reason: str) -> None:
    with pytest.raises(NotEstimable) as refusal:
        cross_validate(design_matrix({"x": [1.0, 2.0, 4.0, 3.0]}), outcome, folds)
    assert refusal.value.reason == reason


def test_a_prediction_that_never_varies_has_no_slope() -> None:
    with pytest.raises(NotEstimable, match="constant"):
        cross_validate(design_matrix({"x": [4.2] * 4}), [0, 1, 0, 1], [1, 1, 2, 2])


def test_one_case_cannot_be_left_out() -> None:
    with pytest.raises(NotEstimable, match="one_class_in_training"):
        leave_one_out(design_matrix({"x": [1.0, 2, 3, 4]}), [0, 0, 1, 0])
