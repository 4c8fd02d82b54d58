import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.statistics.logistic import newton
from analytics.statistics.logistic.newton import evaluate, inverse, newton_step


def _rows(n: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    basis = np.column_stack([np.ones(n), rng.normal(size=(n, 2))])
    return basis, rng.choice([-1.0, 1.0], n), rng.integers(1, 6, n).astype(float)


def _naive(basis: np.ndarray, sign: np.ndarray, theta: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    likelihood, gradient, information = 0.0, np.zeros(theta.size), np.zeros((theta.size, theta.size))
    for row, s in zip(basis, sign, strict=True):
        risk = 1 / (1 + np.exp(-row @ theta))
        likelihood += np.log(risk if s > 0 else 1 - risk)
        gradient += ((s > 0) - risk) * row
        information += risk * (1 - risk) * np.outer(row, row)
    return likelihood, gradient, information


def _assert_alike(one: tuple[object, ...], other: tuple[object, ...]) -> None:
    for a, b in zip(one, other, strict=True):
        assert a == pytest.approx(b, rel=1e-10, abs=1e-10)


@given(st.integers(1, 700), st.integers(0, 5))
def test_one_pass_says_what_a_loop_says(n: int, seed: int) -> None:
    basis, sign, _ = _rows(n, seed)
    theta = np.array([0.3, -1.2, 2.0])
    _assert_alike(evaluate(basis, sign, theta), _naive(basis, sign, theta))


def test_a_row_that_stands_for_many_is_that_many_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    basis, sign, counts = _rows(50)
    theta = np.array([0.3, -1.2, 2.0])
    each = np.repeat(np.arange(50), counts.astype(int))
    monkeypatch.setattr(newton, "_BLOCK", 16)
    _assert_alike(evaluate(basis, sign, theta, counts=counts), evaluate(basis[each], sign[each], theta))


def test_thousands_of_even_odds_do_not_overflow() -> None:
    likelihood, _, _ = evaluate(np.ones((5000, 1)), np.ones(5000), np.zeros(1))
    assert likelihood == pytest.approx(-5000 * np.log(2), rel=1e-12)


def test_the_inverse_solves_for_every_column() -> None:
    basis, sign, _ = _rows(60)
    information = evaluate(basis, sign, np.zeros(3))[2]
    assert inverse(information) @ information == pytest.approx(np.eye(3), abs=1e-12)
    assert newton_step(np.ones((2, 2)), np.ones(2)) is None
