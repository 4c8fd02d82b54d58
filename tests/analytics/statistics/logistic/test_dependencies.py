"""Near dependencies: which covariates share their variance with one."""

import numpy as np
import pytest

from analytics.statistics.design import design_matrix
from analytics.statistics.logistic.dependencies import determined, entangled

RNG = np.random.default_rng(3)
N = 60
X, Z, W = RNG.normal(size=(3, N))


def shares_by_definition(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Condition indices, and the decomposition by eigenvectors of the scaled cross-products."""
    scaled = matrix / np.sqrt((matrix**2).sum(axis=0))
    values, vectors = np.linalg.eigh(scaled.T @ scaled)
    parts = vectors**2 / values
    return np.sqrt(values.max() / values), parts / parts.sum(axis=1, keepdims=True)


def test_as_the_decomposition_has_it() -> None:
    design = design_matrix({"x": X, "near": X + Z / 100, "w": W})
    index, shares = shares_by_definition(design.matrix)
    named = [term for k, term in enumerate(design.terms) if shares[k, index > 30].sum() > 0.5]
    assert entangled(design) == tuple(named) == ("x", "near")


def test_independent_covariates_are_in_none() -> None:
    assert entangled(design_matrix({"x": X, "z": Z, "w": W})) == ()


def test_one_far_from_zero_is_held_by_the_intercept_alone() -> None:
    assert entangled(design_matrix({"x": X, "far": 100 + Z})) == ("far",)


@pytest.mark.parametrize("scale", [1e-8, 1.0, 1e8])
def test_units_do_not_matter(scale: float) -> None:
    assert entangled(design_matrix({"x": X * scale, "near": X + Z / 100})) == ("x", "near")


def test_exact_dependence_and_columns_of_zeros() -> None:
    design = design_matrix({"x": X, "again": 2 * X, "nothing": np.zeros(N), "w": W})
    assert entangled(design) == ("x", "again")


class TestDetermined:
    CA, P = np.round(2.3 + 0.2 * X, 2), np.round(1.8 * np.exp(0.3 * Z), 2)

    def test_a_product_as_it_is_written_down(self) -> None:
        columns = {"w": W, "p": self.P, "product": np.round(self.CA * self.P, 2), "ca": self.CA}
        assert determined(design_matrix(columns)) == {"product": ("p", "ca")}

    def test_a_quotient_by_its_numerator(self) -> None:
        columns = {"ca": self.CA, "p": self.P, "ratio": 1e6 * self.CA / self.P}
        assert determined(design_matrix(columns)) == {"ca": ("p", "ratio")}

    def test_a_sum_names_its_parts_alone(self) -> None:
        columns = {"w": W, "x": X, "z": 1e6 * Z, "sum": X - 2 * Z + 7}
        assert determined(design_matrix(columns)) == {"sum": ("x", "z")}

    def test_what_is_nearly_a_product_or_a_sum_is_not_determined(self) -> None:
        nearly = {"product": self.CA * self.P * (1 + 0.05 * W), "sum": self.CA + self.P + W / 100}
        for name, column in nearly.items():
            assert determined(design_matrix({"ca": self.CA, "p": self.P, name: column})) == {}

    def test_columns_of_two_values_make_an_interaction(self) -> None:
        male = (X > 0).astype(float)
        assert determined(design_matrix({"male": male, "p": self.P, "both": male * self.P})) == {}
