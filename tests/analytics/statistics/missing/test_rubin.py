import math
import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.statistics import NotEstimable
from analytics.statistics.missing import pool
from tests.analytics.statistics.results import has_nan

ESTIMATES = st.lists(st.floats(-5, 5), min_size=2, max_size=8)


@given(ESTIMATES, st.floats(0.1, 2))
def test_rubins_rules_term_by_term(estimates: list[float], error: float) -> None:
    m = len(estimates)
    found = pool([[value] for value in estimates], [[error]] * m, df_complete=50)
    between = statistics.variance(estimates)
    total = error**2 + (1 + 1 / m) * between
    assert found.estimate[0] == pytest.approx(statistics.fmean(estimates), abs=1e-12)
    assert found.standard_error[0] == pytest.approx(math.sqrt(total), rel=1e-9)
    share = (1 + 1 / m) * between / total
    assert found.lambda_[0] == pytest.approx(share, abs=1e-9)
    old, observed = (m - 1) / max(share, 1e-4) ** 2, 51 / 53 * 50 * (1 - max(share, 1e-4))
    assert found.df[0] == pytest.approx(1 / (1 / old + 1 / observed), rel=1e-6)
    assert not has_nan(found)


@given(ESTIMATES)
def test_order_of_the_imputations_does_not_matter(estimates: list[float]) -> None:
    errors = [[0.3]] * len(estimates)
    one = pool([[value] for value in estimates], errors, df_complete=50)
    other = pool([[value] for value in estimates[::-1]], errors, df_complete=50)
    assert one.total == pytest.approx(other.total, rel=1e-9)


def test_imputations_that_agree_leave_the_complete_analysis() -> None:
    found = pool([[0.5]] * 4, [[0.2]] * 4, df_complete=1e6)
    assert found.standard_error[0] == pytest.approx(0.2)
    assert found.ci_high[0] == pytest.approx(0.5 + 1.959964 * 0.2, rel=1e-4)
    assert found.fmi[0] == pytest.approx(0, abs=1e-5)


@pytest.mark.parametrize(
    ("estimates", "errors", "df", "reason"),
    [
        ([[0.5]], [[0.2]], 50, "too_few"),
        ([[0.5], [0.6]], [[0.2], [0.2]], 0, "too_few"),
        ([[0.5], [np.inf]], [[0.2], [0.2]], 50, "infinite"),
        ([[0.5], [0.6]], [[0.2], [np.nan]], 50, "infinite"),
        ([[0.5], [0.5]], [[0.0], [0.2]], 50, "constant"),
    ],
)
def test_what_cannot_be_pooled_says_why(
    estimates: list[list[float]], errors: list[list[float]], df: float, reason: str
) -> None:
    with pytest.raises(NotEstimable) as refusal:
        pool(estimates, errors, df_complete=df)
    assert refusal.value.reason == reason
