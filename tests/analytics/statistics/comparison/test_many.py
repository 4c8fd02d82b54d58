import math
import statistics

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from analytics.statistics import NotEstimable
from analytics.statistics.comparison import compare_continuous, compare_k_groups
from analytics.statistics.comparison.studentised_range import (
    studentised_range_quantile,
    studentised_range_sf,
)
from tests.analytics.statistics.results import has_nan, refusals

GROUPS = st.lists(st.lists(st.integers(0, 40).map(float), min_size=3, max_size=10), min_size=2, max_size=4)


def _flat(samples: list[list[float]]) -> tuple[list[float], list[str]]:
    return [v for sample in samples for v in sample], [
        "abcd"[k] for k, sample in enumerate(samples) for _ in sample
    ]


@given(GROUPS)
def test_analysis_of_variance_from_its_definition(samples: list[list[float]]) -> None:
    assume(any(len(set(sample)) > 1 for sample in samples))
    values, labels = _flat(samples)
    found = compare_k_groups(values, labels)
    grand = statistics.fmean(values)
    between = sum(len(s) * (statistics.fmean(s) - grand) ** 2 for s in samples)
    within = sum((v - statistics.fmean(s)) ** 2 for s in samples for v in s)
    df1, df2 = len(samples) - 1, len(values) - len(samples)
    assert found.anova.statistic == pytest.approx((between / df1) / (within / df2), rel=1e-9, abs=1e-12)
    assert found.eta_squared == pytest.approx(between / (between + within), rel=1e-9, abs=1e-12)


@given(GROUPS)
def test_kruskal_wallis_from_mean_ranks(samples: list[list[float]]) -> None:
    values, labels = _flat(samples)
    assume(len(set(values)) > 1)
    n = len(values)
    rank = {v: sum(w < v for w in values) + (values.count(v) + 1) / 2 for v in values}
    between = sum(len(s) * (statistics.fmean(rank[v] for v in s) - (n + 1) / 2) ** 2 for s in samples)
    total = sum((rank[v] - (n + 1) / 2) ** 2 for v in values)
    found = compare_k_groups(values, labels).kruskal_wallis
    assert found.statistic == pytest.approx((n - 1) * between / total, rel=1e-9, abs=1e-9)


@given(GROUPS)
def test_two_groups_agree_with_the_two_sample_tests(samples: list[list[float]]) -> None:
    first, second = samples[:2]
    assume(len(set(first)) > 1 and len(set(second)) > 1)
    found = compare_k_groups(*_flat([first, second]))
    pair = compare_continuous(first, second)
    assert found.anova.statistic == pytest.approx(pair.student.statistic**2, rel=1e-8, abs=1e-12)
    assert found.welch.statistic == pytest.approx(pair.welch.statistic**2, rel=1e-8, abs=1e-12)
    assert found.welch.df2 == pytest.approx(pair.welch.df, rel=1e-8)
    assert found.pairwise[0].p_adjusted == pair.mann_whitney.p_normal_corrected
    # With two groups the studentised range is Student's t times the root of two.
    assert found.tukey[0].p_value == pytest.approx(pair.student.p_value, rel=1e-8, abs=1e-10)
    assert found.tukey[0].ci_low == pytest.approx(-pair.student.ci_high, rel=1e-8, abs=1e-10)


@pytest.mark.parametrize(("k", "df"), [(2, 3), (3, 20), (4, 105), (6, 1), (10, 5000)])
def test_studentised_range_by_adaptive_quadrature(k: int, df: float) -> None:
    q = studentised_range_quantile(0.95, k, df)
    assert studentised_range_sf(q, k, df) == pytest.approx(0.05, rel=1e-9)
    assert studentised_range_sf(q, k, df) == pytest.approx(stats.studentized_range.sf(q, k, df), rel=1e-6)


@given(GROUPS, st.permutations("abcd"))
def test_order_of_the_groups_does_not_matter(samples: list[list[float]], order: list[str]) -> None:
    assume(any(len(set(sample)) > 1 for sample in samples))
    values, labels = _flat(samples)
    one = compare_k_groups(values, labels)
    other = compare_k_groups(values, labels, levels=[name for name in order if name in one.groups])
    assert other.anova.p_value == pytest.approx(one.anova.p_value, rel=1e-8)
    assert other.kruskal_wallis.p_value == pytest.approx(one.kruskal_wallis.p_value, rel=1e-8)
    assert not has_nan(one)


@pytest.mark.parametrize(
    ("samples", "expected"),
    [
        (
            [[1.0, 1.0], [1.0, 1.0, 1.0]],
            {
                "anova": "constant",
                "eta_squared": "constant",
                "welch": "constant",
                "kruskal_wallis": "constant",
                "brown_forsythe": "constant",
                "tukey": "constant",
            },
        ),
        (
            [[1.0, 1.0], [2.0, 2.0]],
            {
                "anova": "perfect_fit",
                "eta_squared": "perfect_fit",
                "welch": "constant",
                "brown_forsythe": "constant",
                "tukey": "perfect_fit",
            },
        ),
        ([[1.0, 2.0, 3.0], [2.0]], {"welch": "too_few"}),
        (
            [[math.nan, math.nan], [1.0, 2.0]],
            {
                "anova": "too_few",
                "eta_squared": "too_few",
                "welch": "too_few",
                "kruskal_wallis": "too_few",
                "brown_forsythe": "too_few",
                "tukey": "too_few",
            },
        ),
    ],
    ids=["constant", "constant within groups", "one patient", "all missing"],
)
def test_degenerate_groups_say_why(samples: list[list[float]], expected: dict[str, str]) -> None:
    found = compare_k_groups(*_flat(samples))
    assert refusals(found) == expected
    assert not has_nan(found)


def test_one_group_is_no_comparison() -> None:
    with pytest.raises(NotEstimable) as refusal:
        compare_k_groups([1.0, 2.0], ["a", "a"])
    assert refusal.value.reason == "too_few_groups"


def test_patients_without_a_group_are_left_out() -> None:
    labels = np.array(["a", "a", "b", "b", None, "c"], dtype=object)
    found = compare_k_groups([1.0, 2.0, 3.0, 5.0, 99.0, 99.0], labels, levels=["a", "b"])
    assert [group.n for group in found.descriptions] == [2, 2]
