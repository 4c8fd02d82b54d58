import numpy as np
import pytest

from analytics.statistics.inflation import log_inflation

CORRELATION = np.array([[1.0, 0.5, 0.2], [0.5, 1.0, -0.3], [0.2, -0.3, 1.0]])


def test_of_one_coefficient_as_the_inverse_has_it() -> None:
    for k, expected in enumerate(np.diag(np.linalg.inv(CORRELATION))):
        assert np.exp(log_inflation(CORRELATION, [k])) == pytest.approx(expected, rel=1e-12)


def test_all_together_share_nothing_with_others() -> None:
    assert log_inflation(CORRELATION, [0, 1, 2]) == pytest.approx(0, abs=1e-12)


def test_two_sides_share_the_same() -> None:
    assert log_inflation(CORRELATION, [0, 2]) == pytest.approx(log_inflation(CORRELATION, [1]), rel=1e-12)
