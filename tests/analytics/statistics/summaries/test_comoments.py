import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analytics.statistics import NotEstimable
from analytics.statistics.correlation import correlation_matrix
from analytics.statistics.summaries import Coded, CoMoments, comoments

NAMES = ("mg", "ca", "p")
CELLS = st.one_of(st.integers(-(2**61), 2**61), st.integers(-300, 300), st.none())
TABLES = arrays(object, st.tuples(st.integers(1, 12), st.just(3)), elements=CELLS)


def _state(table: np.ndarray, decimals: int = 0) -> CoMoments:
    columns = {
        name: np.array([math.nan if cell is None else float(cell) for cell in column]) / 10**decimals
        for name, column in zip(NAMES, table.T, strict=True)
    }
    return _of(columns, decimals)


def _of(columns: dict[str, object], decimals: int) -> CoMoments:
    return CoMoments.of({name: Coded.of(column, decimals, name) for name, column in columns.items()})


def _lists(state: CoMoments) -> list[list[list[int]]]:
    return [part.tolist() for part in (state.n, state.sums, state.squares, state.products)]


@given(TABLES)
def test_every_sum_is_exact(table: np.ndarray) -> None:
    codes = [[None if cell is None else int(float(cell)) for cell in row] for row in table]
    found = _state(table)
    for i in range(3):
        for j in range(3):
            both = [(row[i], row[j]) for row in codes if row[i] is not None and row[j] is not None]
            assert found.n[i, j] == len(both)
            assert found.sums[i, j] == sum(x for x, _ in both)
            assert found.squares[i, j] == sum(x * x for x, _ in both)
            assert found.products[i, j] == sum(x * y for x, y in both)


@given(TABLES, st.integers(0, 12))
def test_merging_any_split_gives_the_same_sums(table: np.ndarray, cut: int) -> None:
    parts = [_state(part) for part in (table[:cut], table[cut:])]
    assert _lists(parts[0].merge(parts[1])) == _lists(_state(table))
    assert _lists(parts[1].merge(parts[0])) == _lists(_state(table[::-1]))


@given(TABLES, TABLES)
def test_what_was_added_can_be_subtracted(kept: np.ndarray, gone: np.ndarray) -> None:
    assert _lists(_state(kept).merge(_state(gone)).subtract(_state(gone))) == _lists(_state(kept))


def test_blocks_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    table = rng.integers(-(10**9), 10**9, (50, 3)).astype(object)
    table[rng.random((50, 3)) < 0.2] = None
    whole = _lists(_state(table))
    monkeypatch.setattr(comoments, "_BLOCK", 7)
    assert _lists(_state(table)) == whole


@pytest.mark.parametrize("share_missing", [0.0, 0.2])
def test_correlations_are_those_of_the_patients(share_missing: float) -> None:
    rng = np.random.default_rng(2)
    columns = {name: np.round(rng.normal(2, 1, 60), 8) for name in NAMES}
    for column in columns.values():
        column[rng.random(60) < share_missing] = math.nan
    summed = _of(columns, 8).correlations()
    direct = correlation_matrix(columns)
    assert summed.n_tests == direct.n_tests == 3
    for one, other in zip(summed.pairs, direct.pairs, strict=True):
        assert one.n == other.n
        assert one.correlation.r == pytest.approx(other.correlation.r, abs=1e-15)
        assert one.q_bh == pytest.approx(other.q_bh, rel=1e-12)


def test_degenerate_measurements_say_why() -> None:
    columns = {"mg": [1.0, 2.0, 3.0], "ca": [2.0, 2.0, 2.0], "p": [1.0, math.nan, 2.0]}
    pairs = _of(columns, 0).correlations().pairs
    assert [pair.correlation.reason for pair in pairs] == ["constant", "too_few", "too_few"]
    assert pairs[0].correlation.details == {"variable": "ca"}


def test_patients_who_were_never_summed_cannot_be_subtracted() -> None:
    one = np.array([[1, 2, 3]], dtype=object)
    with pytest.raises(ValueError, match="never summed"):
        _state(one).subtract(_state(np.vstack([one, one])))


def test_other_measurements_do_not_mix() -> None:
    with pytest.raises(ValueError, match="differ"):
        _of({"mg": [1.0]}, 0).merge(_of({"p": [1.0]}, 0))


@given(TABLES)
def test_a_finer_grid_gives_the_same_correlations(table: np.ndarray) -> None:
    small = np.array([[None if c is None else int(c) % 1000 for c in row] for row in table], dtype=object)
    whole, visitor = _state(small), _of({name: [0.5] for name in NAMES}, 1)
    finer = whole.merge(visitor).subtract(visitor)
    assert finer.units == dict.fromkeys(NAMES, 10)
    assert finer.products.tolist() == (whole.products * 100).tolist()
    for one, other in zip(finer.correlations().pairs, whole.correlations().pairs, strict=True):
        assert str(one.correlation) == str(other.correlation)


def test_what_fits_no_grid_is_refused_by_name() -> None:
    with pytest.raises(NotEstimable) as refusal:
        _of({"mg": [0.85]}, 1)
    assert refusal.value.details["variable"] == "mg"
