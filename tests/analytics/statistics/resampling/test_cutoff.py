import numpy as np
import pytest
from numpy.typing import NDArray

from analytics.statistics import NotEstimable
from analytics.statistics.resampling import bootstrap_cutoff
from analytics.statistics.roc import roc_curve
from tests.analytics.statistics.results import has_nan


def patients(n: int = 60) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    rng = np.random.default_rng(2)
    outcome = np.arange(n) % 3 == 0
    return outcome, np.round(rng.normal(outcome, 1), 1)


@pytest.mark.parametrize("direction", ["<", ">"])
def test_the_figures_are_those_of_a_loop_over_the_same_draws(direction: str) -> None:
    outcome, marker = patients()
    found = bootstrap_cutoff(outcome, marker, direction=direction, n_resamples=100, seed=4)
    stream = np.random.default_rng([4, 0])
    drawn = [
        np.flatnonzero(side)[stream.integers(0, side.sum(), size=(100, side.sum()))]
        for side in (outcome, ~outcome)
    ]
    area, cut, seen, spared = [], [], [], []
    for rows in np.hstack(drawn):
        curve = roc_curve(outcome[rows], marker[rows], direction=direction)
        best = curve.youden()[0]
        outside = np.setdiff1d(np.arange(outcome.size), rows)
        positive = (
            marker[outside] >= best.threshold if direction == "<" else marker[outside] <= best.threshold
        )
        area.append(curve.auc)
        cut.append(best.threshold)
        seen.append(positive[outcome[outside]].mean())
        spared.append(1 - positive[~outcome[outside]].mean())
    assert (found.auc_low, found.auc_high) == pytest.approx(tuple(np.quantile(area, [0.025, 0.975])))
    assert found.threshold_low == pytest.approx(np.sort(cut)[2])
    assert found.threshold_high == pytest.approx(np.sort(cut)[97])
    # A cut between drawn values may fall beside a value that was not drawn.
    assert found.sensitivity == pytest.approx(np.mean(seen), abs=0.02)
    assert found.specificity == pytest.approx(np.mean(spared), abs=0.02)


def test_outside_the_sample_a_chosen_cutoff_does_worse() -> None:
    rng = np.random.default_rng(9)
    outcome = np.arange(60) % 2 == 0
    found = bootstrap_cutoff(outcome, rng.normal(size=60), n_resamples=300, seed=1)
    apparent = found.apparent_sensitivity + found.apparent_specificity
    assert found.sensitivity + found.specificity < apparent - 0.05


def test_the_seed_decides() -> None:
    outcome, marker = patients()
    one, again, other = (bootstrap_cutoff(outcome, marker, n_resamples=150, seed=s) for s in (3, 3, 4))
    assert one == again or repr(one) == repr(again)
    assert repr(one) != repr(other)


def test_a_constant_marker_has_infinite_cutoffs_and_no_nan() -> None:
    found = bootstrap_cutoff([0, 1] * 10, [4.2] * 20, n_resamples=100, seed=1)
    assert (found.auc_low, found.auc_high) == (0.5, 0.5)
    assert found.threshold == -np.inf
    assert not has_nan(found)


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [([0, 0, 0], "one_class"), ([0, 1, 0], "too_few_cases"), ([1, 1, 0], "too_few_controls")],
)
def test_what_cannot_be_resampled_says_why(outcome: list[int], reason: str) -> None:
    with pytest.raises(NotEstimable) as refusal:
        bootstrap_cutoff(outcome, [1.0, 2.0, 3.0], seed=1)
    assert refusal.value.reason == reason
