import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from analytics.statistics import NotEstimable
from analytics.statistics.splines import place_knots, restricted_cubic

KNOTS = np.array([1.0, 2.0, 4.0, 7.0])


def naive_column(x: float, knots: NDArray[np.float64], j: int) -> float:
    """Harrell's formula, one value and one column at a time."""
    last, before = knots[-1], knots[-2]
    cube = [max(x - knot, 0.0) ** 3 for knot in (knots[j], before, last)]
    tail = cube[1] * (last - knots[j]) - cube[2] * (before - knots[j])
    return float((cube[0] - tail / (last - before)) / (last - knots[0]) ** 2)


@given(st.lists(st.floats(-20, 20), min_size=1, max_size=10))
def test_the_basis_is_the_formula_value_by_value(values: list[float]) -> None:
    found = restricted_cubic(values, KNOTS)
    expected = [[x, naive_column(x, KNOTS, 0), naive_column(x, KNOTS, 1)] for x in values]
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)


@given(st.floats(-50, 1), st.floats(7, 60))
def test_beyond_the_outer_knots_the_curve_is_straight(left: float, right: float) -> None:
    for place in (left, right):
        step = 1.0 if place == right else -1.0
        values = restricted_cubic([place, place + step, place + 2 * step], KNOTS)
        np.testing.assert_allclose(values[2] - values[1], values[1] - values[0], atol=1e-7)


@pytest.mark.parametrize(
    ("values", "reason"),
    [([], "no_patients"), ([1.0] * 9, "too_few_knots"), ([0, 0, 0, 0, 0, 0, 1], "too_few_knots")],
)
def test_knots_need_values_that_differ(values: list[float], reason: str) -> None:
    with pytest.raises(NotEstimable) as refusal:
        place_knots(values)
    assert refusal.value.reason == reason
