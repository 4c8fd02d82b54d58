import math
from dataclasses import fields, is_dataclass
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from analytics.statistics import NotEstimable
from analytics.statistics.comparison import compare_continuous, describe
from analytics.statistics.roc import roc_curve, roc_curve_from_counts
from analytics.statistics.summaries import Coded, ValueCounts, compare_counts, decimals_of, describe_counts

CLASSES = ("control", "MHD")
PATIENTS = st.lists(st.tuples(st.integers(-400, 400), st.integers(0, 1)), min_size=1, max_size=40)


def _table(patients: list[tuple[int, int]], decimals: int = 2) -> ValueCounts:
    codes, members = (np.array(column) for column in zip(*patients, strict=True))
    return ValueCounts.of(Coded.of(codes / 10**decimals, decimals), members, CLASSES)


def _exact(patients: list[tuple[int, int]]) -> ValueCounts:
    """The same patients, their values coded as floats."""
    codes, members = (np.array(column) for column in zip(*patients, strict=True))
    return ValueCounts.of(Coded.exactly(codes / 100), members, CLASSES)


def _same(one: ValueCounts, other: ValueCounts) -> bool:
    return one.codes.tolist() == other.codes.tolist() and one.counts.tolist() == other.counts.tolist()


def _assert_alike(one: object, other: object) -> None:
    """Two results agree part by part, refusals by their reason."""
    if is_dataclass(one):
        for field in fields(one):
            _assert_alike(getattr(one, field.name), getattr(other, field.name))
    elif isinstance(one, NotEstimable):
        assert isinstance(other, NotEstimable)
        assert other.reason == one.reason
    elif one is None:
        assert other is None
    else:
        assert other == pytest.approx(one, rel=1e-8, abs=1e-9)


@given(PATIENTS)
def test_counts_give_the_comparison_of_the_patients_themselves(patients: list[tuple[int, int]]) -> None:
    a, b = ([code / 100 for code, member in patients if member == k] for k in (0, 1))
    assume(len(set(a)) > 1 and len(set(b)) > 1)
    _assert_alike(compare_continuous(a, b), compare_counts(_table(patients), *CLASSES))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ([], [1.0, 2.0]),
        ([1.0], [2.0]),
        ([4.2] * 5, [4.2] * 3),
        ([1.0, 2.0], [3.0]),
        ([1.0, 2.0, 4.0], [5.0] * 3),
    ],
)
def test_degenerate_counts_refuse_as_the_patients_do(a: list[float], b: list[float]) -> None:
    table = ValueCounts.of(Coded.of(a + b, 1), [0] * len(a) + [1] * len(b), CLASSES)
    _assert_alike(compare_continuous(a, b), compare_counts(table, *CLASSES))


@given(PATIENTS)
def test_description_of_one_class(patients: list[tuple[int, int]]) -> None:
    values = [code / 100 for code, member in patients if member == 1]
    _assert_alike(describe(values), describe_counts(_table(patients), "MHD"))


@given(PATIENTS, st.integers(0, 40), st.randoms(use_true_random=False))
def test_merging_any_split_in_any_order_counts_the_same(
    patients: list[tuple[int, int]], cut: int, random: object
) -> None:
    shuffled = list(patients)
    random.shuffle(shuffled)
    empty = ValueCounts.of(Coded.of([], 2), [], CLASSES)
    parts = [_table(part) if part else empty for part in (shuffled[:cut], shuffled[cut:])]
    assert _same(parts[0].merge(parts[1]), _table(patients))
    assert _same(parts[1].merge(parts[0]), _table(patients))


@given(PATIENTS, PATIENTS)
def test_what_was_added_can_be_subtracted(kept: list[tuple[int, int]], gone: list[tuple[int, int]]) -> None:
    assert _same(_table(kept).merge(_table(gone)).subtract(_table(gone)), _table(kept))


@given(PATIENTS)
def test_a_far_offset_is_counted_by_distinct_values_alike(patients: list[tuple[int, int]]) -> None:
    """One value far away makes the table sparse; without it again, it is the same table."""
    far = [(10**12, 0)]
    assert _same(_table(patients + far).subtract(_table(far)), _table(patients))


def test_patients_who_were_never_counted_cannot_be_subtracted() -> None:
    with pytest.raises(ValueError, match="never counted"):
        _table([(1, 0)]).subtract(_table([(2, 0)]))


def test_tables_of_other_classes_do_not_mix() -> None:
    other = ValueCounts.of(Coded.of([0.01], 2), [0], ("alive", "dead"))
    with pytest.raises(ValueError, match="differ"):
        _table([(1, 0)]).merge(other)


@given(PATIENTS, PATIENTS)
def test_the_finer_of_two_grids_holds_both_tables(
    one: list[tuple[int, int]], other: list[tuple[int, int]]
) -> None:
    """Tenths and hundredths meet in hundredths, whichever comes first."""
    tenths, hundredths = _table(one, decimals=1), _table(other)
    together = _table([(10 * code, member) for code, member in one] + other)
    assert _same(tenths.merge(hundredths), together)
    assert _same(ValueCounts.total([hundredths, tenths]), together)


@given(PATIENTS, PATIENTS)
def test_decimals_and_floats_meet_in_floats(one: list[tuple[int, int]], other: list[tuple[int, int]]) -> None:
    """The same number is the same value, whether it was coded as a decimal or as a float."""
    decimals, floats = _table(one), _exact([*other, (1, 0)])
    merged = decimals.merge(floats)
    assert merged.values.tolist() == sorted({code / 100 for code, _ in [*one, *other, (1, 0)]})
    assert merged.values.tolist() == floats.merge(decimals).values.tolist()
    left = merged.subtract(floats)
    assert left.values.tolist() == decimals.values.tolist()
    assert left.counts.tolist() == decimals.counts.tolist()


def test_a_grid_that_would_overflow_is_refused() -> None:
    large = ValueCounts.of(Coded.of([1e16], 2), [0], CLASSES)
    with pytest.raises(NotEstimable, match="overflow"):
        large.merge(ValueCounts.of(Coded.of([0.0001], 4), [0], CLASSES))


@given(st.lists(st.floats(-1e18, 1e18).filter(lambda x: not 0 < abs(x) < 1e-200), min_size=1, max_size=20))
def test_every_float_is_held_exactly(values: list[float]) -> None:
    coded = Coded.exactly(values)
    assert [Fraction(int(code), coded.unit) for code in coded.codes] == [Fraction(value) for value in values]


@given(PATIENTS)
def test_the_roc_curve_of_the_counts(patients: list[tuple[int, int]]) -> None:
    table = _table(patients)
    codes, members = (np.array(column) for column in zip(*patients, strict=True))
    assume(0 < members.sum() < members.size)
    counted = roc_curve_from_counts(
        table.values, table.of_class("MHD"), table.of_class("control"), direction="<"
    )
    assert counted.auc == roc_curve(members, codes / 100, direction="<").auc


def test_sums_beyond_64_bits_stay_exact() -> None:
    values = [2.0**60, 2.0**60 - 2**20, 0.0, -(2.0**60)]
    table = ValueCounts.of(Coded.of(values, 0), [0, 0, 0, 0], ["a"])
    moments = table.moments(table.of_class("a"))
    codes = [int(value) for value in values]
    squares = (4 * sum(c * c for c in codes) - sum(codes) ** 2) / 4
    assert moments.squares == pytest.approx(squares, rel=1e-15)
    assert table.scale.location(moments.mean) == pytest.approx(sum(codes) / 4, rel=1e-12)


def test_eight_decimals_of_a_converted_unit_are_kept() -> None:
    converted = [round(mg_dl / 2.4305, 8) for mg_dl in (1.7, 1.9, 2.1, 2.4)]
    assert decimals_of(converted) == 8
    assert [code / 10**8 for code in Coded.of(converted, 8).codes.tolist()] == converted


@pytest.mark.parametrize(
    ("values", "decimals", "reason"),
    [
        ([0.123], 2, "off_grid"),
        ([math.pi], 8, "off_grid"),
        ([1e15], 8, "overflow"),
        ([math.inf], 2, "infinite"),
        (np.array(["a"], dtype=object), 2, "not_numeric"),
        (np.array([2**58, 0]), 2, "overflow"),
        (np.array([2**64 - 1], dtype=np.uint64), 0, "overflow"),
        ([1.0, math.nan, math.inf], 0, "infinite"),
        ([1e15, 0.123], 2, "off_grid"),
    ],
)
def test_what_fits_no_grid_is_refused(values: object, decimals: int, reason: str) -> None:
    with pytest.raises(NotEstimable) as refusal:
        Coded.of(values, decimals)
    assert refusal.value.reason == reason


def test_irrational_values_have_no_decimals() -> None:
    with pytest.raises(NotEstimable, match="off_grid"):
        decimals_of([math.pi])


def test_gaps_and_patients_of_no_class_are_left_out() -> None:
    table = ValueCounts.of(Coded.of([1.0, math.nan, 2.0, 3.0], 0), [0, 0, -1, 1], CLASSES)
    assert table.codes.tolist() == [1, 3]


@given(st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=30), st.integers(0, 8))
def test_whole_numbers_are_coded_as_their_floats_are(values: list[int], decimals: int) -> None:
    whole, real = Coded.of(values, decimals), Coded.of([float(value) for value in values], decimals)
    assert whole.codes.tolist() == real.codes.tolist()


def test_a_gap_in_any_block_is_seen() -> None:
    values = np.arange(40_000) / 100
    values[[0, 16_384, 39_999]] = math.nan
    found = Coded.fewest(values)
    assert found.unit == 100
    assert np.flatnonzero(found.is_missing).tolist() == [0, 16_384, 39_999]
    assert found.codes[12_345] == 12_345
