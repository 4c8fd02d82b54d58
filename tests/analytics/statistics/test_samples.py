import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.statistics import NotEstimable
from analytics.statistics.samples import Moments, Scale, measured, midranks

NUMBERS = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("column", "reason"),
    [
        (np.array(["high", "low"]), "not_numeric"),
        (np.array([1.0, None], dtype=object), "not_numeric"),
        (np.array([10**30, 1], dtype=object), "not_numeric"),
        ([1.0, np.inf], "infinite"),
        ([1.0, -np.inf], "infinite"),
    ],
)
def test_what_is_no_measurement_is_refused(column: object, reason: str) -> None:
    with pytest.raises(NotEstimable) as refusal:
        measured(column, "ipth")
    assert refusal.value.reason == reason
    assert refusal.value.details == {"variable": "ipth"}


def test_integers_whose_sum_overflows_are_summed_as_floats() -> None:
    largest = np.iinfo(np.int64).max
    sample = measured(np.array([largest, largest, largest - 1024]))
    scale = Scale.of(sample)
    assert scale.location(Moments.of(scale.apply(sample)).mean) == pytest.approx(float(largest))


@given(NUMBERS)
def test_midranks_count_what_lies_below_and_half_of_what_ties(values: list[float]) -> None:
    ranks, ties = midranks(np.array(values))
    naive = [sum(v < w for v in values) + (values.count(w) + 1) / 2 for w in values]
    assert ranks.tolist() == naive
    assert ties.tolist() == [values.count(w) for w in sorted(set(values))]


@pytest.mark.parametrize("factor", [1e-300, 1e-12, 1.0, 1e12, 1e300])
def test_scale_keeps_squares_in_range(factor: float) -> None:
    sample = np.array([1.0, 2.0, 4.0]) * factor
    scale = Scale.of(sample)
    moments = Moments.of(scale.apply(sample))
    assert scale.location(moments.mean) == pytest.approx(7 / 3 * factor, rel=1e-15)
    assert scale.spread(moments.variance**0.5) == pytest.approx((7 / 3) ** 0.5 * factor, rel=1e-14)


def test_an_offset_does_not_eat_the_variance() -> None:
    sample = np.array([1e9 + 0.25, 1e9 + 0.5, 1e9 + 0.75])
    scale = Scale.of(sample)
    assert scale.spread(Moments.of(scale.apply(sample)).variance ** 0.5) == 0.25
