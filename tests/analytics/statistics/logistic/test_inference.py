import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.stats import chi2, norm

from analytics.statistics import NotEstimable, firth, logistic
from analytics.statistics.design import Design, design_matrix
from analytics.statistics.logistic import inference


def patients(seed: int = 1, n: int = 70) -> tuple[Design, NDArray[np.bool_]]:
    rng = np.random.default_rng(seed)
    x, z = rng.normal(size=(2, n))
    group = rng.choice(["a", "b", "c"], n)
    outcome = rng.random(n) < 1 / (1 + np.exp(-0.3 - x + (group == "c")))
    return design_matrix({"x": x, "z": z, "group": group}, factors={"group": ["a", "b", "c"]}), outcome


def loss(matrix: NDArray[np.float64], outcome: NDArray[np.bool_], beta: NDArray[np.float64]) -> float:
    return float(np.sum(np.logaddexp(0, np.where(outcome, -1, 1) * (matrix @ beta))))


@pytest.mark.parametrize("term", [0, 1, 3])
def test_a_profile_limit_is_where_a_general_optimiser_loses_the_quantile(term: int) -> None:
    design, outcome = patients()
    model = logistic.fit(design, outcome)
    others = [k for k in range(len(model.terms)) if k != term]
    for limit in logistic.profile_interval(model, model.terms[term]):

        def at(rest: NDArray[np.float64], limit: float = limit) -> float:
            beta = np.zeros(len(model.terms))
            beta[others], beta[term] = rest, limit
            return loss(design.matrix, outcome, beta)

        best = minimize(at, model.coefficients[others], method="BFGS", options={"gtol": 1e-8})
        assert 2 * (best.fun + model.log_likelihood) == pytest.approx(chi2.ppf(0.95, 1), rel=1e-6)


def test_limits_of_predictors_that_are_nearly_one_are_found() -> None:
    rng = np.random.default_rng(4)
    x, noise = rng.normal(size=(2, 60))
    outcome = rng.random(60) < 1 / (1 + np.exp(-x))
    apart = logistic.fit(design_matrix({"x": x, "noise": noise}), outcome)
    alike = logistic.fit(design_matrix({"x": x, "twin": x + 1e-3 * noise}), outcome)
    np.testing.assert_allclose(
        np.array(logistic.profile_interval(alike, "twin")) / 1e3,
        logistic.profile_interval(apart, "noise"),
        rtol=1e-6,
    )


def test_profile_limits_lie_either_side_and_widen_with_the_level() -> None:
    model = logistic.fit(*patients())
    narrow, wide = (logistic.profile_interval(model, "x", level=level) for level in (0.8, 0.99))
    assert wide[0] < narrow[0] < model.coefficients[1] < narrow[1] < wide[1]


def test_several_coefficients_are_tested_against_the_model_without_them() -> None:
    design, outcome = patients()
    model = logistic.fit(design, outcome)
    test = logistic.joint_test(model, [term for term in model.terms if term.startswith("group")])
    smaller = logistic.fit(design.without(["group"]), outcome)
    gain = 2 * (loss(smaller.design.matrix, outcome, smaller.coefficients) + model.log_likelihood)
    assert test.df == 2
    assert test.statistic == pytest.approx(gain, rel=1e-9)
    assert test.p_value == pytest.approx(chi2.sf(gain, 2), rel=1e-9)
    assert test == logistic.compare(model, smaller)


def test_a_part_of_an_interaction_is_not_tested_alone() -> None:
    design, outcome = patients()
    assert inference.testable(design) == ("x", "z", "group")
    x, z = design.matrix[:, 1], design.matrix[:, 2]
    crossed = design_matrix({"x": x, "z": z}, interactions=[("x", "z")])
    assert inference.testable(crossed) == ("x:z",)
    without = logistic.fit(crossed.without(["x:z"]), outcome)
    model = logistic.fit(crossed, outcome)
    assert logistic.joint_test(model, ["x:z"]) == logistic.compare(model, without)


def test_an_aliased_variable_adds_nothing_to_test() -> None:
    design, outcome = patients()
    x = design.matrix[:, 1]
    model = logistic.fit(design_matrix({"x": x, "twice": 2 * x}), outcome)
    with pytest.raises(NotEstimable, match="aliased"):
        logistic.joint_test(model, ["twice"])
    nothing = logistic.compare(model, model)
    assert (nothing.df, nothing.statistic, nothing.p_value) == (0, 0.0, None)
    with pytest.raises(NotEstimable, match="aliased"):
        logistic.profile_interval(model, "twice")


def test_the_sandwich_is_the_formula_written_out() -> None:
    design, outcome = patients()
    model = logistic.fit(design, outcome)
    residual = outcome - model.probabilities
    bread = np.linalg.inv(
        sum(p * (1 - p) * np.outer(x, x) for x, p in zip(design.matrix, model.probabilities, strict=True))
    )
    meat = sum(r * r * np.outer(x, x) for x, r in zip(design.matrix, residual, strict=True))
    np.testing.assert_allclose(logistic.robust_covariance(model), bread @ meat @ bread, rtol=1e-8)
    sites = np.arange(outcome.size) % 9
    meat = np.zeros_like(bread)
    for site in range(9):
        score = residual[sites == site] @ design.matrix[sites == site]
        meat += np.outer(score, score)
    np.testing.assert_allclose(
        logistic.robust_covariance(model, clusters=sites), bread @ meat @ bread, rtol=1e-8
    )


def test_a_site_of_one_patient_each_is_no_cluster_and_one_site_too_few() -> None:
    model = logistic.fit(*patients())
    alone = logistic.robust_covariance(model, clusters=np.arange(model.n))
    np.testing.assert_allclose(alone, logistic.robust_covariance(model), rtol=1e-12)
    with pytest.raises(NotEstimable, match="too_few_clusters"):
        logistic.robust_covariance(model, clusters=["one"] * model.n)


def test_wald_figures_follow_from_coefficient_and_error() -> None:
    model = logistic.fit(*patients())
    wald = model.wald(level=0.9)
    z = model.coefficients / model.standard_errors
    np.testing.assert_allclose(wald.p_value, 2 * norm.sf(np.abs(z)), rtol=1e-12)
    np.testing.assert_allclose(
        np.log(wald.odds_ratio_high / wald.odds_ratio), norm.ppf(0.95) * model.standard_errors, rtol=1e-9
    )


def test_an_odds_ratio_beyond_the_largest_number_is_infinite_without_a_warning() -> None:
    wald = logistic.wald(np.array([800.0]), np.array([1.0]))
    assert wald.odds_ratio[0] == np.inf
    assert wald.ci_low[0] == pytest.approx(800 - norm.ppf(0.975))


def test_standardised_coefficients_are_those_of_standardised_covariates() -> None:
    design, outcome = patients()
    x, z = (column * 12 + 3 for column in design.matrix[:, 1:3].T)
    found = logistic.standardised_coefficients(logistic.fit(design_matrix({"x": x, "z": z}), outcome))
    scaled = {name: (v - v.mean()) / v.std(ddof=1) for name, v in (("x", x), ("z", z))}
    expected = logistic.fit(design_matrix(scaled), outcome)
    assert found == pytest.approx(dict(zip(("x", "z"), expected.coefficients[1:], strict=True)), rel=1e-9)


def test_a_penalised_model_is_standardised_too_and_large_units_do_not_overflow() -> None:
    design, outcome = patients()
    x = design.matrix[:, 1]
    model = firth.fit(design_matrix({"x": x}), outcome)
    assert logistic.standardised_coefficients(model)["x"] == pytest.approx(
        model.coefficients[1] * x.std(ddof=1), rel=1e-12
    )
    small = logistic.standardised_coefficients(logistic.fit(design_matrix({"x": x}), outcome))
    large = logistic.standardised_coefficients(logistic.fit(design_matrix({"x": x * 1e200}), outcome))
    assert large == pytest.approx(small, rel=1e-6)
