"""The one validator of a reported value: form, API and import all pass through it."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from registry.dictionary.rules import AnalyteRule

STORED_PLACES = Decimal("1e-12")
EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)
LONGEST_REPORTED = 40

_COMPARATORS = {"≤": "<=", "≥": ">=", "=<": "<=", "=>": ">="}
_REPORTED = re.compile(
    r"(?P<comparator><=|>=|=<|=>|[<>≤≥])?\s*(?P<number>[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))"
)


@dataclass(frozen=True)
class ReadResult:
    """A reported value, understood: exact in the analyte's unit, with what was reported beside."""

    value: Decimal
    comparator: str
    reported_value: str
    reported_unit: str
    soft_limit_breached: bool


def read_result(rule: AnalyteRule, text: object, unit: str, limits: str) -> ReadResult:
    """Read one value as reported in one unit, for a patient under one kind of soft limits.

    Raises ValidationError with code required, not_a_number, unit or hard_limit.
    """
    comparator, number = _read_number(rule, text)
    meant = _read_unit(rule, unit)
    reported = Decimal(number)
    value = _canonical(rule, reported, meant)
    if not rule.hard_min <= value <= rule.hard_max:
        raise ValidationError(
            _(
                "%(name)s %(value)s %(unit)s is not possible: "
                "it must lie from %(low)s to %(high)s %(own_unit)s. Check the number and its unit.%(hint)s"
            ),
            code="hard_limit",
            params={
                "name": rule.name,
                "value": f"{comparator}{number}",
                "unit": meant,
                "low": plain(rule.hard_min),
                "high": plain(rule.hard_max),
                "own_unit": rule.unit,
                "hint": _unit_hint(rule, reported, meant, limits),
            },
        )
    low, high = rule.soft_limits.get(limits, (rule.hard_min, rule.hard_max))
    return ReadResult(value, comparator, number, meant, soft_limit_breached=not low <= value <= high)


def soft_limit_question(rule: AnalyteRule, read: ReadResult, limits: str) -> ValidationError:
    """What is asked about a value outside the soft limits, until someone confirms it."""
    low, high = rule.soft_limits[limits]
    return ValidationError(
        _(
            "%(name)s %(value)s %(unit)s is unusual: usual is %(low)s to %(high)s %(own_unit)s. "
            "If it is right, confirm it; if not, correct the number or its unit.%(hint)s"
        ),
        code="soft_limit",
        params={
            "name": rule.name,
            "value": f"{read.comparator}{read.reported_value}",
            "unit": read.reported_unit,
            "low": plain(low),
            "high": plain(high),
            "own_unit": rule.unit,
            "hint": _unit_hint(rule, Decimal(read.reported_value), read.reported_unit, limits),
        },
    )


def plain(number: Decimal) -> str:
    """A decimal without exponent or trailing zeros."""
    return f"{number.normalize():f}"


def _read_number(rule: AnalyteRule, text: object) -> tuple[str, str]:
    reported = "" if text is None else unicodedata.normalize("NFKC", str(text)).strip()
    if not reported:
        raise ValidationError(
            _("%(name)s has no value. Enter the number as reported."),
            code="required",
            params={"name": rule.name},
        )
    match = _REPORTED.fullmatch(reported)
    if match is None or isinstance(text, bool) or len(reported) > LONGEST_REPORTED:
        raise ValidationError(
            _("“%(value)s” is not a number. Write it with a decimal point: 1.95, or a limit: <0.2."),
            code="not_a_number",
            params={"name": rule.name, "value": reported[:LONGEST_REPORTED]},
        )
    comparator = match["comparator"] or ""
    return _COMPARATORS.get(comparator, comparator), match["number"]


def _read_unit(rule: AnalyteRule, unit: str) -> str:
    meant = rule.unit_meant(unit)
    if meant is None:
        raise ValidationError(
            _("%(name)s cannot be in “%(value)s”. Choose one of: %(units)s."),
            code="unit",
            params={"name": rule.name, "value": unit, "units": ", ".join(rule.units)},
        )
    return meant


def _canonical(rule: AnalyteRule, reported: Decimal, unit: str) -> Decimal:
    conversion = rule.conversions[unit]
    value = EXACT.add(EXACT.multiply(reported, conversion.factor), conversion.offset)
    if value.as_tuple().exponent < STORED_PLACES.as_tuple().exponent:  # type: ignore[operator]  # always finite
        value = value.quantize(STORED_PLACES, context=EXACT)
    return value


def _unit_hint(rule: AnalyteRule, reported: Decimal, unit: str, limits: str) -> str:
    """The units in which the same number would be usual: the commonest slip, offered back."""
    low, high = rule.soft_limits.get(limits, (rule.hard_min, rule.hard_max))
    usual = [
        other for other in rule.units if other != unit and low <= _canonical(rule, reported, other) <= high
    ]
    if not usual:
        return ""
    return " " + _("It would be usual in %(units)s.") % {"units": ", ".join(usual)}
