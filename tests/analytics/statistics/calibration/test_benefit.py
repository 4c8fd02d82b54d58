import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.statistics import NotEstimable
from analytics.statistics.calibration import decision_curve, integrated_discrimination, net_reclassification
from analytics.statistics.errors import attempt

Rows = list[tuple[bool, float, float]]
grid = st.integers(0, 20).map(lambda k: k / 20)
rows = st.lists(st.tuples(st.booleans(), grid, grid), min_size=4, max_size=25).filter(
    lambda found: sum(y for y, *_ in found) >= 2 and sum(not y for y, *_ in found) >= 2
)


@given(rows, st.sampled_from([0.05, 0.2, 0.5, 0.75]))
def test_net_benefit_counts_patient_by_patient(found: Rows, threshold: float) -> None:
    outcome, risk = [y for y, *_ in found], [p for _, p, _ in found]
    curve = decision_curve(outcome, risk, [threshold])
    odds = threshold / (1 - threshold)
    gains = [(1 if y else -odds) for y, p in zip(outcome, risk, strict=True) if p >= threshold]
    assert curve.model[0] == pytest.approx(sum(gains) / len(found), abs=1e-12)
    assert curve.treat_all[0] == pytest.approx(np.mean([1 if y else -odds for y in outcome]), abs=1e-12)


@given(rows)
def test_reclassification_counts_patient_by_patient(found: Rows) -> None:
    outcome, old, new = (np.array(column) for column in zip(*found, strict=True))
    for cuts, steps in ((None, np.sign(new - old)), ([0.3], np.sign((new >= 0.3) * 1 - (old >= 0.3) * 1))):
        if not steps.any():
            with pytest.raises(NotEstimable, match="no_change"):
                net_reclassification(outcome, old, new, cuts=cuts)
            continue
        index = attempt(net_reclassification, outcome, old, new, cuts=cuts)
        if isinstance(index, NotEstimable):
            assert index.reason == "no_variance"
            continue
        assert index.cases == pytest.approx(steps[outcome].mean())
        assert index.controls == pytest.approx(-steps[~outcome].mean())
        assert index.value == index.cases + index.controls


@given(rows)
def test_exchanged_models_turn_the_sign(found: Rows) -> None:
    outcome, old, new = (np.array(column) for column in zip(*found, strict=True))
    for index in (net_reclassification, integrated_discrimination):
        one, other = attempt(index, outcome, old, new), attempt(index, outcome, new, old)
        if isinstance(one, NotEstimable) or isinstance(other, NotEstimable):
            assert repr(one) == repr(other)
            continue
        assert one.value == pytest.approx(-other.value)
        assert one.p_value == pytest.approx(other.p_value)


def test_discrimination_improvement_is_a_difference_of_means() -> None:
    outcome = np.array([1, 1, 1, 0, 0, 0], dtype=bool)
    old, new = np.array([0.3, 0.5, 0.4, 0.3, 0.2, 0.1]), np.array([0.6, 0.5, 0.7, 0.2, 0.2, 0.3])
    found = integrated_discrimination(outcome, old, new)
    gain = new - old
    assert found.value == pytest.approx(gain[outcome].mean() - gain[~outcome].mean())
    variance = np.var(gain[outcome], ddof=1) / 3 + np.var(gain[~outcome], ddof=1) / 3
    assert found.standard_error == pytest.approx(variance**0.5)


@pytest.mark.parametrize(
    ("outcome", "risk", "thresholds", "reason"),
    [
        ([0, 0], [0.1, 0.2], [0.5], "one_class"),
        ([0, 1], [0.1, 1.2], [0.5], "outside_unit_interval"),
        ([0, 1], [0.1, 0.2], [1.0], "outside_unit_interval"),
        ([0, 1], [0.1], [0.5], "unequal_lengths"),
        ([0, 1], [0.1, np.nan], [0.5], "missing"),
    ],
)
def test_what_has_no_benefit_says_why(
    outcome: list[int], risk: list[float], thresholds: list[float], reason: str
) -> None:
    with pytest.raises(NotEstimable) as refusal:
        decision_curve(outcome, risk, thresholds)
    assert refusal.value.reason == reason


def test_one_case_has_no_spread_to_test_with() -> None:
    with pytest.raises(NotEstimable, match="too_few_cases"):
        integrated_discrimination([1, 0, 0], [0.1, 0.2, 0.3], [0.2, 0.2, 0.4])
    with pytest.raises(NotEstimable, match="unequal_lengths"):
        net_reclassification([1, 0, 0], [0.1, 0.2, 0.3], [0.2, 0.2])
