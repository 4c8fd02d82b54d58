import numpy as np
import pytest

from analytics.statistics import NotEstimable
from analytics.statistics.design import design_matrix
from analytics.statistics.resampling import cross_validate, repeated_cross_validation
from analytics.statistics.resampling.repetition import stratified_folds


def sample(n: int = 120) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(5)
    x = rng.normal(size=n)
    return x, rng.random(n) < 1 / (1 + np.exp(1 - x))


@pytest.mark.parametrize("n_folds", [2, 5, 7])
def test_folds_share_the_patients_and_the_events_out_evenly(n_folds: int) -> None:
    _, outcome = sample()
    folds = stratified_folds(outcome, n_folds, np.random.default_rng(1))
    for side in (outcome, ~outcome, np.ones(outcome.size, dtype=bool)):
        sizes = np.bincount(folds[side], minlength=n_folds)
        assert sizes.max() - sizes.min() <= 1


def test_the_mean_is_that_of_the_splits() -> None:
    x, outcome = sample()
    design = design_matrix({"x": x})
    found = repeated_cross_validation(design, outcome, n_folds=5, n_repeats=3, seed=9)
    random = np.random.default_rng(9)
    each = [cross_validate(design, outcome, stratified_folds(outcome, 5, random)) for _ in range(3)]
    np.testing.assert_array_equal(found.auc_each, [split.auc_fold_mean for split in each])
    assert found.auc == pytest.approx(found.auc_each.mean())
    assert np.unique(found.auc_each).size == 3


def test_the_same_seed_gives_the_same_splits() -> None:
    x, outcome = sample()
    design = design_matrix({"x": x})
    one, again, other = (
        repeated_cross_validation(design, outcome, n_repeats=2, seed=seed).auc for seed in (1, 1, 2)
    )
    assert one == again
    assert one != other


def test_noise_is_not_told_apart() -> None:
    _, outcome = sample()
    noise = np.random.default_rng(3).normal(size=(5, outcome.size))
    design = design_matrix(dict(zip("abcde", noise, strict=True)))
    assert 0.35 < repeated_cross_validation(design, outcome, n_repeats=5, seed=1).auc < 0.62


def test_fewer_events_than_folds() -> None:
    design = design_matrix({"x": np.arange(30.0)})
    with pytest.raises(NotEstimable, match="too_few_cases"):
        repeated_cross_validation(design, np.arange(30) % 10 == 0, seed=1)
