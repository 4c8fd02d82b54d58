import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.stats import norm

from analytics.statistics import NotEstimable
from analytics.statistics.calibration import assess_calibration
from tests.analytics.statistics.results import has_nan


def predicted(
    stretch: float = 1.0, shift: float = 0.0, n: int = 400
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Outcomes that follow their log odds, and risks whose log odds are stretched and shifted."""
    rng = np.random.default_rng(7)
    log_odds = rng.normal(-1, 1, n)
    outcome = rng.random(n) < 1 / (1 + np.exp(-log_odds))
    return outcome, 1 / (1 + np.exp(-(stretch * log_odds + shift)))


def test_intercept_and_slope_by_a_general_optimiser() -> None:
    outcome, risk = predicted(1.5, 0.4)
    found = assess_calibration(outcome, risk)
    log_odds = np.log(risk / (1 - risk))
    side = np.where(outcome, -1, 1)
    both = minimize(lambda b: np.sum(np.logaddexp(0, side * (b[0] + b[1] * log_odds))), [0.0, 1.0])
    large = minimize(lambda a: np.sum(np.logaddexp(0, side * (a[0] + log_odds))), [0.0])
    assert found.joint_intercept == pytest.approx(both.x[0], abs=1e-5)
    assert found.slope == pytest.approx(both.x[1], abs=1e-5)
    assert found.intercept == pytest.approx(large.x[0], abs=1e-5)
    assert found.log_likelihood == pytest.approx(-both.fun, rel=1e-10)
    fitted = 1 / (1 + np.exp(-(found.joint_intercept + found.slope * log_odds)))
    columns = np.column_stack([np.ones(log_odds.size), log_odds])
    information = (columns * (fitted * (1 - fitted))[:, None]).T @ columns
    assert found.slope_error == pytest.approx(np.linalg.inv(information)[1, 1] ** 0.5, rel=1e-6)


def test_right_risks_are_right_and_stretched_ones_are_not() -> None:
    right, wrong = assess_calibration(*predicted()), assess_calibration(*predicted(2.0))
    assert abs(right.slope - 1) < 2 * right.slope_error
    assert abs(right.intercept) < 2 * right.intercept_error
    assert wrong.slope == pytest.approx(right.slope / 2, rel=1e-9)
    assert right.distances().mean < wrong.distances().mean
    assert right.spiegelhalter()[1] > 0.05 > wrong.spiegelhalter()[1]
    assert right.brier_scaled > wrong.brier_scaled


def test_indices_by_their_definitions() -> None:
    outcome, risk = predicted(1.2)
    found = assess_calibration(outcome, risk)
    assert found.observed_to_expected == pytest.approx(outcome.sum() / risk.sum())
    assert found.brier == pytest.approx(np.mean((outcome - risk) ** 2))
    z = np.sum((outcome - risk) * (1 - 2 * risk)) / np.sqrt(np.sum((1 - 2 * risk) ** 2 * risk * (1 - risk)))
    assert found.spiegelhalter() == pytest.approx((z, 2 * norm.sf(abs(z))))
    discrimination, unreliability, quality = found.quality()
    assert quality == pytest.approx(discrimination - unreliability)
    # What calibration could still gain is what the risks as given lose.
    as_given = np.sum(np.log(np.where(outcome, risk, 1 - risk)))
    assert unreliability == pytest.approx((2 * (found.log_likelihood - as_given) - 2) / outcome.size)
    null = outcome.size * (
        outcome.mean() * np.log(outcome.mean()) + (~outcome).mean() * np.log((~outcome).mean())
    )
    assert discrimination == pytest.approx((2 * (as_given - null) - 1) / outcome.size)
    assert found.hosmer_lemeshow().df == 10


def test_swapped_labels_mirror_the_calibration() -> None:
    outcome, risk = predicted(1.3)
    one, other = assess_calibration(outcome, risk), assess_calibration(~outcome, 1 - risk)
    assert other.slope == pytest.approx(one.slope, rel=1e-9)
    assert other.intercept == pytest.approx(-one.intercept, rel=1e-9)
    # The corners of loess are not mirrored, so the curves between them differ a little.
    assert other.distances().mean == pytest.approx(one.distances().mean, rel=1e-3)


@pytest.mark.parametrize(
    ("outcome", "risk", "reason"),
    [
        ([0, 0, 0], [0.1, 0.2, 0.3], "one_class"),
        ([0, 1, 0], [0.1, 0.0, 0.3], "certain_risk"),
        ([0, 1, 0], [0.1, 1.0, 0.3], "certain_risk"),
        ([0, 1, 0], [0.1, 1.2, 0.3], "outside_unit_interval"),
        ([0, 1, 0], [0.1, np.nan, 0.3], "missing"),
        ([0, 1, 0], [0.2, 0.2, 0.2], "constant"),
        ([0, 1, 0], [0.2, 0.3], "unequal_lengths"),
        ([0, 1, 0], ["a", "b", "c"], "not_numeric"),
        ([0, 0, 1, 1], [0.1, 0.2, 0.3, 0.4], "separated"),
        ([1, 1, 0, 0], [0.1, 0.2, 0.3, 0.4], "separated"),
        ([0, 1, 0, 1], [0.5, 0.5, 0.5, 0.6], "separated"),
    ],
)
def test_what_cannot_be_assessed_says_why(outcome: list[int], risk: list[float], reason: str) -> None:
    with pytest.raises(NotEstimable) as refusal:
        assess_calibration(outcome, risk)
    assert refusal.value.reason == reason


def test_a_few_risks_have_a_slope_and_no_curve() -> None:
    found = assess_calibration([0, 1, 0, 1, 1, 0], [0.2, 0.2, 0.5, 0.5, 0.5, 0.5])
    assert not has_nan(found)
    with pytest.raises(NotEstimable, match="too_few"):
        found.distances()
