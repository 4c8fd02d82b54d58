from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analytics.statistics.comparison import mann_whitney
from analytics.statistics.comparison.mann_whitney import hodges_lehmann, mann_whitney_test

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
