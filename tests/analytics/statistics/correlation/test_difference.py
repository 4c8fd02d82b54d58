import numpy as np
import pytest

from analytics.statistics import NotEstimable
from analytics.statistics.correlation import compare_independent, compare_overlapping


def test_independent_correlations_keep_their_level() -> None:
    """Two groups of the same population differ at 5 % in about 5 % of samples."""
    rng = np.random.default_rng(11)
    x, e = rng.normal(size=(2, 2000, 60))
    y = 0.5 * x + e
    r = [np.corrcoef(a, b)[0, 1] for a, b in zip(x, y, strict=True)]
    p_values = [compare_independent(r[k], 60, r[k + 1], 60).p_value for k in range(0, 2000, 2)]
    assert np.mean(np.array(p_values) < 0.05) == pytest.approx(0.05, abs=0.02)


def test_overlapping_correlations_keep_their_level() -> None:
    """Two markers equally related to x differ at 5 % in about 5 % of samples."""
    rng = np.random.default_rng(12)
    p_values = []
    for _ in range(1000):
        x, shared, e, f = rng.normal(size=(4, 60))
        y, z = 0.5 * x + shared + e, 0.5 * x + shared + f
        r = np.corrcoef([x, y, z])
        p_values.append(compare_overlapping(r[0, 1], r[0, 2], r[1, 2], 60).p_value)
    assert np.mean(np.array(p_values) < 0.05) == pytest.approx(0.05, abs=0.02)


def test_swapping_what_is_compared_turns_the_sign() -> None:
    one, other = compare_overlapping(0.4, 0.5, 0.1, 50), compare_overlapping(0.5, 0.4, 0.1, 50)
    assert one.statistic == -other.statistic
    assert one.p_value == other.p_value


@pytest.mark.parametrize(
    ("correlations", "n", "reason"),
    [
        ((0.4, 0.5, 1.0), 50, "perfect_correlation"),
        ((0.9, -0.9, 0.9), 50, "incompatible"),
        ((0.4, 0.5, 0.1), 3, "too_few"),
    ],
)
def test_what_cannot_be_compared_says_why(correlations: tuple[float, ...], n: int, reason: str) -> None:
    with pytest.raises(NotEstimable) as refusal:
        compare_overlapping(*correlations, n)
    assert refusal.value.reason == reason


def test_a_perfect_correlation_has_no_fisher_z() -> None:
    with pytest.raises(NotEstimable, match="perfect_correlation"):
        compare_independent(1.0, 20, 0.5, 20)
