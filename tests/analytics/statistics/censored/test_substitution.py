"""Results beyond a limit as bounds, and substituted."""

import numpy as np
import pytest

from analytics.statistics import NotEstimable
from analytics.statistics.censored import bounds_of, substitute

RESULTS, SIGNS = [0.2, 1.5, 30.0], ["<", "", ">"]


def test_bounds_are_open_beyond_the_limit() -> None:
    found = bounds_of(RESULTS, SIGNS)
    assert found.low.tolist() == [-np.inf, 1.5, 30.0]
    assert found.high.tolist() == [0.2, 1.5, np.inf]
    assert [part.tolist() for part in (found.left, found.exact, found.right, found.inner)] == [
        [True, False, False],
        [False, True, False],
        [False, False, True],
        [False, False, False],
    ]


def test_only_what_is_below_is_substituted() -> None:
    assert substitute(RESULTS, SIGNS).tolist() == [0.2 / np.sqrt(2), 1.5, 30.0]
    assert substitute(RESULTS, SIGNS, divisor=2).tolist() == [0.1, 1.5, 30.0]


@pytest.mark.parametrize(
    ("values", "signs", "reason"),
    [
        ([np.nan, 1.0], ["", ""], "missing"),
        ([np.inf, 1.0], ["", ""], "infinite"),
        ([1.0], ["", "<"], "unequal_lengths"),
        (["low"], [""], "not_numeric"),
    ],
)
def test_what_is_no_result_is_refused(values: list[float], signs: list[str], reason: str) -> None:
    for take in (bounds_of, substitute):
        with pytest.raises(NotEstimable) as refusal:
            take(values, signs)
        assert refusal.value.reason == reason
