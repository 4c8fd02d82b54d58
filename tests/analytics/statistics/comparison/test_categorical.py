import math
from collections.abc import Iterator
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analytics.statistics import NotEstimable
from analytics.statistics.comparison import compare_categorical, network
from analytics.statistics.comparison.fisher import fisher_p_value, fisher_test
from tests.analytics.statistics.results import has_nan, refusals

CELLS = st.integers(0, 12)
FOURFOLD = arrays(int, (2, 2), elements=CELLS)
SMALL = st.sampled_from([(3, 2), (2, 3), (3, 3), (4, 2)]).flatmap(
    lambda shape: arrays(int, shape, elements=st.integers(0, 4))
)


def _full(table: np.ndarray) -> None:
    assume((table.sum(axis=0) > 0).all() and (table.sum(axis=1) > 0).all())


def _tables(rows: list[int], columns: list[int]) -> Iterator[list[list[int]]]:
    """Every table with these margins."""
    if not rows:
        yield []
        return
    for row in product(*(range(min(rows[0], most) + 1) for most in columns)):
        if sum(row) == rows[0]:
            left = [most - taken for most, taken in zip(columns, row, strict=True)]
            if len(rows) > 1 or not any(left):
                yield from ([list(row), *rest] for rest in _tables(rows[1:], left))


def _weight(table: list[list[int]]) -> Fraction:
    """Probability of a table given its margins, but for a constant; exact."""
    return Fraction(1, math.prod(math.factorial(cell) for row in table for cell in row))


def _naive_fisher(table: np.ndarray) -> float:
    seen = _weight(table.tolist())
    weights = [_weight(t) for t in _tables(table.sum(axis=1).tolist(), table.sum(axis=0).tolist())]
    return float(sum(w for w in weights if w <= seen) / sum(weights))


@given(FOURFOLD)
def test_fisher_fourfold_by_exact_fractions(table: np.ndarray) -> None:
    _full(table)
    assert compare_categorical(table).fisher.p_value == pytest.approx(_naive_fisher(table), rel=1e-10)


@given(SMALL)
def test_fisher_of_larger_tables_by_exact_fractions(table: np.ndarray) -> None:
    _full(table)
    assert compare_categorical(table).fisher.p_value == pytest.approx(_naive_fisher(table), rel=1e-10)


@given(FOURFOLD)
def test_conditional_odds_ratio_solves_its_equation(table: np.ndarray) -> None:
    _full(table)
    found = compare_categorical(table).fisher
    (a, _), (c, _) = table
    first_column, total, first_row = a + c, table.sum(), table[0].sum()
    cells = range(max(0, first_row - (total - first_column)), min(first_row, first_column) + 1)

    def share(odds_ratio: float, chosen: list[int]) -> float:
        log_weight = [
            math.log(math.comb(first_column, k) * math.comb(total - first_column, first_row - k))
            + k * math.log(odds_ratio)
            for k in cells
        ]
        top = max(log_weight)
        weight = [math.exp(w - top) for w in log_weight]
        return sum(w for w, k in zip(weight, cells, strict=True) if k in chosen) / sum(weight)

    if 0 < found.odds_ratio < math.inf:
        mean = sum(k * share(found.odds_ratio, [k]) for k in cells)
        assert mean == pytest.approx(a, rel=1e-9)
    if found.ci_low > 0:
        assert share(found.ci_low, [k for k in cells if k >= a]) == pytest.approx(0.025, rel=1e-8)
    if found.ci_high < math.inf:
        assert share(found.ci_high, [k for k in cells if k <= a]) == pytest.approx(0.025, rel=1e-8)


@given(st.one_of(FOURFOLD, SMALL))
def test_chi_square_cell_by_cell(table: np.ndarray) -> None:
    _full(table)
    found = compare_categorical(table)
    statistic = 0.0
    for i, j in np.ndindex(table.shape):
        expected = table[i].sum() * table[:, j].sum() / table.sum()
        statistic += (table[i, j] - expected) ** 2 / expected
    assert found.chi_square.statistic == pytest.approx(statistic, rel=1e-10, abs=1e-12)
    assert found.cramers_v == pytest.approx(
        math.sqrt(statistic / table.sum() / (min(table.shape) - 1)), rel=1e-10, abs=1e-9
    )


@given(arrays(int, st.tuples(st.integers(3, 5), st.just(2)), elements=st.integers(1, 9)))
def test_trend_is_the_squared_correlation_times_n(table: np.ndarray) -> None:
    scores = np.repeat(np.arange(len(table)), table.sum(axis=1))
    group = np.concatenate([np.repeat([0, 1], row) for row in table])
    r = np.corrcoef(scores, group)[0, 1]
    assert compare_categorical(table).trend.statistic == pytest.approx(len(group) * r**2, rel=1e-9, abs=1e-12)


@given(FOURFOLD)
def test_smd_of_two_levels_is_the_difference_of_proportions(table: np.ndarray) -> None:
    _full(table)
    p0, p1 = table[1] / table.sum(axis=0)
    spread = math.sqrt((p0 * (1 - p0) + p1 * (1 - p1)) / 2)
    assume(spread > 0)
    assert compare_categorical(table).smd == pytest.approx(abs(p1 - p0) / spread, rel=1e-9, abs=1e-12)


@given(st.one_of(FOURFOLD, SMALL))
def test_order_of_levels_and_groups_does_not_matter(table: np.ndarray) -> None:
    _full(table)
    one, other = compare_categorical(table), compare_categorical(table[::-1, ::-1])
    assert one.chi_square.p_value == pytest.approx(other.chi_square.p_value, rel=1e-9)
    assert one.fisher.p_value == pytest.approx(other.fisher.p_value, rel=1e-9)
    if table.shape[1] == 2:
        assert one.smd == pytest.approx(other.smd, rel=1e-6, abs=1e-9)


@given(FOURFOLD)
def test_swapping_the_groups_inverts_the_odds_ratio(table: np.ndarray) -> None:
    _full(table)
    one, other = compare_categorical(table), compare_categorical(table[:, ::-1])
    assert one.effect.risk_difference == pytest.approx(-other.effect.risk_difference, abs=1e-12)
    assert one.effect.newcombe_low == pytest.approx(-other.effect.newcombe_high, abs=1e-12)
    if 0 < one.fisher.odds_ratio < math.inf:
        assert one.fisher.odds_ratio == pytest.approx(1 / other.fisher.odds_ratio, rel=1e-9)
    assert not has_nan(one)


def test_an_empty_cell_leaves_open_ends() -> None:
    found = compare_categorical([[14, 0], [6, 20]])
    assert found.effect.odds_ratio == math.inf
    assert found.effect.odds_ratio_low is None
    assert found.fisher.ci_high == math.inf
    assert not has_nan(found)


@pytest.mark.parametrize(
    ("counts", "reason"),
    [
        ([[0, 0], [5, 6]], "too_few_levels"),
        ([[3, 0], [5, 0]], "empty_group"),
        ([[0, 0], [0, 0]], "empty_group"),
        ([[1.5, 2], [3, 4]], "not_counts"),
        ([[-1, 2], [3, 4]], "not_counts"),
        ([[float("nan"), 2], [3, 4]], "not_counts"),
        (np.array([["a", "b"], ["c", "d"]], dtype=object), "not_counts"),
        ([1, 2, 3], "not_counts"),
    ],
)
def test_what_is_no_table_is_refused(counts: object, reason: str) -> None:
    with pytest.raises(NotEstimable) as refusal:
        compare_categorical(counts)
    assert refusal.value.reason == reason


def test_an_empty_level_among_others_refuses_only_what_needs_it() -> None:
    found = compare_categorical([[4, 5], [0, 0], [6, 2]])
    assert refusals(found) == {
        "chi_square": "empty_level",
        "chi_square_yates": "not_two_by_two",
        "effect": "not_two_by_two",
        "cramers_v": "empty_level",
    }
    assert found.fisher.p_value == pytest.approx(_naive_fisher(np.array([[4, 5], [6, 2]])), rel=1e-12)
    # R 4.2.2's prop.trend.test.
    assert found.trend.statistic == pytest.approx(1.6325396825396836, rel=1e-12)
    assert not has_nan(found)


def test_counts_in_the_billions_do_not_overflow() -> None:
    found = compare_categorical([[4 * 10**9, 4 * 10**9], [4 * 10**9, 4 * 10**9], [10**9, 10**9]])
    assert found.chi_square.statistic == pytest.approx(0, abs=1e-6)
    assert found.fisher.reason == "too_many_tables"


def test_too_many_tables_are_refused_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "_MOST_STEPS", 100)
    assert compare_categorical([[9, 8], [7, 6], [5, 9]]).fisher.reason == "too_many_tables"


def test_rare_levels_beside_a_common_one_are_counted() -> None:
    # R 4.2.2's fisher.test.
    found = compare_categorical([[4, 3, 5], [3, 9, 8], [160, 150, 190]])
    assert found.fisher.p_value == pytest.approx(0.48547079726458547, rel=1e-9)


@pytest.mark.parametrize(
    "table",
    [[[9000, 8800], [9100, 9200]], [[9000, 10], [12, 9000]], [[3, 18000], [9, 17000]], [[0, 5], [4, 0]]],
)
def test_the_p_value_alone_needs_only_what_is_probable(table: list[list[int]]) -> None:
    counts = np.array(table)
    assert fisher_p_value(counts) == pytest.approx(fisher_test(counts).p_value, rel=1e-12)
