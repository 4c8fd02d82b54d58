"""Formulas of derived quantities, on values worked by hand."""

import numpy as np
import pytest

from registry.dictionary.derived import DERIVED


@pytest.mark.parametrize(
    ("code", "inputs", "expected"),
    [
        ("ca_x_p", (2.2, 1.8), 3.96),
        ("ca_corrected", (2.2, 35.0), 2.3),
        ("mg_corrected", (1.0, 36.0), 1.02),
        ("urr", (25.0, 7.5), 70.0),
        ("non_hdl", (4.1, 1.1), 3.0),
        ("bmi", (57.0, 165.0), 57 / 1.65**2),
    ],
)
def test_by_hand(code: str, inputs: tuple[float, ...], expected: float) -> None:
    columns = [np.array([value, np.nan]) for value in inputs]

    computed = DERIVED[code].formula(*columns)

    assert computed[0] == pytest.approx(expected, rel=1e-12)
    assert np.isnan(computed[1])


def test_impossible_inputs_leave_it_missing() -> None:
    zero, one = np.array([0.0]), np.array([1.0])

    assert np.isnan(DERIVED["urr"].formula(zero, one))[0]
    assert np.isnan(DERIVED["bmi"].formula(one, zero))[0]
    assert np.isnan(DERIVED["non_hdl"].formula(one, one))[0]
