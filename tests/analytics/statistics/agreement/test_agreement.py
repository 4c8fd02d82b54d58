import math
import statistics

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analytics.statistics import NotEstimable
from analytics.statistics.agreement import cohen_kappa, intraclass_correlations, limits_of_agreement
from tests.analytics.statistics.results import has_nan

READINGS = arrays(
    float, st.tuples(st.integers(4, 12), st.integers(2, 4)), elements=st.integers(0, 24).map(float)
)
COUNTS = arrays(int, (3, 3), elements=st.integers(0, 15))
PAIRS = arrays(
    float, st.tuples(st.integers(3, 20), st.just(2)), elements=st.floats(-50, 50).map(lambda v: round(v, 2))
)
NAN = math.nan


def _forms(readings: np.ndarray) -> dict[str, float]:
    return {form.form: form.estimate for form in intraclass_correlations(readings).forms}


def _varies(readings: np.ndarray) -> None:
    residual = readings - readings.mean(axis=1, keepdims=True) - readings.mean(axis=0) + readings.mean()
    assume(np.abs(residual).max() > 0.01 and np.ptp(readings.mean(axis=1)) > 0.01)


@given(READINGS)
def test_intraclass_correlations_from_sums_over_cells(readings: np.ndarray) -> None:
    _varies(readings)
    n, k = readings.shape
    cells = readings.tolist()
    grand = statistics.fmean(value for row in cells for value in row)
    rows = [statistics.fmean(row) for row in cells]
    columns = [statistics.fmean(column) for column in zip(*cells, strict=True)]
    between = k * sum((row - grand) ** 2 for row in rows) / (n - 1)
    readers = n * sum((column - grand) ** 2 for column in columns) / (k - 1)
    within = sum((cells[i][j] - rows[i]) ** 2 for i in range(n) for j in range(k)) / (n * (k - 1))
    error = (n * (k - 1) * within - (k - 1) * readers) / ((n - 1) * (k - 1))
    found = _forms(readings)
    assert found["ICC(1,1)"] == pytest.approx((between - within) / (between + (k - 1) * within), abs=1e-9)
    assert found["ICC(3,1)"] == pytest.approx((between - error) / (between + (k - 1) * error), abs=1e-9)
    two = (between - error) / (between + (k - 1) * error + k * (readers - error) / n)
    assert found["ICC(2,1)"] == pytest.approx(two, abs=1e-9)


@given(READINGS, st.sampled_from([1e-12, 88.4, 1e100]))
def test_intraclass_correlations_know_no_unit_and_no_order(readings: np.ndarray, factor: float) -> None:
    _varies(readings)
    one = _forms(readings)
    assert _forms(readings[::-1, ::-1] * factor) == pytest.approx(one, abs=1e-9)
    assert not has_nan(intraclass_correlations(readings))


def test_a_bias_of_one_reader_lowers_agreement_and_not_consistency() -> None:
    rng = np.random.default_rng(4)
    truth = rng.normal(10, 4, 60)
    readings = np.column_stack([truth, truth + rng.normal(size=60)])
    biased = readings + np.array([0, 3])
    assert _forms(biased)["ICC(3,1)"] == pytest.approx(_forms(readings)["ICC(3,1)"], abs=1e-12)
    assert _forms(biased)["ICC(2,1)"] < _forms(readings)["ICC(2,1)"] - 0.05


@pytest.mark.parametrize(
    ("readings", "reason"),
    [
        ([[1.0], [2.0], [3.0]], "too_few_readers"),
        ([[1.0, 2.0], [3.0, NAN]], "too_few"),
        ([[NAN, NAN], [NAN, NAN]], "too_few"),
        ([[2.0, 2.0], [2.0, 2.0], [2.0, 2.0]], "constant"),
        ([[1.0, 1.0], [2.0, 2.0], [5.0, 5.0]], "perfect_agreement"),
        ([[0.1, 0.2], [1.1, 1.2], [5.1, 5.2]], "perfect_agreement"),
        ([[1.0, math.inf], [2.0, 2.0], [5.0, 5.0]], "infinite"),
        (np.array([["a", "b"], ["c", "d"]], dtype=object), "not_numeric"),
    ],
)
def test_readings_without_an_intraclass_correlation_say_why(readings: object, reason: str) -> None:
    with pytest.raises(NotEstimable) as refusal:
        intraclass_correlations(readings)
    assert refusal.value.reason == reason


@given(PAIRS)
def test_limits_of_agreement_from_the_differences(pairs: np.ndarray) -> None:
    differences = [a - b for a, b in pairs.tolist()]
    assume(max(differences) - min(differences) > 0.01)
    found = limits_of_agreement(*pairs.T)
    bias, sd = statistics.fmean(differences), statistics.stdev(differences)
    assert found.bias == pytest.approx(bias, abs=1e-9)
    assert (found.lower, found.upper) == pytest.approx((bias - 1.959964 * sd, bias + 1.959964 * sd), abs=1e-4)
    assert not has_nan(found)


@given(PAIRS)
def test_swapping_the_methods_mirrors_the_limits(pairs: np.ndarray) -> None:
    assume(np.ptp(pairs[:, 0] - pairs[:, 1]) > 0.01)
    one, other = limits_of_agreement(*pairs.T), limits_of_agreement(*pairs.T[::-1])
    assert (one.lower_low, one.upper) == pytest.approx((-other.upper_high, -other.lower), rel=1e-9, abs=1e-9)


def test_patients_measured_once_are_counted() -> None:
    found = limits_of_agreement([1.0, 2.0, 4.0, NAN, NAN], [1.5, 1.0, 4.0, 2.0, NAN])
    assert (found.n, found.n_incomplete) == (3, 1)


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        ([1.0, 2.0], [1.0, 3.0], "too_few"),
        ([NAN] * 4, [1.0] * 4, "too_few"),
        ([1.0, 2.0, 3.0], [1.0, 2.0, 3.0], "constant"),
        ([1.1, 2.1, 3.1], [1.0, 2.0, 3.0], "constant"),
        ([1.0, 2.0, math.inf], [1.0, 2.0, 3.0], "infinite"),
    ],
)
def test_measurements_without_limits_say_why(first: list[float], second: list[float], reason: str) -> None:
    with pytest.raises(NotEstimable) as refusal:
        limits_of_agreement(first, second)
    assert refusal.value.reason == reason


@pytest.mark.parametrize(("weights", "power"), [("none", 0), ("linear", 1), ("quadratic", 2)])
@given(counts=COUNTS)
def test_kappa_patient_by_patient(weights: str, power: int, counts: np.ndarray) -> None:
    pairs = [(i, j) for i in range(3) for j in range(3) for _ in range(counts[i, j])]
    assume(len(pairs) > 1 and len({label for pair in pairs for label in pair}) > 1)
    assume(len({a for a, _ in pairs}) > 1 or len({b for _, b in pairs}) > 1)

    def credit(a: int, b: int) -> float:
        return float(a == b) if power == 0 else 1 - (abs(a - b) / 2) ** power

    observed = statistics.fmean(credit(a, b) for a, b in pairs)
    expected = statistics.fmean(credit(a, b) for a, _ in pairs for _, b in pairs)
    found = cohen_kappa(counts, weights=weights)
    assert found.estimate == pytest.approx((observed - expected) / (1 - expected), abs=1e-9)
    assert found.estimate <= 1 + 1e-12
    swapped = cohen_kappa(counts.T, weights=weights)
    assert (swapped.estimate, swapped.standard_error) == pytest.approx(
        (found.estimate, found.standard_error), abs=1e-7
    )


def test_the_kappa_interval_covers_its_parameter() -> None:
    rng = np.random.default_rng(6)
    shares = np.array([[0.3, 0.05, 0.02], [0.05, 0.25, 0.06], [0.01, 0.06, 0.2]])
    true = cohen_kappa((shares * 100).round(), weights="linear").estimate
    tables = rng.multinomial(300, shares.ravel(), size=600).reshape(-1, 3, 3)
    found = [cohen_kappa(table, weights="linear") for table in tables]
    assert np.mean([one.ci_low <= true <= one.ci_high for one in found]) == pytest.approx(0.95, abs=0.03)


@pytest.mark.parametrize(
    ("counts", "reason"),
    [
        ([[3]], "too_few_levels"),
        ([[0, 0], [0, 0]], "no_patients"),
        ([[5, 0], [0, 0]], "constant"),
        ([[1, 2, 3], [4, 5, 6]], "not_counts"),
        ([[1.5, 2], [3, 4]], "not_counts"),
        ([[-1, 2], [3, 4]], "not_counts"),
        (np.array([["a", "b"], ["c", "d"]], dtype=object), "not_counts"),
    ],
)
def test_tables_without_a_kappa_say_why(counts: object, reason: str) -> None:
    with pytest.raises(NotEstimable) as refusal:
        cohen_kappa(counts)
    assert refusal.value.reason == reason
