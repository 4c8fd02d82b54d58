"""The units in which a quantity may also be reported, from the shipped dictionary."""

import csv
from functools import cache
from importlib import resources


@cache
def other_units() -> dict[str, dict[str, float]]:
    """For each quantity, what a value in another unit is multiplied by; units of equal size are left out."""
    content = resources.files("registry.dictionary").joinpath("analytes.csv").read_text("utf-8")
    return {row["code"]: _factors(row["other_units"]) for row in csv.DictReader(content.splitlines())}


def _factors(stated: str) -> dict[str, float]:
    """What is stated as ``mg/dL=0.41|meq/L=0.5``; a unit with an offset besides is none of proportion."""
    pairs = [pair.split("=") for pair in stated.split("|") if pair and "+" not in pair]
    return {unit: float(factor) for unit, factor in pairs if float(factor) != 1}
