import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analytics.statistics import NotEstimable
from analytics.statistics.missing import missing_pattern

GAPS = arrays(bool, st.tuples(st.integers(1, 20), st.just(3)))


def _named(gaps: np.ndarray) -> dict[str, np.ndarray]:
    return dict(zip("abc", gaps.T, strict=True))


@given(GAPS)
def test_counts_row_by_row(gaps: np.ndarray) -> None:
    found = missing_pattern(_named(gaps))
    counted = Counter(tuple(not gap for gap in row) for row in gaps.tolist())
    assert {pattern.observed: pattern.count for pattern in found.patterns} == dict(counted)
    assert [pattern.count for pattern in found.patterns] == sorted(counted.values(), reverse=True)
    assert found.n_complete == counted[(True, True, True)]
    for i in range(3):
        for j in range(3):
            assert found.pairs_observed[i][j] == sum(not (row[i] or row[j]) for row in gaps)


@given(GAPS, st.randoms(use_true_random=False))
def test_order_of_the_patients_does_not_matter(gaps: np.ndarray, random: object) -> None:
    rows = gaps.tolist()
    random.shuffle(rows)
    assert missing_pattern(_named(np.array(rows))) == missing_pattern(_named(gaps))


def test_missing_by_outcome() -> None:
    gap = np.array([True, True, True, False, False, False, False, True])
    outcome = [1, 1, 1, 1, 0, 0, 0, math.nan]
    (found,) = missing_pattern({"mg": gap, "p": np.zeros(8, bool)}, outcome=outcome).by_outcome
    assert (found.variable, found.share_with, found.share_without) == ("mg", 0.75, 0.0)
    assert found.p_value == pytest.approx(5 / 35)


def test_without_events_there_is_no_share_among_them() -> None:
    (found,) = missing_pattern({"mg": np.array([True, False])}, outcome=[0, 0]).by_outcome
    assert (found.share_with, found.share_without, found.p_value) == (None, 0.5, 1.0)


@pytest.mark.parametrize(
    ("gaps", "outcome", "reason"),
    [
        ({}, None, "no_variables"),
        ({"mg": np.zeros(0, bool)}, None, "no_patients"),
        ({"mg": np.array([True, False])}, [1, 2], "not_binary"),
        ({"mg": np.array([True, False])}, np.array(["a", "b"], dtype=object), "not_numeric"),
    ],
)
def test_what_is_no_table_is_refused(gaps: dict[str, np.ndarray], outcome: object, reason: str) -> None:
    with pytest.raises(NotEstimable) as refusal:
        missing_pattern(gaps, outcome=outcome)
    assert refusal.value.reason == reason
