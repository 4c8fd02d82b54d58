"""The course of a coefficient: level where hazards are proportional, turning where they turn."""

import numpy as np
import pytest

from analytics.statistics import NotEstimable
from analytics.statistics.survival.course import coefficient_course
from analytics.statistics.survival.cox import cox
from tests.analytics.statistics.survival.cohorts import followed_up


def test_an_effect_that_vanishes_is_seen_to_vanish() -> None:
    rng = np.random.default_rng(4)
    treated = np.repeat([0.0, 1.0], 400)
    early = rng.exponential(np.where(treated == 1, 2.0, 10.0))
    time = np.where(early < 3, early, 3 + rng.exponential(10.0, 800))
    course = coefficient_course(cox(time, np.ones(800), treated[:, None]), [1, 15])
    at_first, later = course.coefficient.ravel()
    assert at_first > 1
    assert course.ci_low[1] < 0 < course.ci_high[1]
    assert abs(later) < 0.5


def test_the_unit_of_a_covariate_scales_its_course() -> None:
    cohort = followed_up(5)
    times = np.quantile(cohort.time[cohort.event == 1], [0.2, 0.5, 0.8])
    plain = coefficient_course(cox(cohort.time, cohort.event, cohort.x), times)
    scaled = coefficient_course(cox(cohort.time, cohort.event, cohort.x * 10), times)
    np.testing.assert_allclose(scaled.coefficient * 10, plain.coefficient, rtol=1e-6)
    np.testing.assert_allclose(scaled.ci_high * 10, plain.ci_high, rtol=1e-6)


def test_refusals() -> None:
    cohort = followed_up(6)
    model = cox(cohort.time, cohort.event, cohort.x)
    with pytest.raises(NotEstimable, match="outside_events"):
        coefficient_course(model, [1e6])
    twice = cox(np.repeat([1.0, 2.0, 3.0], 20), np.repeat([1, 1, 0], 20), cohort.x[:60])
    with pytest.raises(NotEstimable, match="too_few_knots"):
        coefficient_course(twice, [1.5])
