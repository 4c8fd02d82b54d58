"""A pair within the groups and given covariates: does pooling, or a third quantity, make the picture?"""

from typing import Any

import numpy as np

from analytics.questions.answer import plain
from analytics.questions.columns import Columns, Floats
from analytics.questions.correlation.pairs import Pair, one_pair
from analytics.statistics import NotEstimable
from analytics.statistics.correlation import (
    Correlation,
    GroupedCorrelation,
    grouped_correlation,
    partial_correlation,
)
from analytics.statistics.errors import attempt

PARTIAL = ("pearson", "spearman")
"""The coefficients that have a partial one."""


def within_groups(pair: Pair, values: dict[str, Floats], columns: Columns, by: str) -> dict[str, Any]:
    """A pooled pair within each group, given the group, and whether the groups share one correlation."""
    found = grouped_correlation(
        values[pair["x"]], values[pair["y"]], columns.labels(by), levels=columns.levels(by)
    )
    return _told(found, is_tested=pair["reason"] is None)


def _told(found: GroupedCorrelation, *, is_tested: bool) -> dict[str, Any]:
    partial = None if isinstance(found.partial, NotEstimable) else found.partial
    homogeneity = None if isinstance(found.homogeneity, NotEstimable) or not is_tested else found.homogeneity
    return plain(
        {
            "partial_r": partial and partial.r,
            "partial_ci_low": partial and partial.ci_low,
            "partial_ci_high": partial and partial.ci_high,
            "partial_p_value": partial.p_value if partial and is_tested else None,
            "homogeneity_statistic": homogeneity and homogeneity.statistic,
            "homogeneity_df": homogeneity and homogeneity.df,
            "homogeneity_p_value": homogeneity and homogeneity.p_value,
            "common_r": None if isinstance(found.common, NotEstimable) else found.common.r,
            "r": {
                group: within.r if isinstance(within, Correlation) else None
                for group, within in zip(found.groups, found.within, strict=True)
            },
            "is_changed": None if isinstance(found.is_simpson, NotEstimable) else found.is_simpson,
        }
    )


def given(
    pair: Pair,
    x: Floats,
    y: Floats,
    covariates: Floats | NotEstimable,
    names: list[str],
    *,
    is_tested: bool,
) -> Pair:
    """A pair once both are rid of what the covariates explain; a refusal in their place is passed on."""
    if isinstance(covariates, NotEstimable):
        return one_pair({"given": names, "n": 0}, covariates, is_tested=is_tested)
    n = int((~np.isnan(np.column_stack([x, y, covariates])).any(axis=1)).sum())
    found = attempt(partial_correlation, x, y, covariates, method=pair["method"])
    return one_pair({"given": names, "n": n}, found, is_tested=is_tested)


def covariates_of(columns: Columns, names: list[str]) -> Floats:
    """The covariates as columns of numbers, a category by its levels against the first."""
    parts: list[Floats] = []
    for name in names:
        if columns.scale(name) != "categorical":
            parts.append(columns.finite(name) if columns.scale(name) == "continuous" else _yes(columns, name))
            continue
        labels = columns.labels(name)
        missing = columns.is_missing(name)
        parts += [np.where(missing, np.nan, labels == level) for level in columns.levels(name)[1:]]
    return np.column_stack(parts)


def _yes(columns: Columns, name: str) -> Floats:
    """1 where a variable of two levels has the first, 0 where it has the second."""
    return np.where(columns.is_missing(name), np.nan, columns.labels(name) == columns.levels(name)[0])
