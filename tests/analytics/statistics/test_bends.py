"""Covariates that bend within a larger model."""

import numpy as np
import pytest

from analytics.statistics import NotEstimable, firth
from analytics.statistics.bends import bend, course, linearity_test
from analytics.statistics.design import Design, design_matrix
from analytics.statistics.logistic import fit, joint_test
from analytics.statistics.splines import HARRELL, place_knots, restricted_cubic

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


def test_the_course_is_one_at_the_reference_and_follows_the_model() -> None:
    model = fit(BENT, OUTCOME)
    found = course(model, "p", KNOTS, [1.5, 2.0, 2.5], reference=2.0)
    basis, own = restricted_cubic([1.5, 2.0, 2.5], KNOTS), [1, 3, 4]
    steps = basis - basis[1]
    np.testing.assert_allclose(found.log_odds_ratio, steps @ model.coefficients[own], rtol=1e-9, atol=1e-12)
    for step, error in zip(steps, found.standard_error, strict=True):
        variance = step @ model.covariance[np.ix_(own, own)] @ step
        assert error == pytest.approx(np.sqrt(variance), rel=1e-9, abs=1e-12)
    assert (found.log_odds_ratio[1], found.standard_error[1]) == (0, 0)


def test_the_bend_is_tested_against_the_straight_line() -> None:
    model, straight = fit(BENT, OUTCOME), fit(design_matrix({"p": P, "age": AGE}), OUTCOME)
    test = joint_test(model, ["p'", "p''"])
    assert (test.df, test.statistic) == (2, pytest.approx(straight.deviance - model.deviance, rel=1e-9))
    assert linearity_test(straight, "p", HARRELL[4]) == test
    assert test.p_value is not None
    assert test.p_value < 0.05


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


class TestLinearity:
    def test_a_straight_line_is_not_called_bent(self) -> None:
        rng = np.random.default_rng(5)
        values = rng.normal(size=300)
        occurred = rng.random(300) < 1 / (1 + np.exp(-values))
        assert linearity_test(fit(design_matrix({"x": values}), occurred), "x").p_value > 0.05

    def test_a_category_has_no_bend(self) -> None:
        design = design_matrix({"g": np.array(list("abcabcabcabc"))}, factors={"g": ("a", "b", "c")})
        model = fit(design, [1, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 1])
        with pytest.raises(NotEstimable, match="not_continuous"):
            linearity_test(model, "g")
