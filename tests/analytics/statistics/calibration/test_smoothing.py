import numpy as np
import pytest
from numpy.typing import NDArray

from analytics.statistics import NotEstimable
from analytics.statistics.calibration import loess, lowess


def scatter(n: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    rng = np.random.default_rng(3)
    x = rng.random(n)
    return x, np.sin(4 * x) + rng.normal(0, 0.2, n)


def naive(x: NDArray[np.float64], y: NDArray[np.float64], place: float, span: float, degree: int) -> float:
    """One local regression by numpy's polynomials."""
    nearest = np.argsort(np.abs(x - place), kind="stable")[: int(x.size * span + 1e-5)]
    reach = np.abs(x[nearest] - place).max()
    distance = np.abs(x[nearest] - place) / reach
    inside = distance < 0.999
    weight = np.where(distance > 0.001, (1 - distance**3) ** 1.5, 1.0)[inside]
    return float(
        np.polyval(np.polyfit(x[nearest][inside] - place, y[nearest][inside], degree, w=weight), 0.0)
    )


def test_the_corners_are_local_regressions() -> None:
    x, y = scatter(80)
    curve = loess(x, y)
    expected = [naive(x, y, place, 0.75, 2) for place in curve.places]
    np.testing.assert_allclose(curve.heights, expected, rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(curve.at(curve.places), curve.heights, rtol=1e-12)


def test_between_the_corners_the_curve_is_near_the_regression_there() -> None:
    x, y = scatter(200)
    found = loess(x, y).at(x)
    expected = [naive(x, y, place, 0.75, 2) for place in x]
    np.testing.assert_allclose(found, expected, atol=0.02)


def test_lowess_is_a_local_line_at_every_point_when_points_are_few() -> None:
    x = np.array([0.0, 1, 2, 3, 4, 5, 6, 7])
    y = np.array([0.0, 1, 0, 2, 3, 2, 5, 4])
    expected = [naive(x, y, place, 2 / 3, 1) for place in x]
    np.testing.assert_allclose(lowess(x, y), expected, rtol=1e-9)


def test_a_parabola_and_a_line_come_back_unchanged() -> None:
    x, _ = scatter(60)
    np.testing.assert_allclose(loess(x, 3 * x * x - x + 1).at(x), 3 * x * x - x + 1, rtol=1e-9)
    np.testing.assert_allclose(lowess(x, 2 * x - 1), 2 * x - 1, rtol=1e-9, atol=1e-12)


def test_the_order_of_points_does_not_matter() -> None:
    x, y = scatter(70)
    order = np.random.default_rng(1).permutation(70)
    np.testing.assert_allclose(loess(x[order], y[order]).at(x), loess(x, y).at(x), rtol=1e-9)
    np.testing.assert_allclose(lowess(x[order], y[order]), lowess(x, y)[order], rtol=1e-9)


def test_many_ties_are_cut_where_values_differ() -> None:
    x = np.repeat([0.1, 0.2, 0.3, 0.4, 0.5, 0.6], 20)
    y = np.tile([0.0, 1.0], 60)
    np.testing.assert_allclose(loess(x, y).at(x), 0.5, atol=1e-9)


@pytest.mark.parametrize("smooth", [loess, lowess])
def test_what_cannot_be_smoothed_says_why(smooth: object) -> None:
    with pytest.raises(NotEstimable, match=r"too_few|constant"):
        smooth(np.full(10, 0.3), np.arange(10.0))  # type: ignore[operator]
    mostly_one = np.array([0.3] * 96 + [0.1, 0.2, 0.4, 0.5])
    with pytest.raises(NotEstimable, match="tied"):
        smooth(mostly_one, np.arange(100.0))  # type: ignore[operator]
