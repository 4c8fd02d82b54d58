"""Formulas are read as R reads them."""

import pandas as pd
import pytest

from tests.reference.formula import design

FRAME = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 5.0], "c": [0.0, 1.0], "s": ["x", "y"]})


@pytest.mark.parametrize(
    ("formula", "names"),
    [
        ("~ a * b", ("a", "b", "a:b")),
        ("~ (a + b) * c", ("a", "b", "c", "a:c", "b:c")),
        ("~ a * b * c", ("a", "b", "c", "a:b", "a:c", "b:c", "a:b:c")),
        ("~ a:b + c", ("c", "a:b")),
        ("~ I(2 * (a + b)) + c", ("I(2 * (a + b))", "c")),
    ],
)
def test_terms(formula: str, names: tuple[str, ...]) -> None:
    assert design(FRAME, formula, intercept=False).names == names


def test_strata_are_a_term_among_the_main_effects() -> None:
    found = design(FRAME, "~ a + strata(s) + c + a:c", intercept=False)
    assert found.names == ("a", "c", "a:c")
    assert found.before_strata == ("a",)
