import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.statistics import NotEstimable
from analytics.statistics.roc import (
    OperatingPoint,
    areas_homogeneous,
    at_least,
    likelihood_ratio_interval,
    roc_curve,
)

patients = st.lists(st.tuples(st.booleans(), st.integers(0, 6)), min_size=4, max_size=30).filter(
    lambda found: 0 < sum(occurred for occurred, _ in found) < len(found)
)


@given(patients, st.sampled_from([0.5, 0.8, 0.9, 1.0]))
def test_no_other_cut_off_attains_it_with_less_given_up(found: list[tuple[bool, int]], share: float) -> None:
    outcome, marker = (np.array(column) for column in zip(*found, strict=True))
    curve = roc_curve(outcome, marker)
    every = [curve.operating_point(k) for k in range(curve.thresholds.size)]
    for wanted, other in (("sensitivity", "specificity"), ("specificity", "sensitivity")):
        attaining = [point for point in every if getattr(point, wanted) >= share]
        best = max(attaining, key=lambda point: (getattr(point, other), getattr(point, wanted)))
        if np.isinf(best.threshold):
            with pytest.raises(NotEstimable, match="no_cut_off"):
                at_least(curve, share, of=wanted)
        else:
            assert at_least(curve, share, of=wanted) == best


@pytest.mark.parametrize(("of", "counts"), [("positive", (4, 0, 9, 2)), ("negative", (4, 3, 9, 0))])
def test_an_empty_cell_has_no_interval(of: str, counts: tuple[int, ...]) -> None:
    with pytest.raises(NotEstimable, match="zero_cell"):
        likelihood_ratio_interval(OperatingPoint(1.0, *counts), of=of)


def test_likelihood_ratio_of_the_other_class_is_the_inverse() -> None:
    low, high = likelihood_ratio_interval(OperatingPoint(1.0, 30, 10, 90, 20), of="positive")
    again, turned = likelihood_ratio_interval(OperatingPoint(1.0, 10, 30, 20, 90), of="positive")
    assert (low, high) == pytest.approx((1 / turned, 1 / again))


def test_equal_areas_do_not_differ() -> None:
    curve = roc_curve([1, 1, 1, 0, 0, 0], [3, 5, 2, 1, 4, 0])
    found = areas_homogeneous([curve, curve, curve])
    assert (found.statistic, found.df, found.p_value) == (pytest.approx(0, abs=1e-20), 2, 1.0)


def test_an_area_without_variance_is_refused() -> None:
    perfect, other = roc_curve([1, 1, 0, 0], [3, 2, 1, 0]), roc_curve([1, 1, 0, 0], [3, 1, 2, 0])
    with pytest.raises(NotEstimable, match="no_variance"):
        areas_homogeneous([perfect, other])
    with pytest.raises(NotEstimable, match="too_few_groups"):
        areas_homogeneous([other])
