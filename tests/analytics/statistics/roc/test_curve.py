from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from analytics.statistics import NotEstimable
from analytics.statistics.roc import RocCurve, roc_curve, roc_curve_from_counts
from tests.analytics.statistics.results import has_nan

Sample = tuple[NDArray[np.bool_], NDArray[np.float64]]


@st.composite
def samples(draw: st.DrawFn, least: int = 2) -> Sample:
    """Patients with many ties, at least `least` in each class."""
    value = st.integers(-6, 6)
    cases = draw(st.lists(value, min_size=least, max_size=12))
    controls = draw(st.lists(value, min_size=least, max_size=12))
    outcome = np.array([True] * len(cases) + [False] * len(controls))
    return outcome, np.array(cases + controls, dtype=float)


def naive_auc(outcome: NDArray[np.bool_], marker: NDArray[np.float64], direction: str) -> Fraction:
    """Count every pair."""
    side = 1 if direction == "<" else -1
    pairs = [side * (case - control) for case, control in product(marker[outcome], marker[~outcome])]
    return Fraction(sum(2 * (d > 0) + (d == 0) for d in pairs), 2 * len(pairs))


def naive_delong(outcome: NDArray[np.bool_], marker: NDArray[np.float64]) -> float:
    """The kernel written out for every pair."""
    difference = marker[outcome][:, None] - marker[~outcome][None, :]
    kernel = (difference > 0) + 0.5 * (difference == 0)
    return float(
        np.var(kernel.mean(axis=1), ddof=1) / kernel.shape[0]
        + np.var(kernel.mean(axis=0), ddof=1) / kernel.shape[1]
    )


@given(samples(), st.sampled_from(["<", ">"]))
def test_the_area_counts_every_pair(sample: Sample, direction: str) -> None:
    curve = roc_curve(*sample, direction=direction)
    assert curve.auc == float(naive_auc(*sample, direction))


@given(samples())
def test_delong_is_the_kernel_written_out(sample: Sample) -> None:
    assert roc_curve(*sample, direction="<").delong().variance == pytest.approx(
        naive_delong(*sample), rel=1e-12, abs=1e-15
    )


@given(samples(least=1), st.sampled_from(["<", ">"]))
def test_each_threshold_classifies_as_it_says(sample: Sample, direction: str) -> None:
    outcome, marker = sample
    curve = roc_curve(outcome, marker, direction=direction)
    for k, threshold in enumerate(curve.thresholds):
        positive = marker >= threshold if direction == "<" else marker <= threshold
        point = curve.operating_point(k)
        assert (point.tp, point.fp) == (np.sum(positive & outcome), np.sum(positive & ~outcome))
        assert (point.tn, point.fn) == (np.sum(~positive & ~outcome), np.sum(~positive & outcome))
        assert curve.at(threshold) == point
    assert np.all(np.diff(curve.sensitivity) <= 0)
    assert np.all(np.diff(curve.specificity) >= 0)


@given(samples(least=1))
def test_youden_lists_every_tie_and_no_other(sample: Sample) -> None:
    curve = roc_curve(*sample, direction="<")
    points = [curve.operating_point(k) for k in range(curve.thresholds.size)]
    exact = [Fraction(p.tp, curve.n_cases) + Fraction(p.tn, curve.n_controls) for p in points]
    assert list(curve.youden()) == [p for p, score in zip(points, exact, strict=True) if score == max(exact)]
    squares = [Fraction(p.fn, curve.n_cases) ** 2 + Fraction(p.fp, curve.n_controls) ** 2 for p in points]
    assert list(curve.topleft()) == [p for p, d in zip(points, squares, strict=True) if d == min(squares)]


@given(samples())
def test_a_monotone_rescaling_changes_thresholds_only(sample: Sample) -> None:
    outcome, marker = sample
    plain = roc_curve(outcome, marker, direction="<")
    bent = roc_curve(outcome, np.exp(marker / 3), direction="<")
    assert bent.auc == plain.auc
    assert bent.delong() == plain.delong()
    np.testing.assert_array_equal(bent.tp, plain.tp)


@given(samples(), st.randoms(use_true_random=False))
def test_the_order_of_patients_does_not_matter(sample: Sample, random: object) -> None:
    outcome, marker = sample
    order = list(range(outcome.size))
    random.shuffle(order)  # type: ignore[attr-defined]
    one, other = roc_curve(outcome, marker), roc_curve(outcome[order], marker[order])
    assert (one.auc, one.delong(), one.youden()) == (other.auc, other.delong(), other.youden())


@given(samples())
def test_swapped_labels_mirror_the_area(sample: Sample) -> None:
    outcome, marker = sample
    one, other = roc_curve(outcome, marker, direction="<"), roc_curve(~outcome, marker, direction="<")
    assert one.auc + other.auc == pytest.approx(1, abs=1e-15)
    assert one.delong().variance == pytest.approx(other.delong().variance, rel=1e-12, abs=1e-15)


@given(samples())
def test_a_turned_marker_with_a_turned_direction_is_the_same_curve(sample: Sample) -> None:
    outcome, marker = sample
    one, other = roc_curve(outcome, marker, direction="<"), roc_curve(outcome, -marker, direction=">")
    assert one.auc == other.auc
    assert one.delong().variance == pytest.approx(other.delong().variance, rel=1e-12, abs=1e-15)
    np.testing.assert_array_equal(one.tp, other.tp)
    np.testing.assert_array_equal(one.thresholds, -other.thresholds)


@given(samples(), samples())
def test_counts_merge_into_the_curve_of_all_patients(one: Sample, other: Sample) -> None:
    grid = np.arange(-6.0, 7.0)
    tables = [
        [np.array([np.sum((marker == v) & (outcome == side)) for v in grid]) for side in (True, False)]
        for outcome, marker in (one, other)
    ]
    merged = roc_curve_from_counts(grid, tables[0][0] + tables[1][0], tables[0][1] + tables[1][1])
    together = roc_curve(np.concatenate([one[0], other[0]]), np.concatenate([one[1], other[1]]))
    assert (merged.auc, merged.direction, merged.youden()) == (
        together.auc,
        together.direction,
        together.youden(),
    )


@given(samples(), st.floats(0, 0.9))
def test_a_partial_area_is_the_integral_of_the_curve(sample: Sample, low: float) -> None:
    curve = roc_curve(*sample, direction="<")
    grid = np.linspace(low, 1, 20_001)
    middle = (grid[1:] + grid[:-1]) / 2
    # Of the points above one another the integral sees either; interp needs them a hair apart.
    specificity = curve.specificity + 1e-13 * np.arange(curve.tp.size)
    integral = np.interp(middle, specificity, curve.sensitivity).mean() * (1 - low)
    assert curve.partial_auc(low) == pytest.approx(integral, abs=2e-4)
    assert curve.partial_auc(0.0) == pytest.approx(curve.auc, abs=1e-12)


def test_a_stated_direction_is_never_turned() -> None:
    curve = roc_curve([True, True, False, False], [1.0, 2.0, 3.0, 4.0], direction="<")
    assert curve.auc == 0
    assert curve.direction == "<"


def test_a_midpoint_that_rounds_onto_a_value_keeps_the_classification() -> None:
    low = 1.0
    high = np.nextafter(low, 2.0)
    for direction in ("<", ">"):
        curve = roc_curve([False, True], [low, high], direction=direction)
        assert [curve.at(t).tp for t in curve.thresholds] == list(curve.tp)


def test_class_sizes_beyond_64_bits_of_product_are_counted_exactly() -> None:
    half = 2**31
    curve = roc_curve_from_counts([1.0, 2.0], [half, 3 * half], [3 * half, half])
    assert curve.auc == 0.75
    assert curve.youden()[0].tp == 3 * half


def test_a_separated_marker_has_no_logit_interval_and_an_infinite_z() -> None:
    curve = roc_curve([False, False, True, True], [1.0, 2.0, 3.0, 4.0])
    assert (curve.delong().ci_low, curve.delong().ci_high) == (1.0, 1.0)
    assert curve.test_against_half() == (np.inf, 0.0)
    with pytest.raises(NotEstimable, match="perfect_separation"):
        curve.ci_logit()


def test_a_constant_marker_has_an_area_of_one_half_and_no_test() -> None:
    curve = roc_curve([False, True, False, True], [4.2] * 4)
    assert curve.auc == 0.5
    assert [point.threshold for point in curve.youden()] == [-np.inf, np.inf]
    assert curve.youden()[0].npv is None
    assert curve.youden()[0].lr_negative is None
    with pytest.raises(NotEstimable, match="no_variance"):
        curve.test_against_half()


@pytest.mark.parametrize(
    ("outcome", "marker", "reason"),
    [
        ([], [], "no_patients"),
        ([True, True, True], [1.0, 2.0, 3.0], "one_class"),
        ([False, True, True], [1.0, np.inf, 3.0], "infinite"),
        ([False, True, True], [np.nan] * 3, "missing"),
        ([False, True, True], ["low", "high", "high"], "not_numeric"),
        ([0, 1, 2], [1.0, 2.0, 3.0], "not_binary"),
        ([False, True], [1.0, 2.0, 3.0], "unequal_lengths"),
        ([False, None, True], [1.0, 2.0, 3.0], "missing"),
    ],
)
def test_what_cannot_be_drawn_says_why(outcome: list[object], marker: list[object], reason: str) -> None:
    with pytest.raises(NotEstimable) as refusal:
        roc_curve(outcome, marker)
    assert refusal.value.reason == reason


def test_numbers_held_as_objects_are_numbers() -> None:
    marker = np.array([1, 2.5, 3, 4], dtype=object)
    assert roc_curve([False, True, False, True], marker).auc == 0.75


@pytest.mark.parametrize("outcome", [[True, False, False], [True, True, False]])
def test_one_patient_in_a_class_has_a_curve_and_no_delong_interval(outcome: list[bool]) -> None:
    curve = roc_curve(outcome, [1.5, 2.5, 4.0])
    assert isinstance(curve, RocCurve)
    assert not has_nan(curve)
    with pytest.raises(NotEstimable, match="too_few_c"):
        curve.delong()
