"""Near dependencies: which covariates share their variance with one."""

import numpy as np
import pytest

from analytics.statistics.design import design_matrix
from analytics.statistics.logistic.dependencies import entangled

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
