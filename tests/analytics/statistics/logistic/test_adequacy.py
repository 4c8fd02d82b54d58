import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analytics.statistics import NotEstimable, logistic
from analytics.statistics.design import INTERCEPT, Design, design_matrix
from analytics.statistics.logistic.adequacy import quantiles


def fitted(seed: int = 1, n: int = 120) -> logistic.LogisticFit:
    rng = np.random.default_rng(seed)
    x, z = rng.normal(size=(2, n))
    columns = {"x": x, "z": z, "sum": x + z + 0.3 * rng.normal(size=n)}
    return logistic.fit(design_matrix(columns), rng.random(n) < 1 / (1 + np.exp(-x)))


def test_explained_variation_by_its_definitions() -> None:
    model = fitted()
    explained = logistic.explained_variation(model)
    ratio = np.exp((model.null_log_likelihood - model.log_likelihood) * 2 / model.n)
    assert explained.mcfadden == pytest.approx(1 - model.deviance / model.null_deviance)
    assert explained.cox_snell == pytest.approx(1 - ratio)
    assert explained.nagelkerke == pytest.approx((1 - ratio) / (1 - np.exp(-model.null_deviance / model.n)))
    by_class = [model.probabilities[model.outcome == side] for side in (True, False)]
    assert explained.tjur == pytest.approx(by_class[0].mean() - by_class[1].mean())


def test_size_of_the_model() -> None:
    model = fitted()
    gain = model.null_deviance - model.deviance
    assert logistic.events_per_variable(model) == min(model.n_events, model.n - model.n_events) / 3
    assert logistic.shrinkage(model) == pytest.approx((gain - 3) / gain)
    aic, bic = logistic.information_criteria(model)
    assert bic - aic == pytest.approx(4 * (np.log(model.n) - 2))
    alone = logistic.fit(Design(np.ones((4, 1)), (INTERCEPT,), (), (-1,)), [0, 1, 1, 0])
    with pytest.raises(NotEstimable, match="no_covariates"):
        logistic.events_per_variable(alone)
    with pytest.raises(NotEstimable, match="no_gain"):
        logistic.shrinkage(alone)


def test_inflation_is_the_regression_of_each_column_on_the_others() -> None:
    design = fitted().design
    for k, (term, found) in enumerate(logistic.variance_inflation(design).items(), start=1):
        others = np.delete(design.matrix, k, axis=1)
        column = design.matrix[:, k]
        residual = column - others @ np.linalg.lstsq(others, column, rcond=None)[0]
        assert term == design.terms[k]
        assert found == pytest.approx(np.var(column) / np.mean(residual**2), rel=1e-9)


def test_generalised_inflation_of_single_columns_is_the_determinant_ratio() -> None:
    model = fitted()
    covariance = model.covariance[1:, 1:]
    for k, factor in enumerate(logistic.generalised_inflation(model).values()):
        expected = covariance[k, k] * np.linalg.inv(covariance)[k, k]
        assert factor.gvif == pytest.approx(expected, rel=1e-8)
        assert factor.scaled == pytest.approx(factor.gvif**0.5)


def test_exact_dependence_is_infinite_and_not_estimable() -> None:
    x = np.array([1.0, 2, 3, 5, 8, 13])
    design = design_matrix({"x": x, "twice": 2 * x, "z": [1, 0, 0, 1, 1, 0]})
    inflation = logistic.variance_inflation(design)
    assert (inflation["x"], inflation["twice"]) == (np.inf, np.inf)
    assert 1 <= inflation["z"] < 2
    assert logistic.condition_number(design) == np.inf
    with pytest.raises(NotEstimable, match="aliased"):
        logistic.generalised_inflation(logistic.fit(design, [0, 1, 0, 1, 0, 1]))
    with pytest.raises(NotEstimable, match="constant"):
        logistic.variance_inflation(design_matrix({"x": x, "steady": [4.2] * 6}))
    with pytest.raises(NotEstimable, match="too_few_terms"):
        logistic.variance_inflation(design_matrix({"x": x}))


def test_the_condition_number_is_that_of_the_scaled_columns() -> None:
    design = fitted().design
    scaled = design.matrix / np.linalg.norm(design.matrix, axis=0)
    assert logistic.condition_number(design) == pytest.approx(np.linalg.cond(scaled), rel=1e-9)


def test_hosmer_and_lemeshow_by_hand() -> None:
    model = fitted()
    edges = np.quantile(model.probabilities, np.linspace(0, 1, 11))
    statistic = 0.0
    for k in range(10):
        inside = (model.probabilities > edges[k]) & (model.probabilities <= edges[k + 1])
        inside |= (k == 0) & (model.probabilities == edges[0])
        expected, observed, size = (
            model.probabilities[inside].sum(),
            model.outcome[inside].sum(),
            inside.sum(),
        )
        statistic += (observed - expected) ** 2 / expected + (observed - expected) ** 2 / (size - expected)
    found = logistic.hosmer_lemeshow(model.outcome, model.probabilities)
    assert (found.groups, found.df) == (10, 8)
    assert found.statistic == pytest.approx(statistic, rel=1e-9)


def test_too_few_groups_have_no_p() -> None:
    outcome = np.array([0, 1, 0, 1], dtype=bool)
    assert logistic.hosmer_lemeshow(outcome, np.array([0.2, 0.2, 0.7, 0.7]), groups=2).p_value is None
    with pytest.raises(NotEstimable, match="empty_group"):
        logistic.hosmer_lemeshow(outcome, np.array([0.2, 0.2, 0.7, 0.7]))
    with pytest.raises(NotEstimable, match="constant"):
        logistic.hosmer_lemeshow(outcome, np.full(4, 0.5))
    with pytest.raises(NotEstimable, match="certain_group"):
        logistic.hosmer_lemeshow(outcome, np.array([0.0, 0.0, 1.0, 1.0]), groups=2)


@given(arrays(float, st.integers(1, 40), elements=st.floats(-1e6, 1e6)), st.floats(0, 1))
def test_quantiles_are_those_of_type_7(values: np.ndarray, share: float) -> None:
    found = quantiles(values, np.array([share]))
    assert found[0] == pytest.approx(np.quantile(values, share), rel=1e-12, abs=1e-9)
