"""How numbers are shown. Rounding happens here and nowhere else."""

from decimal import ROUND_HALF_UP, Decimal

from registry.presentation.language import READERS

MISSING = "–"
MINUS = "\u2212"
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float | Decimal | None, decimals: int = 2) -> str:
    """A value with a fixed number of decimals, halves away from zero as printed tables round.

    >>> number(2.345), number(-0.5, 1), number(None)
    ('2.35', '−0.5', '–')
    """
    if value is None:
        return MISSING
    exact = value if isinstance(value, Decimal) else Decimal(repr(float(value)))
    if not exact.is_finite():
        return "∞" if exact > 0 else f"{MINUS}∞"
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    text = f"{abs(rounded):f}"
    return f"{MINUS}{text}" if rounded < 0 else text


def significant(value: float | None, digits: int = 3) -> str:
    """A value with so many significant digits, without an exponent where one can be avoided.

    >>> significant(12345.6), significant(0.012345), significant(1.0), significant(2.3e-9)
    ('12346', '0.0123', '1.00', '2.30×10⁻⁹')
    """
    if value is None:
        return MISSING
    exact = Decimal(repr(float(value)))
    if not exact.is_finite() or exact == 0:
        return number(value, digits - 1)
    if exact.adjusted() < -6 or exact.adjusted() > 9:
        mantissa, exponent = f"{exact:.{digits - 1}e}".split("e")
        return f"{mantissa.replace('-', MINUS)}×10{str(int(exponent)).translate(RAISED)}"
    return number(value, max(digits - 1 - exact.adjusted(), 0))


def ratio(value: float | None) -> str:
    """An odds or hazard ratio: two decimals, three significant digits where those say more.

    >>> ratio(1.4178), ratio(0.0234), ratio(152.3)
    ('1.42', '0.0234', '152')
    """
    if value is None or 0.1 <= value < 10:
        return number(value, 2)
    return significant(value, 3)


def count(n: int | None) -> str:
    """A number of patients or events, a dash where it is withheld."""
    return MISSING if n is None else str(n)


def share(n: int | None, proportion: float | None) -> str:
    """A number of patients and their share, where there is anyone to be a share of: 48 (24 %)."""
    return count(n) if n is None or proportion is None else f"{n} ({percent(proportion)}\u00a0%)"


def interval(low: float | None, high: float | None, decimals: int = 2) -> str:
    """Both ends of an interval, in words that no minus sign can blur."""
    if low is None or high is None:
        return MISSING
    return _span(number(low, decimals), number(high, decimals))


def ratio_interval(low: float | None, high: float | None) -> str:
    """Both ends of a ratio's interval."""
    if low is None or high is None:
        return MISSING
    return _span(ratio(low), ratio(high))


def _span(low: str, high: str) -> str:
    """Two ends as the reader's language joins them."""
    return READERS.translate("%(low)s to %(high)s") % {"low": low, "high": high}


def with_interval(value: float | None, low: float | None, high: float | None, *, decimals: int = 2) -> str:
    """A value and its interval where it has one.

    >>> with_interval(0.7123, 0.66, 0.76), with_interval(1.5, None, None, decimals=1)
    ('0.71 (0.66 to 0.76)', '1.5')
    """
    shown = number(value, decimals)
    is_alone = value is None or low is None or high is None
    return shown if is_alone else f"{shown} ({interval(low, high, decimals)})"


def ratio_with_interval(value: float | None, low: float | None, high: float | None) -> str:
    """An odds, hazard or rate ratio and its interval where it has one."""
    is_alone = value is None or low is None or high is None
    return ratio(value) if is_alone else f"{ratio(value)} ({ratio_interval(low, high)})"


def percent_with_interval(value: float | None, low: float | None, high: float | None) -> str:
    """A proportion and its interval in percent, each with one decimal."""
    return with_interval(*(None if part is None else part * 100 for part in (value, low, high)), decimals=1)


def p_value(p: float | None) -> str:
    """A p-value as in print, never rounded across 0.05.

    >>> p_value(0.2345), p_value(0.0004), p_value(0.0496), p_value(0.999)
    ('0.23', '< 0.001', '0.0496', '> 0.99')
    """
    if p is None:
        return MISSING
    if p < 0.001:
        return "< 0.001"
    if p > 0.99:
        return "> 0.99"
    for decimals in (2 if p >= 0.01 else 3, 3, 4, 5, 6):
        shown = number(p, decimals)
        if Decimal(shown) != Decimal("0.05") or p == 0.05:
            return shown
    return "< 0.05" if p < 0.05 else "> 0.05"


def named_p(p: float | None) -> str:
    """A p-value with its name, for a sentence.

    >>> named_p(0.2345), named_p(0.0004)
    ('P\xa0=\xa00.23', 'P\xa0< 0.001')
    """
    shown = p_value(p)
    return f"P\u00a0{shown}" if shown[0] in "<>" else f"P\u00a0=\u00a0{shown}"


def percent(proportion: float | None) -> str:
    """A proportion as a percentage of two significant digits, whole from 10 upwards, some never as none.

    >>> percent(0.4268), percent(0.042), percent(0.9876), percent(1.0), percent(0.0003)
    ('43', '4.2', '99', '100', '< 0.1')
    """
    if proportion is None:
        return MISSING
    value = Decimal(repr(float(proportion))) * 100
    if 0 < value < Decimal("0.05"):
        return "< 0.1"
    return number(value, 0 if value >= 10 or value == 0 else 1)
