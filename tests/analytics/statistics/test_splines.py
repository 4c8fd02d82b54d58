import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from analytics.statistics import NotEstimable, logistic
from analytics.statistics.design import INTERCEPT, Design, design_matrix
from analytics.statistics.splines import HARRELL, fit_spline, linearity_test, place_knots, restricted_cubic

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


def survey(bend: float) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    rng = np.random.default_rng(6)
    x, z = rng.normal(size=(2, 400))
    return x, z, rng.random(400) < 1 / (1 + np.exp(1 - x / 2 - bend * x * x))


def test_a_bend_is_found_and_a_straight_line_is_not() -> None:
    p_values = []
    for bend in (0.0, 0.5):
        x, z, outcome = survey(bend)
        adjusting = design_matrix({"z": z})
        p_values.append(fit_spline(adjusting, "x", x, outcome, place_knots(x)).nonlinearity.p_value)
    assert p_values[0] > 0.05 > 0.001 > p_values[1]


def test_the_tests_compare_the_models_they_say() -> None:
    x, z, outcome = survey(0.5)
    found = fit_spline(design_matrix({"z": z}), "x", x, outcome, place_knots(x, HARRELL[5]))
    assert found.model.terms == (INTERCEPT, "z", "x", "x'", "x''", "x'''")
    assert (found.nonlinearity.df, found.overall.df) == (3, 4)
    straight = logistic.fit(design_matrix({"z": z, "x": x}), outcome)
    assert found.nonlinearity.statistic == pytest.approx(straight.deviance - found.model.deviance, rel=1e-9)


def test_odds_ratios_are_one_at_the_reference_and_follow_the_model() -> None:
    x, z, outcome = survey(0.5)
    found = fit_spline(design_matrix({"z": z}), "x", x, outcome, place_knots(x))
    ratio, low, high = found.odds_ratios([0.0, 1.0], 0.0)
    assert (ratio[0], low[0], high[0]) == (1.0, 1.0, 1.0)
    assert low[1] < ratio[1] < high[1]
    basis = restricted_cubic([0.0, 1.0], found.knots)
    step = (basis[1] - basis[0]) @ found.model.coefficients[2:]
    assert ratio[1] == pytest.approx(np.exp(step))


def test_without_other_covariates_the_intercept_alone_is_adjusted_for() -> None:
    x, _, outcome = survey(0.5)
    alone = Design(np.ones((x.size, 1)), (INTERCEPT,), (), (-1,))
    found = fit_spline(alone, "x", x, outcome, place_knots(x))
    gain = found.model.null_deviance - found.model.deviance
    assert found.overall.statistic == pytest.approx(gain, rel=1e-9)


@pytest.mark.parametrize(
    ("values", "reason"),
    [([], "no_patients"), ([1.0] * 9, "too_few_knots"), ([0, 0, 0, 0, 0, 0, 1], "too_few_knots")],
)
def test_knots_need_values_that_differ(values: list[float], reason: str) -> None:
    with pytest.raises(NotEstimable) as refusal:
        place_knots(values)
    assert refusal.value.reason == reason


class TestLinearity:
    def test_as_the_bend_of_a_spline_fit(self) -> None:
        rng = np.random.default_rng(4)
        values = rng.normal(size=300)
        occurred = rng.random(300) < 1 / (1 + np.exp(-(values**2 - 1)))
        model = logistic.fit(design_matrix({"x": values}), occurred)
        alone = Design(np.ones((300, 1)), ("(Intercept)",), (), (-1,))
        beside = fit_spline(alone, "x", values, occurred, place_knots(values, HARRELL[3]))
        assert linearity_test(model, "x").p_value == pytest.approx(beside.nonlinearity.p_value, rel=1e-9)
        assert linearity_test(model, "x").p_value < 0.001

    def test_a_straight_line_is_not_called_bent(self) -> None:
        rng = np.random.default_rng(5)
        values = rng.normal(size=300)
        occurred = rng.random(300) < 1 / (1 + np.exp(-values))
        assert linearity_test(logistic.fit(design_matrix({"x": values}), occurred), "x").p_value > 0.05

    def test_a_category_has_no_bend(self) -> None:
        design = design_matrix({"g": np.array(list("abcabcabcabc"))}, factors={"g": ("a", "b", "c")})
        model = logistic.fit(design, [1, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 1])
        with pytest.raises(NotEstimable, match="not_continuous"):
            linearity_test(model, "g")
