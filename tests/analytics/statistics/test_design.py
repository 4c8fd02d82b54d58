from typing import Any

import numpy as np
import pytest

from analytics.statistics import NotEstimable
from analytics.statistics.design import Design, design_matrix


def crossed() -> Design:
    return design_matrix(
        {"age": [50, 60, 70, 80], "stage": ["1", "3", "2", "3"], "mg": [0.7, 0.8, 0.9, 1.0]},
        factors={"stage": ["1", "2", "3"]},
        interactions=[("age", "stage")],
    )


def test_names_and_columns_are_those_of_r() -> None:
    design = crossed()
    assert design.terms == (
        "(Intercept)",
        "age",
        "stage2",
        "stage3",
        "mg",
        "age:stage2",
        "age:stage3",
    )
    assert design.variables == ("age", "stage", "mg", "age:stage")
    assert design.assign == (-1, 0, 1, 1, 2, 3, 3)
    np.testing.assert_array_equal(design.matrix[:, 3], [0, 1, 0, 1])
    np.testing.assert_array_equal(design.matrix[:, 6], [0, 60, 0, 80])


def test_of_two_crossed_factors_the_first_varies_fastest() -> None:
    design = design_matrix(
        {"a": ["x", "y", "z"], "b": ["u", "v", "w"]},
        factors={"a": ["x", "y", "z"], "b": ["u", "v", "w"]},
        interactions=[("a", "b")],
    )
    assert design.terms[5:] == ("ay:bv", "az:bv", "ay:bw", "az:bw")


def test_a_factor_is_taken_out_with_all_its_columns() -> None:
    design = crossed().without(["stage", "age:stage"])
    assert design.terms == ("(Intercept)", "age", "mg")
    assert design.assign == (-1, 0, 1)
    np.testing.assert_array_equal(design.columns_of("mg"), [2])


def test_patients_are_chosen_by_mask_or_position() -> None:
    design = crossed()
    np.testing.assert_array_equal(design.rows(np.array([1, 1])).matrix[:, 1], [60, 60])
    assert design.rows(design.matrix[:, 1] > 55).n == 3


def test_booleans_and_numbers_held_as_objects_are_numbers() -> None:
    design = design_matrix({"x": np.array([1, 2.5], dtype=object), "ever": np.array([True, False])})
    np.testing.assert_array_equal(design.matrix, [[1, 1, 1], [1, 2.5, 0]])


@pytest.mark.parametrize(
    ("columns", "factors", "reason"),
    [
        ({}, {}, "no_covariates"),
        ({"x": ["high", "low"]}, {}, "not_numeric"),
        ({"x": [[1, 2], [3, 4]]}, {}, "not_numeric"),
        ({"x": [object(), object()]}, {}, "not_numeric"),
        ({"x": [1.0, np.nan]}, {}, "missing"),
        ({"x": [1.0, None]}, {}, "missing"),
        ({"x": [1.0, -np.inf]}, {}, "infinite"),
        ({"x": [10**400, 1]}, {}, "not_numeric"),
        ({"x": [1.0, 2.0], "z": [1.0]}, {}, "unequal_lengths"),
        ({"x": ["a", "c"]}, {"x": ["a", "b"]}, "unknown_level"),
    ],
)
def test_what_is_no_design_says_why(columns: Any, factors: Any, reason: str) -> None:
    with pytest.raises(NotEstimable) as refusal:
        design_matrix(columns, factors=factors)
    assert refusal.value.reason == reason
