"""Arithmetic on printed figures, against counting all patients, R's distributions and simulated products."""

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analytics.replication.attainable import (
    area_limits,
    attainable_splits,
    critical_correlation,
    least_larger_correlation,
    patients_needed,
    whole_patients,
)
from analytics.statistics.correlation.pair import t_of
from analytics.statistics.roc import roc_curve


def printed(count: int, n: int) -> float:
    return float((Decimal(100 * count) / n).quantize(Decimal("0.1"), ROUND_HALF_UP))


class TestWholePatients:
    @given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
    def test_every_share_comes_from_a_count_that_prints_it(self, share: tuple[int, int]) -> None:
        count, n = share
        found = whole_patients(printed(count, n), n)
        assert found is not None
        assert printed(found, n) == printed(count, n)

    @given(st.integers(0, 1000), st.integers(1, 120))
    def test_as_trying_every_count(self, tenths: int, n: int) -> None:
        percent = tenths / 10
        assert (whole_patients(percent, n) is not None) == any(
            printed(count, n) == percent for count in range(n + 1)
        )

    def test_halves_are_rounded_up_as_in_print(self) -> None:
        assert whole_patients(81.3, 48) == 39
        assert whole_patients(81.2, 48) is None


class TestSplits:
    def test_the_model_studys_percentages_have_one(self) -> None:
        found = attainable_splits([87.5, 66.7, 72.9, 81.3], [98.7, 90.8, 100.0, 93.4], 200)
        assert found == [(48, 152)]

    def test_impossible_percentages_have_none(self) -> None:
        assert attainable_splits([87.5, 66.6], [98.7, 90.8], 200) == []

    @given(st.integers(5, 100), st.integers(5, 100), st.randoms(use_true_random=False))
    def test_the_true_split_is_always_among_them(self, events: int, others: int, random: object) -> None:
        shares = [printed(random.randint(0, events), events) for _ in range(3)]
        opposite = [printed(random.randint(0, others), others) for _ in range(3)]
        assert (events, others) in attainable_splits(shares, opposite, events + others)


class TestCriticalCorrelation:
    @pytest.mark.parametrize("n", [4, 25, 200, 400, 10_000])
    def test_its_p_is_exactly_the_level(self, n: int) -> None:
        assert t_of(critical_correlation(n), n - 2)[1] == pytest.approx(0.05, rel=1e-9)

    @given(st.floats(0.02, 0.95))
    def test_one_patient_fewer_is_not_enough(self, r: float) -> None:
        n = patients_needed(r)
        assert critical_correlation(n) <= r
        assert n == 4 or critical_correlation(n - 1) > r


class TestProducts:
    @pytest.mark.parametrize("r", [-0.5, 0.0, 0.318, 0.8])
    def test_no_product_of_narrow_measurements_stays_below(self, r: float) -> None:
        rng = np.random.default_rng(7)
        least = least_larger_correlation(r)
        larger = []
        for ratio in np.geomspace(0.1, 10, 21):
            spread = 0.02 * np.array([1.0, ratio]) / max(1.0, ratio)
            x, y = rng.multivariate_normal([0, 0], [[1, r], [r, 1]], 20_000).T
            x, y = 1 + spread[0] * x, 1 + spread[1] * y
            larger.append(max(np.corrcoef(x * y, x)[0, 1], np.corrcoef(x * y, y)[0, 1]))
        assert min(larger) == pytest.approx(least, abs=0.02)


class TestAreas:
    @given(st.integers(0, 2**32 - 1))
    def test_the_area_of_every_curve_lies_within_those_of_its_best_point(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        occurred = np.r_[np.ones(20, dtype=bool), np.zeros(30, dtype=bool)]
        curve = roc_curve(occurred, np.round(rng.normal(occurred * rng.uniform(0, 3), 1), 1), direction="<")
        best = curve.youden()[0]
        least, most = area_limits(best.sensitivity, best.specificity)
        assert least - 1e-12 <= curve.auc <= most + 1e-12

    def test_chance_bounds(self) -> None:
        assert area_limits(1.0, 1.0) == (1.0, 1.0)
        assert stats.norm.cdf(0) == area_limits(0.5, 0.5)[1]
