"""Look through a result for numbers that must not be there."""

import math
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

import numpy as np

from analytics.statistics import NotEstimable


def numbers(result: object) -> Iterator[float]:
    """Every float inside a result, however deep."""
    if is_dataclass(result):
        for field in fields(result):
            yield from numbers(getattr(result, field.name))
    elif isinstance(result, tuple | list):
        for part in result:
            yield from numbers(part)
    elif isinstance(result, np.ndarray):
        yield from numbers(result.tolist())
    elif isinstance(result, float):
        yield result


def refusals(result: object) -> dict[str, str]:
    """The parts of a result that refuse, and why."""
    parts = ((field.name, getattr(result, field.name)) for field in fields(result))  # type: ignore[arg-type]
    return {name: part.reason for name, part in parts if isinstance(part, NotEstimable)}


def has_nan(result: object) -> bool:
    """Whether a NaN has slipped into a result."""
    return any(math.isnan(number) for number in numbers(result))
