"""Skewness: symmetric, turned, shifted and rescaled samples, and what has none."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.statistics import NotEstimable
from analytics.statistics.comparison.skewness import skewness

SAMPLES = st.lists(st.integers(-50, 50), min_size=3, max_size=20).filter(lambda values: len(set(values)) > 1)


@given(SAMPLES)
def test_definition(values: list[int]) -> None:
    x = np.array(values, dtype=float)
    n, centred = x.size, x - x.mean()
    cubes, squares = (centred**3).sum(), (centred**2).sum()
    # The cubes over the standard deviation with n - 1, as it is often written.
    wanted = n * cubes / ((n - 1) * (n - 2) * (squares / (n - 1)) ** 1.5)
    assert skewness(x) == pytest.approx(wanted, rel=1e-9, abs=1e-9)


@given(SAMPLES, st.integers(-1000, 1000), st.floats(0.01, 100))
def test_neither_place_nor_unit_matters_and_a_mirror_turns_it(
    values: list[int], shift: int, unit: float
) -> None:
    x = np.array(values, dtype=float)
    assert skewness(x * unit + shift) == pytest.approx(skewness(x), rel=1e-6, abs=1e-6)
    assert skewness(-x) == pytest.approx(-skewness(x), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    ("values", "reason"), [([], "too_few"), ([1.0, 2.0], "too_few"), ([0.1] * 5, "constant")]
)
def test_refusals(values: list[float], reason: str) -> None:
    with pytest.raises(NotEstimable, match=reason):
        skewness(np.array(values))


def test_values_whose_squares_are_out_of_range() -> None:
    assert skewness(np.array([1e300, 2e300, 9e300])) == pytest.approx(skewness(np.array([1.0, 2.0, 9.0])))
