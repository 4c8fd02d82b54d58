"""Tobit regression: least squares without limits, the normal likelihood by another road with them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, stats

from analytics.statistics import NotEstimable
from analytics.statistics.censored import Bounds, bounds_of, tobit
from analytics.statistics.design import design_matrix
from tests.analytics.statistics.results import has_nan

RNG = np.random.default_rng(4)
GROUP = np.repeat([0.0, 1.0], 40)
VALUES = 1 + 0.8 * GROUP + RNG.normal(size=80)
DESIGN = design_matrix({"died": GROUP})


def below(limit: float, values: np.ndarray = VALUES) -> Bounds:
    return bounds_of(np.maximum(values, limit), ["<" if value < limit else "" for value in values])


def naive(bounds: Bounds, covariate: np.ndarray) -> np.ndarray:
    """Intercept, slope and log scale by a general optimiser on the likelihood as it is written in books."""

    def loss(parameters: np.ndarray) -> float:
        mean, scale = parameters[0] + parameters[1] * covariate, np.exp(parameters[2])
        density = stats.norm.logpdf(bounds.low[bounds.exact], mean[bounds.exact], scale)
        open_ = ~bounds.exact
        inside = stats.norm.cdf(bounds.high[open_], mean[open_], scale)
        inside = inside - stats.norm.cdf(bounds.low[open_], mean[open_], scale)
        return float(-density.sum() - np.log(inside).sum())

    found = optimize.minimize(
        loss, np.zeros(3), method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12}
    )
    return np.asarray(found.x)


def test_without_limits_it_is_least_squares() -> None:
    found = tobit(DESIGN, bounds_of(VALUES, [""] * 80))
    expected = stats.linregress(GROUP, VALUES)
    assert found.coefficients == pytest.approx([expected.intercept, expected.slope])
    # The spread of maximum likelihood divides by n.
    assert found.standard_errors[1] == pytest.approx(expected.stderr * np.sqrt(78 / 80))


@pytest.mark.parametrize("limit", [0.0, 1.0, 1.8])
def test_against_a_general_optimiser(limit: float) -> None:
    bounds = below(limit)
    found = tobit(DESIGN, bounds)
    assert [*found.coefficients, np.log(found.scale)] == pytest.approx(naive(bounds, GROUP), abs=1e-6)
    assert found.n_left == int((limit > VALUES).sum())


def test_bounds_on_both_sides_and_between() -> None:
    low, high = VALUES.copy(), VALUES.copy()
    low[::4], high[::4] = np.floor(VALUES[::4]), np.floor(VALUES[::4]) + 1
    low[1::8], high[2::8] = -np.inf, np.inf
    bounds = Bounds(low, high)
    found = tobit(DESIGN, bounds)
    assert [*found.coefficients, np.log(found.scale)] == pytest.approx(naive(bounds, GROUP), abs=1e-6)
    assert (found.n_left, found.n_right, found.n_inner) == (10, 10, 20)


@given(st.floats(-1e3, 1e3), st.floats(1e-3, 1e3))
def test_units_shift_and_stretch_what_is_found(shift: float, unit: float) -> None:
    one, bounds = tobit(DESIGN, below(0.8)), below(0.8)
    other = tobit(DESIGN, Bounds(bounds.low * unit + shift, bounds.high * unit + shift))
    assert other.coefficients[1] == pytest.approx(one.coefficients[1] * unit, rel=1e-6)
    assert other.p_value[1] == pytest.approx(one.p_value[1], rel=1e-6)
    assert other.scale == pytest.approx(one.scale * unit, rel=1e-6)


def test_turned_round_the_upper_limit_is_the_lower() -> None:
    bounds = below(0.8)
    found, turned = tobit(DESIGN, bounds), tobit(DESIGN, Bounds(-bounds.high, -bounds.low))
    assert turned.coefficients == pytest.approx(-found.coefficients)
    assert turned.n_right == found.n_left


def test_it_finds_the_difference_that_the_limit_hides() -> None:
    """With half of the values below the limit, putting the limit in their place shrinks the difference."""
    rng = np.random.default_rng(8)
    group = np.repeat([0.0, 1.0], 2000)
    values = group + rng.normal(size=4000)
    found = tobit(design_matrix({"died": group}), below(0.5, values))
    at_limit = np.maximum(values, 0.5)
    assert found.ci_low[1] < 1 < found.ci_high[1]
    assert at_limit[group == 1].mean() - at_limit[group == 0].mean() < 0.75


def test_a_column_that_depends_on_others_is_left_out() -> None:
    found = tobit(design_matrix({"died": GROUP, "again": 2 * GROUP}), below(0.8))
    assert (found.terms, found.aliased) == (("(Intercept)", "died"), ("again",))


@pytest.mark.parametrize(
    ("bounds", "reason"),
    [
        (bounds_of(VALUES, ["<"] * 80), "too_few_within_limits"),
        (bounds_of(VALUES, ["<" if died else "" for died in GROUP]), "too_few_within_limits"),
        (bounds_of(np.ones(80), [""] * 80), "constant"),
        (bounds_of(1 + GROUP, [""] * 80), "constant"),
        (bounds_of(VALUES[:3], [""] * 3), "unequal_lengths"),
        (Bounds(np.floor(GROUP) - 0.1, np.floor(GROUP) + 0.1), "not_converged"),
    ],
)
def test_what_cannot_be_estimated_says_why(bounds: Bounds, reason: str) -> None:
    with pytest.raises(NotEstimable) as refusal:
        tobit(DESIGN, bounds)
    assert refusal.value.reason == reason


@given(
    st.lists(
        st.tuples(
            st.one_of(st.floats(-1e90, 1e90), st.integers(0, 3).map(float)), st.sampled_from(["", "<", ">"])
        ),
        min_size=3,
        max_size=20,
    )
)
def test_any_results_give_numbers_or_a_reason(results: list[tuple[float, str]]) -> None:
    bounds = bounds_of([value for value, _ in results], [sign for _, sign in results])
    try:
        found = tobit(design_matrix({"half": np.arange(len(results)) % 2}), bounds)
    except NotEstimable:
        return
    assert not has_nan(found)
