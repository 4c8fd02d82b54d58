from itertools import combinations, product
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analytics.statistics import NotEstimable, attempt
from analytics.statistics.comparison import mann_whitney
from analytics.statistics.comparison.mann_whitney import (
    hodges_lehmann,
    hodges_lehmann_interval,
    mann_whitney_test,
)

TIED = arrays(float, st.integers(1, 15), elements=st.integers(0, 6).map(float))
DISTINCT = st.lists(st.integers(0, 1000), min_size=4, max_size=9, unique=True)


@given(TIED, TIED)
def test_statistic_counts_the_pairs_won(a: np.ndarray, b: np.ndarray) -> None:
    won = sum((x > y) + (x == y) / 2 for x, y in product(a, b))
    found = mann_whitney_test(a, b)
    assert found.statistic == won
    assert found.auc == pytest.approx(won / (a.size * b.size))
    assert found.hodges_lehmann == np.median([x - y for x, y in product(a, b)])


@given(DISTINCT, st.integers(1, 3))
def test_exact_p_by_listing_every_way_to_draw_a(values: list[int], n_a: int) -> None:
    sample = np.array(values, dtype=float)
    found = mann_whitney_test(sample[:n_a], sample[n_a:])

    def statistic(chosen: tuple[int, ...]) -> int:
        rest = [k for k in range(len(values)) if k not in chosen]
        return sum(sample[i] > sample[j] for i, j in product(chosen, rest))

    drawn = [statistic(chosen) for chosen in combinations(range(len(values)), n_a)]
    lower = np.mean([other <= found.statistic for other in drawn])
    upper = np.mean([other >= found.statistic for other in drawn])
    assert found.p_exact == pytest.approx(min(1.0, 2 * min(lower, upper)), rel=1e-12)


@given(TIED, TIED)
def test_only_ranks_matter(a: np.ndarray, b: np.ndarray) -> None:
    plain, bent = mann_whitney_test(a, b), mann_whitney_test(np.exp(a), np.exp(b))
    assert (plain.statistic, plain.p_normal_corrected.__repr__()) == (
        bent.statistic,
        bent.p_normal_corrected.__repr__(),
    )


def test_the_exact_p_is_left_to_small_samples() -> None:
    found = mann_whitney_test(np.arange(60.0), np.arange(60.0) + 0.5)
    assert found.p_exact.reason == "too_many"


@pytest.mark.parametrize("sizes", [(40, 60), (41, 61), (1, 3)])
@pytest.mark.parametrize("digits", [0, 1, 6])
def test_the_median_difference_of_many_pairs_is_that_of_all_of_them(
    monkeypatch: pytest.MonkeyPatch, sizes: tuple[int, int], digits: int
) -> None:
    rng = np.random.default_rng(1)
    a, b = (np.round(rng.normal(size=size) * 3, digits) for size in sizes)
    expected = hodges_lehmann(a, b)
    monkeypatch.setattr(mann_whitney, "_PAIRS_AT_ONCE", 10)
    assert hodges_lehmann(a, b) == pytest.approx(expected, rel=1e-14, abs=1e-15)


@given(st.integers(4, 7), st.integers(4, 7), st.randoms(use_true_random=False))
def test_the_interval_holds_the_shifts_that_the_exact_test_keeps(n_a: int, n_b: int, random: Random) -> None:
    values = np.array(random.sample(range(1000), n_a + n_b), dtype=float)
    a, b = values[:n_a] + 0.3, values[n_a:]
    low, high = hodges_lehmann_interval(a, b, is_exact=True)
    for shift, is_kept in ((low + 0.1, True), (high - 0.1, True), (low - 0.1, False), (high + 0.1, False)):
        # Half a tenth aside of every difference nothing is tied.
        p_value = mann_whitney_test(a - shift - 0.05, b).p_exact
        assert (p_value >= 0.05) is is_kept


@given(TIED, TIED)
def test_the_normal_interval_holds_the_shift_and_turns_with_the_samples(a: np.ndarray, b: np.ndarray) -> None:
    found = attempt(hodges_lehmann_interval, a, b, is_exact=False)
    if isinstance(found, NotEstimable):
        assert found.reason == "too_few"
        return
    low, high = found
    assert low <= hodges_lehmann(a, b) <= high
    assert hodges_lehmann_interval(b, a, is_exact=False) == (-high, -low)


def test_the_interval_of_more_pairs_than_are_listed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    a, b = rng.normal(0.3, 1, 70), rng.normal(0, 1, 80)
    listed = hodges_lehmann_interval(a, b, is_exact=False)
    monkeypatch.setattr(mann_whitney, "_PAIRS_AT_ONCE", 100)
    assert hodges_lehmann_interval(a, b, is_exact=False) == pytest.approx(listed, rel=1e-12)


@given(arrays(float, 7, elements=st.floats(-10, 10)), arrays(float, 2, elements=st.floats(-10, 10)))
def test_the_interval_may_reach_to_the_extreme_differences(a: np.ndarray, b: np.ndarray) -> None:
    found = attempt(hodges_lehmann_interval, a, b, is_exact=False, level=0.9)
    if not isinstance(found, NotEstimable):
        assert np.subtract.outer(a, b).min() <= found[0] <= found[1] <= np.subtract.outer(a, b).max()
