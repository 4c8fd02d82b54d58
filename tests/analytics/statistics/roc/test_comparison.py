import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import beta, norm

from analytics.statistics import NotEstimable
from analytics.statistics.design import design_matrix
from analytics.statistics.roc import (
    clopper_pearson,
    combine_markers,
    delong_paired,
    delong_unpaired,
    hanley_mcneil_error,
    roc_curve,
    wilson,
)


def kernel(outcome: NDArray[np.bool_], marker: NDArray[np.float64]) -> NDArray[np.float64]:
    difference = marker[outcome][:, None] - marker[~outcome][None, :]
    return (difference > 0) + 0.5 * (difference == 0)


def markers(seed: int, n: int = 60) -> tuple[NDArray[np.bool_], NDArray[np.float64], NDArray[np.float64]]:
    rng = np.random.default_rng(seed)
    outcome = np.arange(n) % 3 == 0
    # Rounded, so that there are ties.
    return outcome, np.round(rng.normal(outcome, 1), 1), np.round(rng.normal(outcome / 2, 1), 1)


@pytest.mark.parametrize("seed", range(5))
def test_the_covariance_is_the_kernels_written_out(seed: int) -> None:
    outcome, a, b = markers(seed)
    test = delong_paired(outcome, a, b, directions=("<", "<"))
    ka, kb = kernel(outcome, a), kernel(outcome, b)
    expected = sum(np.cov(ka.mean(axis=axis), kb.mean(axis=axis)) / ka.shape[1 - axis] for axis in (0, 1))
    np.testing.assert_allclose(test.covariance, expected, rtol=1e-12)
    variance = expected[0, 0] + expected[1, 1] - 2 * expected[0, 1]
    assert test.standard_error == pytest.approx(variance**0.5, rel=1e-10)
    assert test.p_value == pytest.approx(2 * norm.sf(abs(test.z)), rel=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_exchanged_markers_turn_the_sign(seed: int) -> None:
    outcome, a, b = markers(seed)
    one, other = delong_paired(outcome, a, b), delong_paired(outcome, b, a)
    assert one.z == -other.z
    assert one.p_value == other.p_value


def test_the_same_marker_twice_does_not_differ() -> None:
    outcome, a, _ = markers(1)
    test = delong_paired(outcome, a, 3 * a)
    assert (test.difference, test.standard_error, test.z, test.p_value) == (0.0, 0.0, 0.0, 1.0)


def test_two_separated_markers_do_not_differ() -> None:
    outcome = np.array([False, False, True, True])
    test = delong_paired(outcome, [1.0, 2, 3, 4], [4.0, 3, 2, 1], directions=("<", ">"))
    assert (test.z, test.p_value) == (0.0, 1.0)


def test_areas_that_differ_without_variance_have_an_infinite_z() -> None:
    outcome = np.array([False, False, True, True])
    test = delong_paired(outcome, [1.0, 2, 3, 4], [1.0] * 4)
    assert (test.z, test.p_value) == (np.inf, 0.0)


def test_unpaired_groups_of_one_population_keep_their_level() -> None:
    rng = np.random.default_rng(5)
    outcome = np.arange(80) % 2 == 0
    p_values = []
    for _ in range(400):
        curves = [roc_curve(outcome, rng.normal(outcome, 1), direction="<") for _ in range(2)]
        p_values.append(delong_unpaired(*curves).p_value)
    assert np.mean(np.array(p_values) < 0.05) == pytest.approx(0.05, abs=0.03)


def test_unpaired_areas_without_variance_are_not_compared() -> None:
    curve = roc_curve([False, False, True, True], [1.0, 2, 3, 4])
    with pytest.raises(NotEstimable, match="no_variance"):
        delong_unpaired(curve, curve)


@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_intervals_of_a_proportion(counts: tuple[int, int]) -> None:
    count, n = counts
    low, high = clopper_pearson(count, n)
    assert low == pytest.approx(beta.ppf(0.025, count, n - count + 1) if count else 0, abs=1e-12)
    assert high == pytest.approx(beta.ppf(0.975, count + 1, n - count) if count < n else 1, abs=1e-12)
    # Wilson's limits are where the score test is just significant.
    for limit in wilson(count, n):
        if 1e-9 < limit < 1 - 1e-9:
            z = (count / n - limit) / (limit * (1 - limit) / n) ** 0.5
            assert abs(z) == pytest.approx(norm.ppf(0.975), rel=1e-6)
    # Cases and controls are treated alike.
    np.testing.assert_allclose(clopper_pearson(n - count, n), (1 - high, 1 - low), atol=1e-12)


def test_no_patients_have_no_interval() -> None:
    for interval in (clopper_pearson, wilson):
        with pytest.raises(NotEstimable, match="too_few"):
            interval(0, 0)


def test_hanley_and_mcneil_agree_with_delong_for_exponential_markers() -> None:
    """Their formula assumes exponential markers; there both estimate the same error."""
    rng = np.random.default_rng(8)
    outcome = np.arange(4000) % 2 == 0
    curve = roc_curve(outcome, rng.exponential(1 + 2 * outcome), direction="<")
    assert hanley_mcneil_error(curve.auc, 2000, 2000) == pytest.approx(
        curve.delong().standard_error, rel=0.03
    )


def test_a_combination_is_compared_with_each_marker_on_the_same_patients() -> None:
    outcome, a, b = markers(3)
    combined = combine_markers(design_matrix({"a": a, "b": b}), outcome, {"a": a, "b": -b})
    expected = delong_paired(outcome, combined.model.linear_predictor, -b, directions=("<", "auto"))
    assert combined.versus["b"].z == expected.z
    assert combined.versus["b"].directions == ("<", ">")
    (risk,), cut = combined.threshold_risk, combined.curve.youden()[0].threshold
    assert risk == pytest.approx(1 / (1 + np.exp(-cut)))
