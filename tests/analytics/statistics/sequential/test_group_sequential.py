import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import multivariate_normal, norm

from analytics.statistics import NotEstimable
from analytics.statistics.sequential.group_sequential import (
    group_sequential_design,
    repeated_looks_error,
    spent,
)


def never_crossed(information: np.ndarray, low: np.ndarray, high: np.ndarray) -> float:
    """Probability that z stays between the bounds at every look, from the joint normal distribution."""
    covariance = np.sqrt(
        np.minimum.outer(information, information) / np.maximum.outer(information, information)
    )
    law = multivariate_normal(
        np.zeros(information.size), covariance, seed=1, abseps=1e-8, releps=1e-8, maxpts=1_000_000
    )
    return float(law.cdf(high, lower_limit=low))


@pytest.mark.parametrize("spending", ["obrien_fleming", "pocock"])
@pytest.mark.parametrize("information", [[0.5, 1.0], [0.2, 0.7, 1.0], [0.3, 0.5, 0.9, 1.0]])
def test_boundaries_spend_what_they_may(spending: str, information: list[float]) -> None:
    design = group_sequential_design(information, spending=spending)
    for looks in range(1, len(information) + 1):
        seen = design.information[:looks]
        crossed = 1 - never_crossed(seen, np.full(looks, -np.inf), design.z[:looks])
        assert crossed == pytest.approx(design.cumulative_spend[looks - 1], abs=2e-6)


@pytest.mark.parametrize("looks", [2, 3, 4])
def test_error_of_repeated_looks(looks: int) -> None:
    information, z = np.arange(1.0, looks + 1), norm.ppf(0.975)
    expected = 1 - never_crossed(information, np.full(looks, -z), np.full(looks, z))
    assert repeated_looks_error(information) == pytest.approx(expected, abs=2e-6)


def test_error_of_many_looks_as_published() -> None:
    published = {5: 0.142, 10: 0.193, 20: 0.248, 50: 0.320, 100: 0.374}
    for looks, error in published.items():
        assert repeated_looks_error(np.arange(1, looks + 1)) == pytest.approx(error, abs=6e-4)


@given(st.floats(0.001, 1000))
def test_unit_of_information_does_not_matter(unit: float) -> None:
    information = np.array([1.0, 2.0, 4.0])
    assert repeated_looks_error(information * unit) == pytest.approx(repeated_looks_error(information))


@given(st.lists(st.floats(0.05, 1), min_size=1, max_size=8, unique=True))
def test_all_is_spent_in_the_end_and_never_taken_back(information: list[float]) -> None:
    for spending in ("obrien_fleming", "pocock"):
        spend = spent([*sorted(information), 1.5], spending=spending)
        assert (np.diff(spend) >= 0).all()
        assert spend[-1] == pytest.approx(0.025)


def test_one_look_is_the_ordinary_test() -> None:
    design = group_sequential_design([1.0])
    assert (design.z[0], design.p_value[0]) == pytest.approx((norm.ppf(0.975), 0.05))


@pytest.mark.parametrize(
    ("information", "reason"),
    [
        ([], "information_not_ascending"),
        ([0.5, 0.5], "information_not_ascending"),
        ([0.0, 1.0], "information_not_ascending"),
        ([0.001, 1.0], "information_too_small"),
        ([0.5, 1.0, 1.2], "information_too_small"),
        ([0.5, np.nan], "missing"),
    ],
)
def test_refusals(information: list[float], reason: str) -> None:
    with pytest.raises(NotEstimable) as refusal:
        group_sequential_design(information)
    assert refusal.value.reason == reason
