import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import poisson

from analytics.statistics import NotEstimable
from analytics.statistics.survival.kaplan_meier import kaplan_meier
from analytics.statistics.survival.rates import incidence_rate, rate_ratio, restricted_mean_difference
from tests.analytics.statistics.survival.cohorts import followed_up


@given(st.integers(0, 30))
def test_interval_is_where_the_count_is_just_believable(n_events: int) -> None:
    event = np.arange(40) < n_events
    rate = incidence_rate(np.full(40, 2.5), event)
    assert rate.rate == pytest.approx(n_events / 100)
    assert poisson.cdf(n_events, rate.ci_high * 100) == pytest.approx(0.025)
    if n_events:
        assert poisson.sf(n_events - 1, rate.ci_low * 100) == pytest.approx(0.025)
    else:
        assert rate.ci_low == 0


def test_unit_only_scales_the_rate() -> None:
    cohort = followed_up(1)
    one = incidence_rate(cohort.time, cohort.event)
    hundred = incidence_rate(cohort.time, cohort.event, per=100)
    assert (hundred.rate, hundred.ci_low) == pytest.approx((100 * one.rate, 100 * one.ci_low))


def test_ratio_turns_over_with_its_groups() -> None:
    cohort = followed_up(2)
    a, b = (incidence_rate(cohort.time[cohort.group == k], cohort.event[cohort.group == k]) for k in (0, 1))
    ab, ba = rate_ratio(a, b), rate_ratio(b, a)
    assert (ab.ratio * ba.ratio, ab.ci_low * ba.ci_high) == pytest.approx((1, 1))
    assert ab.p_value == pytest.approx(ba.p_value)


def test_ratio_to_a_rate_of_zero_has_no_upper_limit() -> None:
    ratio = rate_ratio(incidence_rate([1, 2], [1, 1]), incidence_rate([3, 4], [0, 0]))
    assert (ratio.ratio, ratio.ci_high) == (None, None)
    assert ratio.ci_low > 0


def test_restricted_means_differ_by_what_they_differ() -> None:
    cohort = followed_up(3)
    a, b = (kaplan_meier(cohort.time[cohort.group == k], cohort.event[cohort.group == k]) for k in (0, 1))
    found = restricted_mean_difference(a, b, 6)
    assert found.difference == pytest.approx(a.restricted_mean(6).mean - b.restricted_mean(6).mean)
    assert restricted_mean_difference(b, a, 6).difference == -found.difference


def test_refusals() -> None:
    with pytest.raises(NotEstimable, match="no_time_at_risk"):
        incidence_rate([0, 0], [1, 0])
    nothing = incidence_rate([1, 2], [0, 0])
    with pytest.raises(NotEstimable, match="no_events"):
        rate_ratio(nothing, nothing)
    curve = kaplan_meier([1, 2], [0, 0])
    with pytest.raises(NotEstimable, match="no_events"):
        restricted_mean_difference(curve, curve, 1)
    with pytest.raises(NotEstimable, match="horizon_beyond_follow_up"):
        restricted_mean_difference(curve, curve, 3)
