"""The shipped dictionary as it is written, for the loader and for questions that know no database."""

import csv
from collections.abc import Iterator
from functools import cache
from importlib import resources


def lines(name: str) -> list[dict[str, str]]:
    """The rows of one shipped file."""
    text = resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def conversions(stated: str) -> Iterator[tuple[str, str, str]]:
    """Unit, factor and offset of each unit written as unit=factor or unit=factor+offset, apart by bars."""
    for entry in filter(None, stated.split("|")):
        unit, conversion = entry.rsplit("=", 1)
        factor, _sign, offset = conversion.partition("+")
        yield unit, factor, offset or "0"


@cache
def other_units() -> dict[str, dict[str, float]]:
    """For each quantity, what a value in another unit is multiplied by.

    Units of equal size are left out, and those with an offset besides, which are none of proportion.
    """
    return {
        line["code"]: {
            unit: float(factor)
            for unit, factor, offset in conversions(line["other_units"])
            if float(factor) != 1 and not float(offset)
        }
        for line in lines("analytes.csv")
    }
