"""Whether chains have mixed: against what the numbers are made of, and on chains that have and have not."""

import numpy as np
import pytest

from analytics.statistics import NotEstimable
from analytics.statistics.missing import Variable, autocorrelation, impute, potential_scale_reduction


def chains(memory: float, *, n_iterations: int = 10, n_chains: int = 20, seed: int = 1) -> np.ndarray:
    """Autoregressive chains of unit variance."""
    trace = np.random.default_rng(seed).normal(size=(n_iterations, n_chains))
    for k in range(1, n_iterations):
        trace[k] = memory * trace[k - 1] + np.sqrt(1 - memory**2) * trace[k]
    return trace


def test_chains_that_have_mixed() -> None:
    found = [potential_scale_reduction(chains(0.0, seed=seed)) for seed in range(200)]
    assert max(found) < 1.2
    assert np.median(found) == pytest.approx(1, abs=0.03)


def test_chains_that_remember_lie_apart() -> None:
    found = [potential_scale_reduction(chains(0.9, seed=seed)) for seed in range(50)]
    assert min(found) > 1.2
    assert autocorrelation(chains(0.9)) == pytest.approx(0.9, abs=0.1)


def test_chains_of_other_spread_are_seen() -> None:
    trace = chains(0.0) * np.linspace(0.1, 10, 20)
    assert potential_scale_reduction(trace) > 1.2


def test_no_change_of_unit_matters() -> None:
    trace = chains(0.5)
    assert potential_scale_reduction(np.exp(trace)) > 1
    assert potential_scale_reduction(3 - 2 * trace) == pytest.approx(potential_scale_reduction(trace))
    assert autocorrelation(3 - 2 * trace) == pytest.approx(autocorrelation(trace))


@pytest.mark.parametrize(
    ("trace", "reason"),
    [
        (np.zeros((10, 5)), "constant"),
        (chains(0.0, n_iterations=3), "too_few_iterations"),
        (chains(0.0, n_iterations=1), "too_few_iterations"),
    ],
)
def test_what_cannot_be_told(trace: np.ndarray, reason: str) -> None:
    with pytest.raises(NotEstimable) as refusal:
        potential_scale_reduction(trace)
    assert refusal.value.reason == reason
    assert autocorrelation(trace) == pytest.approx(0, abs=1)


def test_the_trace_is_of_what_was_drawn() -> None:
    rng = np.random.default_rng(4)
    age = rng.normal(size=60)
    mg = np.where(np.arange(60) % 6 == 0, np.nan, age + rng.normal(size=60))
    found = impute({"age": Variable(age), "mg": Variable(mg)}, imputations=3, iterations=4, seed=2)
    assert set(found.means) == {"mg"}
    assert found.means["mg"].shape == (4, 3)
    for k, table in enumerate(found.tables):
        drawn = table["mg"][np.isnan(mg)]
        assert found.means["mg"][-1, k] == pytest.approx(drawn.mean())
        assert found.spreads["mg"][-1, k] == pytest.approx(drawn.std())
