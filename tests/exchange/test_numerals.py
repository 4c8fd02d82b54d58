import pytest

from registry.exchange.numerals import numeral


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (" 1.950 ", "1.950"),
        ("1,95", "1.95"),
        ("0,123", "0.123"),
        ("12,3456", "12.3456"),
        ("<0,2", "<0.2"),
        ("≤ 0,2", "≤0.2"),
        ("１．９５", "1.95"),
        ("＜０．２", "<0.2"),
        ("LESS THAN 0.4", "<0.4"),
        ("less than or equal to 0,4", "<=0.4"),
        ("MORE THAN 10", ">10"),
        ("Greater than or equal to 10", ">=10"),
    ],
)
def test_a_number_is_spelt_for_the_validator(written, meant):
    assert numeral(written) == meant


def test_a_comma_before_three_digits_is_a_decimal_comma_only_where_the_mapping_says_so():
    assert numeral("1,234") == "1,234"
    assert numeral("1,234", decimal=",") == "1.234"
    assert numeral("1,95", decimal=".") == "1,95"


@pytest.mark.parametrize(
    "text", ["UNABLE TO REPORT DUE TO CONTAMINATION", "1,234,567", "1.234,5", "5-7", "+++", "19 but poor"]
)
def test_what_is_not_a_number_stays_for_the_validator_to_refuse(text):
    assert numeral(text) == text
