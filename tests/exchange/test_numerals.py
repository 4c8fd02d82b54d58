import pytest

from registry.exchange.numerals import has_undeclared_comma, numeral


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (" 1.950 ", "1.950"),
        ("１．９５", "1.95"),
        ("＜０．２", "<0.2"),
        ("LESS THAN 0.4", "<0.4"),
        ("less than or equal to 0.4", "<=0.4"),
        ("MORE THAN 10", ">10"),
        ("Greater than or equal to 10", ">=10"),
    ],
)
def test_a_number_is_spelt_for_the_validator(written, meant):
    assert numeral(written) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1,95", "1.95"),
        ("0,123", "0.123"),
        ("1,234", "1.234"),
        ("<0,2", "<0.2"),
        ("≤ 0,2", "≤0.2"),
        ("LESS THAN 0,4", "<0.4"),
    ],
)
def test_a_comma_is_a_decimal_comma_only_where_the_mapping_says_so(written, meant):
    assert numeral(written, decimal=",") == meant
    assert "," in numeral(written)
    assert "," in numeral(written, decimal=".")
    assert has_undeclared_comma(written, "")
    assert not has_undeclared_comma(written, ".")
    assert not has_undeclared_comma(written, ",")


@pytest.mark.parametrize(
    "text", ["UNABLE TO REPORT DUE TO CONTAMINATION", "1,234,567", "1.234,5", "5-7", "+++", "19 but poor"]
)
def test_what_is_not_a_number_stays_for_the_validator_to_refuse(text):
    assert numeral(text) == text
