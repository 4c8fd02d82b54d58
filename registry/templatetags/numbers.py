"""Rounding for templates, from the one presentation module."""

from decimal import Decimal

from django import template

from registry.presentation import rounding
from registry.presentation.units import unit_shown

register = template.Library()

register.filter("decimals", rounding.number)
register.filter("p_value", rounding.p_value)
register.filter("percent", rounding.percent)
register.filter("unit", unit_shown)


@register.simple_tag
def range_of(low: Decimal | None, high: Decimal | None, decimals: int) -> str:
    """A range with either end open."""
    if low is None and high is None:
        return ""
    if low is None:
        return f"≤ {rounding.number(high, decimals)}"
    if high is None:
        return f"≥ {rounding.number(low, decimals)}"
    return f"{rounding.number(low, decimals)}–{rounding.number(high, decimals)}"
