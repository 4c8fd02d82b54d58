import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analytics.statistics import NotEstimable
from analytics.statistics.correlation import correlate, grouped_correlation, partial_correlation
from tests.analytics.statistics.results import has_nan, refusals

TRIPLES = arrays(float, (14, 3), elements=st.integers(0, 30).map(float))


@given(TRIPLES)
def test_partial_correlation_from_the_three_pairwise_ones(table: np.ndarray) -> None:
    assume((np.ptp(table, axis=0) > 0).all())
    x, y, z = table.T
    xy, xz, yz = correlate(x, y).r, correlate(x, z).r, correlate(y, z).r
    assume(abs(xz) < 0.999 and abs(yz) < 0.999)
    found = partial_correlation(x, y, z[:, None])
    assert found.r == pytest.approx((xy - xz * yz) / math.sqrt((1 - xz**2) * (1 - yz**2)), abs=1e-9)
    assert found.df == 11


@given(TRIPLES, st.sampled_from([1e-9, 1e9]))
def test_the_covariates_unit_and_a_second_copy_of_them_change_nothing(
    table: np.ndarray, factor: float
) -> None:
    assume((np.ptp(table, axis=0) > 0).all())
    x, y, z = table.T
    assume(abs(correlate(x, z).r) < 0.999 and abs(correlate(y, z).r) < 0.999)
    one = partial_correlation(x, y, z[:, None])
    other = partial_correlation(x, y, np.column_stack([z * factor, 3 - z]))
    assert (other.r, other.df) == (pytest.approx(one.r, abs=1e-9), one.df)


def test_what_the_covariates_determine_has_no_partial_correlation() -> None:
    rng = np.random.default_rng(1)
    y, z = rng.normal(size=(2, 20))
    with pytest.raises(NotEstimable) as refusal:
        partial_correlation(2 * z + 1, y, z[:, None])
    assert (refusal.value.reason, refusal.value.details) == ("determined", {"variable": "x"})


def test_more_covariates_than_patients_are_refused() -> None:
    table = np.random.default_rng(1).normal(size=(5, 6))
    with pytest.raises(NotEstimable, match="too_few"):
        partial_correlation(table[:, 0], table[:, 1], table[:, 2:])


def test_pooling_can_make_a_correlation_that_no_group_has() -> None:
    rng = np.random.default_rng(7)
    group = np.repeat(["control", "MHD"], 200).astype(object)
    x, y = rng.normal(size=(2, 400)) + np.where(group == "MHD", 2.0, 0.0)
    found = grouped_correlation(x, y, group, levels=["control", "MHD"])
    assert found.pooled.r > 0.4
    assert all(abs(within.r) < 0.15 for within in found.within)
    assert found.is_simpson is True


def test_groups_alike_are_no_paradox() -> None:
    rng = np.random.default_rng(8)
    group = np.tile(["a", "b"], 200).astype(object)
    x = rng.normal(size=400)
    found = grouped_correlation(x, x + rng.normal(size=400), group, levels=["a", "b"])
    assert found.is_simpson is False
    assert found.homogeneity.p_value > 0.01
    assert found.common.ci_low < found.pooled.r < found.common.ci_high


def test_the_order_of_the_groups_changes_only_the_order_of_the_answers() -> None:
    rng = np.random.default_rng(9)
    group = np.repeat(["a", "b", "c"], 20).astype(object)
    x, y = rng.normal(size=(2, 60))
    one = grouped_correlation(x, y, group, levels=["a", "b", "c"])
    other = grouped_correlation(x, y, group, levels=["c", "b", "a"])
    assert other.within == one.within[::-1]
    assert other.partial.r == pytest.approx(one.partial.r, abs=1e-12)
    assert other.homogeneity.statistic == pytest.approx(one.homogeneity.statistic, rel=1e-9)


def test_a_group_that_cannot_be_correlated_refuses_what_needs_it() -> None:
    group = np.array(["a"] * 5 + ["b"] * 3, dtype=object)
    x = np.array([1.0, 2, 3, 4, 6, 2, 2, 2])
    found = grouped_correlation(x, np.array([2.0, 1, 4, 3, 5, 1, 2, 3]), group, levels=["a", "b"])
    assert found.within[1].reason == "constant"
    assert refusals(found) == {"homogeneity": "constant", "common": "constant"}
    assert not has_nan(found)
