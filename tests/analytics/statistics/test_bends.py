"""Covariates that bend within a larger model."""

import numpy as np
import pytest

from analytics.statistics import NotEstimable, firth
from analytics.statistics.bends import bend, course
from analytics.statistics.design import Design, design_matrix
from analytics.statistics.logistic import fit
from analytics.statistics.splines import fit_spline, place_knots

RNG = np.random.default_rng(5)
N = 120
P, AGE = RNG.normal(2, 0.5, N), RNG.normal(60, 10, N)
OUTCOME = RNG.random(N) < 1 / (1 + np.exp(1 - (P - 2) ** 2 * 3))
KNOTS = place_knots(P)
BENT = bend(design_matrix({"p": P, "age": AGE}), "p", KNOTS)


def test_the_columns_belong_to_the_covariate() -> None:
    assert BENT.terms == ("(Intercept)", "p", "age", "p'", "p''")
    assert BENT.columns_of("p").tolist() == [1, 3, 4]
    assert BENT.without(["p"]).terms == ("(Intercept)", "age")


def test_the_same_model_as_a_spline_alone() -> None:
    alone = fit_spline(design_matrix({"age": AGE}), "p", P, OUTCOME, KNOTS)
    model, at = fit(BENT, OUTCOME), [1.5, 2.0, 2.5]
    assert model.log_likelihood == pytest.approx(alone.model.log_likelihood)
    found = course(model, "p", KNOTS, at, reference=2.0)
    ratio, low, _high = alone.odds_ratios(at, 2.0)
    np.testing.assert_allclose(np.exp(found.log_odds_ratio), ratio, rtol=1e-8)
    half = 1.959963984540054 * found.standard_error
    np.testing.assert_allclose(np.exp(found.log_odds_ratio - half), low, rtol=1e-8)
    assert found.standard_error[1] == 0


def test_a_penalised_model_has_a_course_too() -> None:
    model = firth.fit(BENT, OUTCOME)
    assert np.isfinite(course(model, "p", KNOTS, [1.5, 2.5], reference=2.0).log_odds_ratio).all()
    joint = model.joint_test(["p'", "p''"])
    assert (joint.df, 0 < joint.p_value < 1) == (2, True)


def test_a_single_coefficient_is_tested_jointly_as_alone() -> None:
    model = firth.fit(BENT, OUTCOME)
    assert model.joint_test(["age"]).statistic == pytest.approx(model.likelihood_ratio_test("age").statistic)


def test_only_a_single_column_can_bend() -> None:
    stages = design_matrix({"stage": ["1", "2", "3", "1"]}, factors={"stage": ["1", "2", "3"]})
    with pytest.raises(NotEstimable, match="not_continuous"):
        bend(stages, "stage", [1, 2, 3])


def test_columns_that_say_nothing_new() -> None:
    twice = np.hstack([BENT.matrix, BENT.matrix[:, [3]]])
    ordered = [0, 1, 2, 5, 3, 4]
    copied = Design(
        twice[:, ordered], (*BENT.terms[:3], "copy", "p'", "p''"), ("p", "age", "copy"), (-1, 0, 1, 2, 0, 0)
    )
    model = fit(copied, OUTCOME)
    assert model.aliased == ("p'",)
    with pytest.raises(NotEstimable, match="aliased"):
        course(model, "p", KNOTS, [2.0], reference=2.0)
