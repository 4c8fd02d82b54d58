import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analytics.statistics import NotEstimable, attempt
from analytics.statistics.correlation import correlate, correlation_matrix
from analytics.statistics.multiplicity import adjust
from tests.analytics.statistics.results import has_nan

CELLS = st.one_of(st.integers(0, 9).map(float), st.just(math.nan))
TABLES = arrays(float, (15, 4), elements=CELLS)


def _named(table: np.ndarray) -> dict[str, np.ndarray]:
    return dict(zip("abcd", table.T, strict=True))


@pytest.mark.parametrize("method", ["pearson", "spearman", "kendall"])
@given(table=TABLES)
def test_each_pair_is_correlated_on_its_own_patients(method: str, table: np.ndarray) -> None:
    found = correlation_matrix(_named(table), method=method)
    assert [(pair.x, pair.y) for pair in found.pairs] == list(combinations("abcd", 2))
    for pair in found.pairs:
        x, y = (table[:, "abcd".index(name)] for name in (pair.x, pair.y))
        assert pair.n == sum(not (math.isnan(a) or math.isnan(b)) for a, b in zip(x, y, strict=True))
        alone = attempt(correlate, x, y, method=method)
        if isinstance(alone, NotEstimable):
            assert pair.correlation.reason == alone.reason
            assert pair.q_bh is None
        else:
            assert pair.correlation.r == pytest.approx(alone.r, abs=1e-12)
    assert not has_nan(found)


@given(TABLES)
def test_listwise_takes_the_patients_who_have_everything(table: np.ndarray) -> None:
    complete = table[~np.isnan(table).any(axis=1)]
    assert repr(correlation_matrix(_named(table), missing="listwise").pairs) == repr(
        correlation_matrix(_named(complete), missing="listwise").pairs
    )


def test_the_family_is_the_upper_triangle() -> None:
    table = np.random.default_rng(2).normal(size=(30, 4))
    table[:, 3] = 1.0
    found = correlation_matrix(_named(table))
    p_values = [getattr(pair.correlation, "p_value", None) for pair in found.pairs]
    assert found.n_tests == 3
    assert found.is_constant == (False, False, False, True)
    assert tuple(pair.p_holm for pair in found.pairs) == adjust(p_values, "holm")
    assert tuple(pair.q_by for pair in found.pairs) == adjust(p_values, "by")


def test_a_refusal_names_its_variable() -> None:
    with pytest.raises(NotEstimable) as refusal:
        correlation_matrix({"mg": [1.0, 2.0, 3.0], "site": np.array(["a", "b", "c"], dtype=object)})
    assert refusal.value.details == {"variable": "site"}
    constant = correlation_matrix({"mg": [1.0, 2.0, 3.0], "p": [2.0, 2.0, 2.0]}).pairs[0].correlation
    assert constant.details == {"variable": "p"}


def test_one_measurement_has_no_pairs() -> None:
    found = correlation_matrix({"mg": [1.0, 2.0, 3.0]})
    assert (found.pairs, found.n_tests) == ((), 0)
