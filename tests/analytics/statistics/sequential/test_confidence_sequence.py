import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.statistics import NotEstimable
from analytics.statistics.sequential.confidence_sequence import boundary, confidence_sequence

LOOKS = np.arange(20, 2001, 20)


def missed(z: np.ndarray, width: np.ndarray | float) -> float:
    """Share of the studies in which the interval misses the truth at least once."""
    return float((np.abs(z) > width).any(axis=1).mean())


def test_coverage_holds_over_100_looks_where_the_fixed_interval_fails() -> None:
    rng = np.random.default_rng(1)
    values = rng.normal(size=(2000, LOOKS[-1]))
    sums = np.cumsum(values, axis=1)[:, LOOKS - 1]
    squares = np.cumsum(values**2, axis=1)[:, LOOKS - 1]
    mean = sums / LOOKS
    error = np.sqrt((squares - LOOKS * mean**2) / (LOOKS - 1) / LOOKS)
    assert missed(mean / error, 1.96) > 0.3
    assert missed(mean / error, boundary(LOOKS, tuned_at=500)) < 0.05


def test_coverage_of_a_correlation_over_100_looks() -> None:
    rng = np.random.default_rng(2)
    x = rng.normal(size=(1000, LOOKS[-1]))
    y = 0.3 * x + np.sqrt(1 - 0.09) * rng.normal(size=x.shape)

    def running(values: np.ndarray) -> np.ndarray:
        return np.cumsum(values, axis=1)[:, LOOKS - 1] / LOOKS

    covariance = running(x * y) - running(x) * running(y)
    variances = (running(x**2) - running(x) ** 2) * (running(y**2) - running(y) ** 2)
    r = covariance / np.sqrt(variances)
    z = (np.arctanh(r) - np.arctanh(0.3)) * np.sqrt(LOOKS - 3)
    assert missed(z, 1.96) > 0.3
    assert missed(z, boundary(LOOKS, tuned_at=500)) < 0.05


@given(st.integers(2, 100_000), st.sampled_from([0.5, 0.8, 1.25, 2.0]), st.sampled_from([0.9, 0.95, 0.99]))
def test_no_other_tuning_is_narrower_where_it_is_tuned(n: int, other: float, level: float) -> None:
    here = boundary([n], tuned_at=n, level=level)[0]
    assert here < boundary([n], tuned_at=n * other, level=level)[0]


@given(st.integers(2, 10_000))
def test_it_is_wider_than_the_fixed_interval(n: int) -> None:
    assert boundary([n], tuned_at=n)[0] > 1.96


def test_scales_keep_the_interval_where_the_estimate_can_be() -> None:
    correlation = confidence_sequence([0.9], [0.05], [20], tuned_at=100, scale="fisher_z")
    area = confidence_sequence([0.95], [0.04], [20], tuned_at=100, scale="logit")
    assert -1 < correlation.ci_low[0] < 0.9 < correlation.ci_high[0] < 1
    assert 0 < area.ci_low[0] < 0.95 < area.ci_high[0] < 1


def test_sign_turns_the_interval() -> None:
    up = confidence_sequence([0.4, 0.3], [0.1, 0.08], [50, 90], tuned_at=90)
    down = confidence_sequence([-0.4, -0.3], [0.1, 0.08], [50, 90], tuned_at=90)
    assert down.ci_low == pytest.approx(-up.ci_high)
    assert up.look.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("estimate", "error", "n", "scale", "reason"),
    [
        ([], [], [], "identity", "no_looks"),
        ([0.1], [0.1, 0.2], [10], "identity", "unequal_lengths"),
        ([0.1, 0.2], [0.1, 0.1], [10, 5], "identity", "n_not_ascending"),
        ([0.1], [0.1], [1], "identity", "n_not_ascending"),
        ([0.1], [0.0], [10], "identity", "standard_error_not_positive"),
        ([1.0], [0.1], [10], "fisher_z", "outside_scale"),
        ([1.0], [0.1], [10], "logit", "outside_scale"),
        ([np.inf], [0.1], [10], "identity", "infinite"),
    ],
)
def test_refusals(estimate: object, error: object, n: object, scale: str, reason: str) -> None:
    with pytest.raises(NotEstimable) as refusal:
        confidence_sequence(estimate, error, n, tuned_at=50, scale=scale)
    assert refusal.value.reason == reason
