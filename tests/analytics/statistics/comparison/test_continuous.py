import math
import statistics

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import integrate

from analytics.statistics import NotEstimable
from analytics.statistics.comparison import compare_continuous, describe
from analytics.statistics.comparison.means import standardised_difference
from analytics.statistics.samples import Moments
from tests.analytics.statistics.results import has_nan, refusals

VALUES = st.floats(-1000, 1000).map(lambda value: round(value, 3))
SAMPLES = arrays(float, st.integers(3, 25), elements=VALUES)
NAN = float("nan")
ALL_BUT_RANKS = (
    *("welch", "student", "smd", "cohen_d", "hedges_g"),
    *("variance_ratio", "brown_forsythe", "levene", "shapiro_a", "shapiro_b"),
)


def _t_tail(t: float, df: float) -> float:
    """Two-sided p of Student's t, by integrating its density."""
    constant = math.exp(math.lgamma((df + 1) / 2) - math.lgamma(df / 2)) / math.sqrt(df * math.pi)
    area, _ = integrate.quad(lambda x: constant * (1 + x * x / df) ** (-(df + 1) / 2), 0, abs(t))
    return 1 - 2 * area


def _vary(*samples: np.ndarray) -> None:
    assume(all(np.ptp(sample) > 0.01 for sample in samples))


@given(SAMPLES, SAMPLES)
def test_welch_and_student_from_their_definitions(a: np.ndarray, b: np.ndarray) -> None:
    _vary(a, b)
    found = compare_continuous(a, b)
    va, vb = statistics.variance(a.tolist()) / len(a), statistics.variance(b.tolist()) / len(b)
    difference = statistics.fmean(a) - statistics.fmean(b)
    df = (va + vb) ** 2 / (va**2 / (len(a) - 1) + vb**2 / (len(b) - 1))
    assert found.welch.difference == pytest.approx(difference, rel=1e-9, abs=1e-9)
    assert found.welch.standard_error == pytest.approx(math.sqrt(va + vb), rel=1e-9)
    assert found.welch.df == pytest.approx(df, rel=1e-9)
    assert found.welch.p_value == pytest.approx(_t_tail(difference / math.sqrt(va + vb), df), abs=1e-7)
    squares = va * len(a) * (len(a) - 1) + vb * len(b) * (len(b) - 1)
    pooled = math.sqrt(squares / (len(a) + len(b) - 2) * (1 / len(a) + 1 / len(b)))
    assert found.student.standard_error == pytest.approx(pooled, rel=1e-9)
    assert found.student.df == len(a) + len(b) - 2


@given(SAMPLES, SAMPLES)
def test_the_interval_excludes_zero_exactly_when_p_is_below_its_level(a: np.ndarray, b: np.ndarray) -> None:
    _vary(a, b)
    for test in (compare_continuous(a, b).welch, compare_continuous(a, b).student):
        assume(abs(test.p_value - 0.05) > 1e-9)
        assert (test.ci_low > 0 or test.ci_high < 0) == (test.p_value < 0.05)


@given(SAMPLES, SAMPLES)
def test_swapping_the_groups_turns_every_sign_and_no_p_value(a: np.ndarray, b: np.ndarray) -> None:
    _vary(a, b)
    one, other = compare_continuous(a, b), compare_continuous(b, a)
    assert one.welch.difference == pytest.approx(-other.welch.difference, abs=1e-12)
    assert one.welch.ci_low == pytest.approx(-other.welch.ci_high, rel=1e-9, abs=1e-9)
    assert one.welch.p_value == pytest.approx(other.welch.p_value, rel=1e-9, abs=1e-12)
    assert one.smd.estimate == pytest.approx(-other.smd.estimate, rel=1e-9, abs=1e-12)
    assert one.mann_whitney.auc == pytest.approx(1 - other.mann_whitney.auc, abs=1e-12)
    assert one.mann_whitney.p_normal_corrected == other.mann_whitney.p_normal_corrected
    assert one.variance_ratio.statistic == pytest.approx(1 / other.variance_ratio.statistic, rel=1e-9)


@given(SAMPLES, SAMPLES, st.randoms(use_true_random=False))
def test_order_does_not_matter(a: np.ndarray, b: np.ndarray, random: object) -> None:
    _vary(a, b)
    shuffled = a.copy()
    random.shuffle(shuffled)
    one, other = compare_continuous(a, b), compare_continuous(shuffled, b)
    assert one.welch.p_value == pytest.approx(other.welch.p_value, rel=1e-8, abs=1e-12)
    assert one.mann_whitney.p_normal_corrected == other.mann_whitney.p_normal_corrected
    assert one.mann_whitney.hodges_lehmann == other.mann_whitney.hodges_lehmann


@given(SAMPLES, SAMPLES, st.sampled_from([1e-9, 0.0259, 10.0, 1e9]), st.sampled_from([0.0, 37.0]))
def test_another_unit_scales_differences_and_leaves_p_values(
    a: np.ndarray, b: np.ndarray, factor: float, shift: float
) -> None:
    _vary(a, b)
    one, other = compare_continuous(a, b), compare_continuous(a * factor + shift, b * factor + shift)
    assume(factor >= 0.01 or shift == 0)
    assert other.welch.difference == pytest.approx(one.welch.difference * factor, rel=1e-6, abs=1e-9 * factor)
    assert other.welch.p_value == pytest.approx(one.welch.p_value, rel=1e-5, abs=1e-9)
    assert other.smd.estimate == pytest.approx(one.smd.estimate, rel=1e-6, abs=1e-9)


@given(SAMPLES)
def test_description_from_sorted_values(sample: np.ndarray) -> None:
    found = describe(sample)
    ordered = sorted(sample.tolist())
    position = 0.25 * (len(ordered) - 1)
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    assert found.q1 == pytest.approx(ordered[below] + (position - below) * (ordered[above] - ordered[below]))
    assert found.median == pytest.approx(statistics.median(ordered))
    assert (found.minimum, found.maximum) == (ordered[0], ordered[-1])
    assert found.mean == pytest.approx(math.fsum(ordered) / len(ordered), rel=1e-12, abs=1e-10)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (
            [4.2] * 5,
            [4.2] * 5,
            dict.fromkeys(ALL_BUT_RANKS, "constant"),
        ),
        (
            [1.0, 2.0],
            [3.0],
            {
                "welch": "too_few",
                "smd": "too_few",
                "cohen_d": "too_few",
                "hedges_g": "too_few",
                "variance_ratio": "too_few",
                "brown_forsythe": "perfect_fit",
                "levene": "perfect_fit",
                "shapiro_a": "too_few",
                "shapiro_b": "too_few",
            },
        ),
        ([1.0, 2.0, 4.0], [5.0, 5.0, 5.0], {"variance_ratio": "constant", "shapiro_b": "constant"}),
    ],
    ids=["constant", "three values", "one group constant"],
)
def test_degenerate_samples_say_why(a: list[float], b: list[float], expected: dict[str, str]) -> None:
    found = compare_continuous(a, b)
    assert refusals(found) == expected
    assert not has_nan(found)


def test_all_missing_is_described_and_not_compared() -> None:
    found = compare_continuous([NAN, NAN], [1.0, 2.0, 3.0])
    assert (found.a.n, found.a.n_missing, found.a.mean) == (0, 2, None)
    assert set(refusals(found).values()) == {"too_few"}
    assert not has_nan(found)


def test_all_tied_has_ranks_and_no_p_value() -> None:
    ranks = compare_continuous([1.0] * 4, [1.0] * 3).mann_whitney
    assert (ranks.statistic, ranks.auc, ranks.hodges_lehmann) == (6.0, 0.5, 0.0)
    assert ranks.p_normal_corrected.reason == ranks.p_normal_uncorrected.reason == "constant"
    assert ranks.p_exact.reason == "ties"


@pytest.mark.parametrize(
    ("column", "reason"), [([1.0, math.inf], "infinite"), (np.array(["a", "b"], dtype=object), "not_numeric")]
)
def test_what_is_no_measurement_is_refused_altogether(column: object, reason: str) -> None:
    with pytest.raises(NotEstimable) as refusal:
        compare_continuous([1.0, 2.0, 3.0], column)
    assert refusal.value.reason == reason


def test_values_at_the_edge_of_the_range_are_compared() -> None:
    found = compare_continuous([1e300, 2e300, 4e300], [3e300, 5e300, 9e300])
    small = compare_continuous([1.0, 2.0, 4.0], [3.0, 5.0, 9.0])
    assert found.welch.p_value == pytest.approx(small.welch.p_value, rel=1e-12)
    assert found.welch.ci_low == pytest.approx(small.welch.ci_low * 1e300, rel=1e-12)
    assert not has_nan(found)


def test_the_smd_interval_covers_its_parameter() -> None:
    """With a true difference of one half, 95 % intervals miss in about 5 % of 400 samples."""
    rng = np.random.default_rng(3)
    samples = zip(rng.normal(0.5, 1, (400, 40)), rng.normal(0, 1, (400, 60)), strict=True)
    found = [standardised_difference(Moments.of(a), Moments.of(b), 0.95) for a, b in samples]
    assert 0.92 <= np.mean([one.ci_low <= 0.5 <= one.ci_high for one in found]) <= 0.98
