import math
import statistics
from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analytics.statistics import NotEstimable
from analytics.statistics.correlation import correlate, interval, spearman_permutation_p
from tests.analytics.statistics.results import has_nan

METHODS = ("pearson", "spearman", "kendall")
TIED = arrays(float, 12, elements=st.integers(0, 8).map(float))
NAN = math.nan


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def _pearson(x: list[float], y: list[float]) -> float:
    mx, my = statistics.fmean(x), statistics.fmean(y)
    products = math.fsum((a - mx) * (b - my) for a, b in zip(x, y, strict=True))
    return products / math.sqrt(math.fsum((a - mx) ** 2 for a in x) * math.fsum((b - my) ** 2 for b in y))


def _ranks(x: list[float]) -> list[float]:
    return [sum(v < w for v in x) + (x.count(w) + 1) / 2 for w in x]


def _tau_b(x: list[float], y: list[float]) -> float:
    pairs = [(_sign(x[i] - x[j]), _sign(y[i] - y[j])) for i, j in combinations(range(len(x)), 2)]
    score = sum(a * b for a, b in pairs)
    return score / math.sqrt(sum(a != 0 for a, _ in pairs) * sum(b != 0 for _, b in pairs))


NAIVE = {
    "pearson": _pearson,
    "spearman": lambda x, y: _pearson(_ranks(x), _ranks(y)),
    "kendall": _tau_b,
}


def _vary(*samples: np.ndarray) -> None:
    assume(all(np.ptp(sample) > 0 for sample in samples))


@pytest.mark.parametrize("method", METHODS)
@given(x=TIED, y=TIED)
def test_coefficient_from_its_definition(method: str, x: np.ndarray, y: np.ndarray) -> None:
    _vary(x, y)
    found = correlate(x, y, method=method)
    assert found.r == pytest.approx(NAIVE[method](x.tolist(), y.tolist()), abs=1e-12)
    assert -1 <= found.r <= 1
    assert not has_nan(found)


@pytest.mark.parametrize("method", METHODS)
@given(x=TIED, y=TIED, order=st.permutations(range(12)))
def test_neither_order_nor_roles_matter(method: str, x: np.ndarray, y: np.ndarray, order: list[int]) -> None:
    _vary(x, y)
    one, other = correlate(x, y, method=method), correlate(y[order], x[order], method=method)
    assert (one.r, one.p_value) == pytest.approx((other.r, other.p_value), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("method", ["spearman", "kendall"])
@given(x=TIED, y=TIED)
def test_a_monotone_rescaling_leaves_rank_correlations(method: str, x: np.ndarray, y: np.ndarray) -> None:
    _vary(x, y)
    assert correlate(np.exp(x), y**3, method=method) == correlate(x, y, method=method)


@pytest.mark.parametrize("factor", [1e-154, 1e-12, 18.02, 1e154])
@given(x=TIED, y=TIED)
def test_another_unit_leaves_pearson(factor: float, x: np.ndarray, y: np.ndarray) -> None:
    _vary(x, y)
    assert correlate(x * factor, y).r == pytest.approx(correlate(x, y).r, abs=1e-12)
    assert correlate(-x, y).r == pytest.approx(-correlate(x, y).r, abs=1e-12)


@given(st.permutations(range(6)))
def test_permutation_p_by_listing_every_order(y: list[int]) -> None:
    n = len(y)
    squares = sum((i - v) ** 2 for i, v in enumerate(y))
    every = [sum((i - v) ** 2 for i, v in enumerate(order)) for order in permutations(range(n))]
    lower, upper = np.mean([s <= squares for s in every]), np.mean([s >= squares for s in every])
    expected = min(1.0, 2 * min(lower, upper))
    assert spearman_permutation_p(list(map(float, range(n))), list(map(float, y))) == pytest.approx(expected)


def test_permutation_p_of_many_pairs_is_that_of_the_normal_limit() -> None:
    rng = np.random.default_rng(5)
    x, y = rng.normal(size=(2, 400))
    x += 0.1 * y
    exact, approximate = spearman_permutation_p(x, y), correlate(x, y, method="spearman").p_value
    assert exact == pytest.approx(approximate, rel=0.01)


def test_permutation_p_needs_distinct_values() -> None:
    with pytest.raises(NotEstimable, match="ties"):
        spearman_permutation_p([1.0, 1.0, 2.0, 3.0], [1.0, 2.0, 3.0, 4.0])


def test_gaps_are_left_out_pair_by_pair() -> None:
    found = correlate([1.0, NAN, 2.0, 3.0, 5.0], [2.0, 1.0, NAN, 4.0, 5.0])
    assert found.n == 3
    assert found.r == pytest.approx(_pearson([1.0, 3.0, 5.0], [2.0, 4.0, 5.0]))


def test_three_pairs_have_a_p_value_and_no_interval() -> None:
    found = correlate([1.0, 2.0, 4.0], [2.0, 1.0, 7.0])
    assert 0 < found.p_value < 1
    assert (found.ci_low, found.ci_high) == (None, None)


@pytest.mark.parametrize("method", METHODS)
def test_a_duplicate_column_correlates_perfectly(method: str) -> None:
    x = [0.8, 0.9, 1.1, 1.0, 1.3]
    found = correlate(x, x, method=method)
    assert found.r == pytest.approx(1, abs=1e-15)
    assert found.ci_low == pytest.approx(1, abs=1e-12)
    assert not has_nan(found)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("x", "reason"),
    [
        ([4.2] * 5, "constant"),
        ([NAN] * 5, "too_few"),
        ([1.0, 2.0, NAN, NAN, NAN], "too_few"),
        ([1.0, 2.0, 3.0, math.inf, 4.0], "infinite"),
        (np.array(["a"] * 5, dtype=object), "not_numeric"),
    ],
)
def test_degenerate_columns_say_why(method: str, x: object, reason: str) -> None:
    with pytest.raises(NotEstimable) as refusal:
        correlate(x, [1.0, 3.0, 2.0, 5.0, 4.0], method=method)
    assert refusal.value.reason == reason


@pytest.mark.parametrize("method", ["fisher", "bonett-wright", "fieller", "fieller-kendall"])
@given(r=st.floats(-0.999, 0.999), n=st.integers(5, 500))
def test_an_interval_holds_its_correlation_and_mirrors_it(method: str, r: float, n: int) -> None:
    low, high = interval(r, n, method=method)
    assert -1 <= low <= r <= high <= 1
    assert interval(-r, n, method=method) == pytest.approx((-high, -low))
