"""p-values adjusted for the number of tests in a family."""

from collections.abc import Callable, Sequence
from math import isnan
from typing import Literal

import numpy as np

from analytics.statistics.errors import NotEstimable
from analytics.statistics.samples import Floats

Method = Literal["holm", "bonferroni", "bh", "by"]


def adjust(p_values: Sequence[float | NotEstimable | None], method: Method) -> tuple[float | None, ...]:
    """Adjust the p-values of one family of tests.

    Parameters
    ----------
    p_values : sequence of float, None or NotEstimable
        One for each test, in [0, 1]. None, NaN and refusals belong to no family: they stay out of its size.
    method : {"holm", "bonferroni", "bh", "by"}
        Holm and Bonferroni bound the chance of any false finding; BH and BY the share of false findings, BY
        under any dependence.

    Returns
    -------
    tuple of float or None
        In the order given; None where there was no p-value.

    Raises
    ------
    ValueError
        For an unknown method or a p-value outside [0, 1].

    References
    ----------
    Holm S. Scand J Stat 1979;6:65-70. Benjamini Y, Hochberg Y. J R Stat Soc B 1995;57:289-300. Benjamini Y,
    Yekutieli D. Ann Stat 2001;29:1165-1188.

    Examples
    --------
    >>> adjust([0.01, None, 0.04, 0.03], "holm")
    (0.03, None, 0.06, 0.06)
    """
    rule = _RULES.get(method)
    if rule is None:
        raise ValueError(f"unknown adjustment {method!r}")
    given = [None if p is None or isinstance(p, NotEstimable) or isnan(p) else float(p) for p in p_values]
    family = np.array([p for p in given if p is not None])
    if ((family < 0) | (family > 1)).any():
        raise ValueError("a p-value lies outside [0, 1]")
    order = np.argsort(family, kind="stable")
    adjusted = np.empty(family.size)
    if family.size:
        adjusted[order] = np.minimum(rule(family[order]), 1.0)
    remaining = iter(adjusted.tolist())
    return tuple(None if p is None else next(remaining) for p in given)


def _holm(ascending: Floats) -> Floats:
    return np.maximum.accumulate(ascending * np.arange(ascending.size, 0, -1))


def _bonferroni(ascending: Floats) -> Floats:
    return ascending * ascending.size


def _benjamini_hochberg(ascending: Floats) -> Floats:
    size = ascending.size
    steps = ascending * size / np.arange(1, size + 1)
    return np.minimum.accumulate(steps[::-1])[::-1]


def _benjamini_yekutieli(ascending: Floats) -> Floats:
    size = ascending.size
    harmonic = float((1 / np.arange(1, size + 1)).sum())
    steps = ascending * size * harmonic / np.arange(1, size + 1)
    return np.minimum.accumulate(steps[::-1])[::-1]


_RULES: dict[str, Callable[[Floats], Floats]] = {
    "holm": _holm,
    "bonferroni": _bonferroni,
    "bh": _benjamini_hochberg,
    "by": _benjamini_yekutieli,
}
