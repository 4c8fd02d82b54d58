"""Numbers as files write them, spelt for the one validator; what is not a number stays as it is."""

import re

from registry.exchange.reading import tidy

WORDED = (
    (re.compile(r"^(?:LESS|LOWER) THAN OR EQUAL TO\s*", re.IGNORECASE), "<="),
    (re.compile(r"^(?:GREATER|MORE|HIGHER) THAN OR EQUAL TO\s*", re.IGNORECASE), ">="),
    (re.compile(r"^(?:LESS|LOWER) THAN\s*", re.IGNORECASE), "<"),
    (re.compile(r"^(?:GREATER|MORE|HIGHER) THAN\s*", re.IGNORECASE), ">"),
)
DECIMAL_COMMA = re.compile(r"^([<>]=?|[≤≥])?\s*([+-]?\d+),(\d+)$")


def numeral(text: str, *, decimal: str = "") -> str:
    """The number in the validator's spelling: `LESS THAN 0.4` becomes `<0.4`.

    A comma is a decimal comma only where the mapping says so: elsewhere it might part thousands.
    """
    number = _signed(text)
    comma = DECIMAL_COMMA.match(number)
    if comma and decimal == ",":
        sign, whole, fraction = comma.groups()
        return f"{sign or ''}{whole}.{fraction}"
    return number


def has_undeclared_comma(text: str, decimal: str) -> bool:
    """Whether this would be a number if the mapping, which says nothing of it, knew a decimal comma."""
    return not decimal and DECIMAL_COMMA.match(_signed(text)) is not None


def _signed(text: str) -> str:
    """The number with a sign in place of words such as LESS THAN."""
    number = tidy(text)
    for words, sign in WORDED:
        number = words.sub(sign, number)
    return number
