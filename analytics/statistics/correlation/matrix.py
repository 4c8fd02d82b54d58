"""Every correlation among several measurements, and their adjustment as one family."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from analytics.statistics.correlation.pair import (
    Correlation,
    Method,
    correlate_named,
    product_moment,
    unit_vector,
)
from analytics.statistics.errors import NotEstimable, attempt
from analytics.statistics.multiplicity import Method as AdjustmentMethod
from analytics.statistics.multiplicity import adjust
from analytics.statistics.samples import is_constant, measured

Missing = Literal["pairwise", "listwise"]


@dataclass(frozen=True)
class CorrelationPair:
    """One cell above the diagonal.

    Attributes
    ----------
    x, y : str
    n : int
        Patients with both.
    correlation : Correlation or NotEstimable
    p_holm, p_bonferroni, q_bh, q_by : float or None
        Adjusted over the whole upper triangle; None without a p-value.
    """

    x: str
    y: str
    n: int
    correlation: Correlation | NotEstimable
    p_holm: float | None
    p_bonferroni: float | None
    q_bh: float | None
    q_by: float | None


@dataclass(frozen=True)
class CorrelationMatrix:
    """Correlations among several measurements.

    Attributes
    ----------
    variables : tuple of str
    method : {"pearson", "spearman", "kendall"}
    missing : {"pairwise", "listwise"}
    n_observed : tuple of int
        For each variable, after listwise deletion when that was asked for.
    is_constant : tuple of bool
        For each variable: it cannot be correlated.
    pairs : tuple of CorrelationPair
        The upper triangle, row by row.
    n_tests : int
        Size of the family that the p-values are adjusted for.
    """

    variables: tuple[str, ...]
    method: Method
    missing: Missing
    n_observed: tuple[int, ...]
    is_constant: tuple[bool, ...]
    pairs: tuple[CorrelationPair, ...]
    n_tests: int


def correlation_matrix(
    columns: Mapping[str, ArrayLike],
    *,
    method: Method = "pearson",
    missing: Missing = "pairwise",
    level: float = 0.95,
) -> CorrelationMatrix:
    """Correlate every two of several measurements.

    Parameters
    ----------
    columns : mapping of str to array_like of shape (n_patients,)
        In any units; NaN is missing.
    method : {"pearson", "spearman", "kendall"}
    missing : {"pairwise", "listwise"}
        Each pair's own patients, or only the patients who have all measurements.
    level : float
        Coverage of the intervals.

    Returns
    -------
    CorrelationMatrix

    Raises
    ------
    NotEstimable
        ``not_numeric``, ``infinite`` with the `variable`. A pair that cannot be estimated holds its refusal.

    References
    ----------
    Benjamini Y, Hochberg Y. J R Stat Soc B 1995;57:289-300. Holm S. Scand J Stat 1979;6:65-70. The
    coefficients as in `correlate`.

    Examples
    --------
    >>> found = correlation_matrix({"mg": [0.8, 0.9, 1.0, 1.2], "p": [2.0, 1.9, 1.9, 1.5], "site": [1] * 4})
    >>> [(pair.x, pair.y, round(pair.correlation.r, 4)) for pair in found.pairs[:1]]
    [('mg', 'p', -0.9463)]
    >>> found.pairs[1].correlation
    NotEstimable('constant (variable=site)')
    >>> found.n_tests
    1
    """
    values = {name: measured(column, name) for name, column in columns.items()}
    if missing == "listwise" and values:
        complete = ~np.isnan(np.column_stack(list(values.values()))).any(axis=1)
        values = {name: column[complete] for name, column in values.items()}
    observed = {name: ~np.isnan(column) for name, column in values.items()}
    # Ranking and scaling once per measurement serves every pair in which nothing is missing.
    whole = {
        name: unit_vector(column, method)
        for name, column in values.items()
        if method != "kendall" and column.size >= 3 and observed[name].all() and not is_constant(column)
    }

    def pair(x: str, y: str) -> Correlation:
        if x in whole and y in whole:
            return product_moment(whole[x], whole[y], method, level)
        return correlate_named(values[x], values[y], method, level, (x, y))

    names = list(combinations(values, 2))
    return as_family(
        {name: int(seen.sum()) for name, seen in observed.items()},
        {name: is_constant(column[observed[name]]) for name, column in values.items()},
        {(x, y): (int((observed[x] & observed[y]).sum()), attempt(pair, x, y)) for x, y in names},
        method,
        missing,
    )


def as_family(
    n_observed: Mapping[str, int],
    is_constant: Mapping[str, bool],
    pairs: Mapping[tuple[str, str], tuple[int, Correlation | NotEstimable]],
    method: Method,
    missing: Missing,
) -> CorrelationMatrix:
    """Correlations as one family: every pair's n and correlation, with p-values adjusted over all of them.

    Parameters
    ----------
    n_observed : mapping of str to int
        Patients with a value, by variable.
    is_constant : mapping of str to bool
        Whether all values of a variable are the same.
    pairs : mapping of (str, str) to (int, Correlation or NotEstimable)
        Patients with both values, and their correlation or why there is none.
    method : {"pearson", "spearman", "kendall"}
    missing : {"pairwise", "listwise"}

    Returns
    -------
    CorrelationMatrix
    """
    found = [correlation for _, correlation in pairs.values()]
    p_values = [result if isinstance(result, NotEstimable) else result.p_value for result in found]
    adjusted = {rule: adjust(p_values, rule) for rule in get_args(AdjustmentMethod)}
    return CorrelationMatrix(
        variables=tuple(n_observed),
        method=method,
        missing=missing,
        n_observed=tuple(n_observed.values()),
        is_constant=tuple(is_constant.values()),
        pairs=tuple(
            CorrelationPair(
                x=x,
                y=y,
                n=n,
                correlation=correlation,
                p_holm=adjusted["holm"][k],
                p_bonferroni=adjusted["bonferroni"][k],
                q_bh=adjusted["bh"][k],
                q_by=adjusted["by"][k],
            )
            for k, ((x, y), (n, correlation)) in enumerate(pairs.items())
        ),
        n_tests=sum(not isinstance(result, NotEstimable) for result in found),
    )
