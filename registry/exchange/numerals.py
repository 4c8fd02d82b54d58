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
    """The number in the validator's spelling: `LESS THAN 0,4` becomes `<0.4`.

    A comma is a decimal comma where the mapping says so. Where it says nothing, a comma before exactly three
    digits might part thousands, so it stays, and the validator refuses it.
    """
    number = tidy(text)
    for words, sign in WORDED:
        number = words.sub(sign, number)
    comma = DECIMAL_COMMA.match(number)
    if comma and decimal != ".":
        sign, whole, fraction = comma.groups()
        is_plain = decimal == "," or len(fraction) != 3 or whole.lstrip("+-") == "0"
        if is_plain:
            return f"{sign or ''}{whole}.{fraction}"
    return number
