"""One Newton step without a patient, against fitting again without him."""

import numpy as np
import pytest

from analytics.statistics.design import design_matrix
from analytics.statistics.logistic import fit, wald
from analytics.statistics.logistic.influence import leave_one_out


def sample(n: int, seed: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
    rng = np.random.default_rng(seed)
    x, z = rng.normal(size=(2, n))
    return {"x": x, "z": z}, rng.random(n) < 1 / (1 + np.exp(-0.5 * x))


def refitted(covariates: dict[str, np.ndarray], occurred: np.ndarray, left_out: int) -> np.ndarray:
    kept = np.arange(occurred.size) != left_out
    return fit(design_matrix({name: column[kept] for name, column in covariates.items()}), occurred[kept])


@pytest.mark.parametrize("seed", range(3))
def test_one_step_comes_close_to_fitting_again(seed: int) -> None:
    covariates, occurred = sample(200, seed)
    model = fit(design_matrix(covariates), occurred)
    found = leave_one_out(model)
    for left_out in range(0, 200, 20):
        again = refitted(covariates, occurred, left_out)
        assert found.coefficients[left_out] == pytest.approx(again.coefficients, abs=4e-3)
        assert found.standard_errors[left_out] == pytest.approx(again.standard_errors, rel=1e-2)


def test_leverages_sum_to_the_number_of_terms() -> None:
    covariates, occurred = sample(120, 5)
    assert leave_one_out(fit(design_matrix(covariates), occurred)).leverage.sum() == pytest.approx(3)


def test_a_term_that_hangs_on_one_patient_is_found() -> None:
    covariates, occurred = sample(80, 12)
    covariates["x"][0], occurred[0] = 4.0, False
    model = fit(design_matrix(covariates), occurred)
    again = refitted(covariates, occurred, 0)
    x = model.terms.index("x")
    assert (wald(model.coefficients, model.standard_errors).p_value[x] < 0.05) != (
        wald(again.coefficients, again.standard_errors).p_value[x] < 0.05
    )
    assert leave_one_out(model).turned(model)[x]


def test_no_term_hangs_on_one_patient_where_the_effect_is_plain() -> None:
    rng = np.random.default_rng(3)
    x = rng.normal(size=500)
    occurred = rng.random(500) < 1 / (1 + np.exp(-1.5 * x))
    model = fit(design_matrix({"x": x}), occurred)
    assert not leave_one_out(model).turned(model)[1]
