"""The one validator of reported values."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from registry.dictionary.rules import AnalyteRule, Conversion
from registry.dictionary.validation import read_result, soft_limit_question

MAGNESIUM = AnalyteRule(
    code="mg",
    name="Magnesium",
    unit="mmol/L",
    decimals=2,
    hard_min=Decimal("0.2"),
    hard_max=Decimal(5),
    conversions={"mmol/L": Conversion(Decimal(1)), "mg/dL": Conversion(Decimal("0.411438"))},
    soft_limits={"mhd": (Decimal("0.6"), Decimal("1.6"))},
)
HBA1C = AnalyteRule(
    code="hba1c",
    name="HbA1c",
    unit="%",
    decimals=1,
    hard_min=Decimal(3),
    hard_max=Decimal(25),
    conversions={"%": Conversion(Decimal(1)), "mmol/mol": Conversion(Decimal("0.09148"), Decimal("2.152"))},
)
KT_V = AnalyteRule("sp_kt_v", "Kt/V", "1", 2, Decimal("0.1"), Decimal(5), {"1": Conversion(Decimal(1))})


def refusal(rule: AnalyteRule, text: object, unit: str) -> ValidationError:
    with pytest.raises(ValidationError) as caught:
        read_result(rule, text, unit, "mhd")
    return caught.value


@pytest.mark.parametrize(
    ("text", "comparator", "number"),
    [
        ("1.05", "", "1.05"),
        (" 1.05 ", "", "1.05"),
        ("<0.2", "<", "0.2"),
        ("< 0.2", "<", "0.2"),
        ("≤0.2", "<=", "0.2"),
        ("<=0.2", "<=", "0.2"),
        ("=<0.2", "<=", "0.2"),
        (">4", ">", "4"),
        ("≥4", ">=", "4"),
        ("１．０５", "", "1.05"),
        ("＜０．２", "<", "0.2"),
        (".5", "", ".5"),
        ("1.", "", "1."),
        (1.05, "", "1.05"),
        (1, "", "1"),
        (Decimal("1.050"), "", "1.050"),
    ],
)
def test_what_may_be_typed(text: object, comparator: str, number: str) -> None:
    read = read_result(MAGNESIUM, text, "mmol/L", "mhd")

    assert (read.comparator, read.reported_value, read.reported_unit) == (comparator, number, "mmol/L")
    assert read.value == Decimal(number)


@pytest.mark.parametrize(
    "text",
    ["1,05", "high", "1.0 mmol/L", "1e0", "--1", "1.2.3", "<>1", "nan", "inf", "∞", True, "1" * 41, "1-2"],
)
def test_what_is_no_number(text: object) -> None:
    error = refusal(MAGNESIUM, text, "mmol/L")

    assert error.code == "not_a_number"
    assert str(text)[:40] in error.messages[0]


@pytest.mark.parametrize("text", ["", "  ", None])
def test_what_is_missing(text: object) -> None:
    assert refusal(MAGNESIUM, text, "mmol/L").code == "required"


def test_conversion_is_exact() -> None:
    assert read_result(MAGNESIUM, "2.4", "mg/dL", "mhd").value == Decimal("0.9874512")
    assert read_result(HBA1C, "48", "mmol/mol", "mhd").value == Decimal("6.54304")


@given(st.decimals(min_value="0.5", max_value="12", places=4))
def test_conversion_is_exact_for_any_report(reported: Decimal) -> None:
    read = read_result(MAGNESIUM, str(reported), "mg/dL", "mhd")

    assert read.value == (reported * Decimal("0.411438")).quantize(Decimal("1e-12"))
    assert Decimal(read.reported_value) == reported


@pytest.mark.parametrize("unit", ["mmol/l", "MMOL/L", " mmol/L", "mg/dl"])
def test_a_unit_may_be_typed_in_another_case(unit: str) -> None:
    assert read_result(MAGNESIUM, "2.4", unit, "mhd").reported_unit in MAGNESIUM.units


@pytest.mark.parametrize("unit", ["", "g/L", "mmol"])
def test_a_wrong_unit_is_refused_with_the_right_ones(unit: str) -> None:
    error = refusal(MAGNESIUM, "1.0", unit)

    assert error.code == "unit"
    assert "mmol/L, mg/dL" in error.messages[0]


def test_a_quantity_without_unit_needs_none() -> None:
    assert read_result(KT_V, "1.4", "", "mhd").reported_unit == "1"


@pytest.mark.parametrize(
    ("text", "is_possible"), [("0.2", True), ("5", True), ("0.1999", False), ("5.01", False)]
)
def test_hard_limits(text: str, is_possible: bool) -> None:
    if is_possible:
        assert read_result(MAGNESIUM, text, "mmol/L", "mhd").value == Decimal(text)
    else:
        error = refusal(MAGNESIUM, text, "mmol/L")
        assert error.code == "hard_limit"
        assert f"{text} mmol/L" in error.messages[0]
        assert "0.2 to 5 mmol/L" in error.messages[0]


@pytest.mark.parametrize(
    ("text", "is_asked"), [("0.6", False), ("1.6", False), ("0.59", True), ("1.61", True)]
)
def test_soft_limits(text: str, is_asked: bool) -> None:
    assert read_result(MAGNESIUM, text, "mmol/L", "mhd").soft_limit_breached == is_asked


def test_soft_limits_are_those_of_the_group() -> None:
    assert not read_result(MAGNESIUM, "1.9", "mmol/L", "control").soft_limit_breached


def test_a_slip_of_the_unit_is_offered_back() -> None:
    read = read_result(MAGNESIUM, "2.4", "mmol/L", "mhd")

    question = soft_limit_question(MAGNESIUM, read, "mhd")
    assert question.code == "soft_limit"
    assert "It would be usual in mg/dL." in question.messages[0]
