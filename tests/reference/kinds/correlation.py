"""Correlations: matrices, pairs, within groups."""

from typing import Any

import pandas as pd

from analytics.statistics import NotEstimable, attempt
from analytics.statistics.correlation import (
    Correlation,
    correlate,
    correlation_matrix,
    grouped_correlation,
    interval,
    spearman_permutation_p,
    squared_rank_differences,
)
from tests.reference.pack import Case, Pack, labels, parts


def matrix(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    variables = case.inputs["vars"]
    found = correlation_matrix(
        {name: frame[name].to_numpy() for name in variables},
        method=case.inputs["method"],
        missing=case.inputs["missing"],
    )
    cells = ("n", "r", "p", "ci_low", "ci_high", "q_bh", "q_by", "p_holm", "p_bonferroni")
    tables: dict[str, list[list[Any]]] = {
        cell: [[None] * len(variables) for _ in variables] for cell in cells
    }
    for k in range(len(variables)):
        tables["n"][k][k] = found.n_observed[k]
        tables["r"][k][k] = None if found.is_constant[k] else 1
    for pair in found.pairs:
        i, j = variables.index(pair.x), variables.index(pair.y)
        correlation = pair.correlation
        values = {"n": pair.n, "q_bh": pair.q_bh, "q_by": pair.q_by}
        values |= {"p_holm": pair.p_holm, "p_bonferroni": pair.p_bonferroni}
        if isinstance(correlation, Correlation):
            values |= {"r": correlation.r, "p": correlation.p_value}
            # The pack has no interval for Kendall's tau.
            if found.method != "kendall":
                values |= {"ci_low": correlation.ci_low, "ci_high": correlation.ci_high}
        for cell, value in values.items():
            tables[cell][i][j] = tables[cell][j][i] = value
    return {"vars": list(found.variables), **tables, "n_tests": found.n_tests}


def pair(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    x, y = (frame[case.inputs[name]].to_numpy() for name in "xy")
    return {
        "n": int((frame[case.inputs["x"]].notna() & frame[case.inputs["y"]].notna()).sum()),
        "pearson": attempt(_pearson, x, y),
        "spearman": attempt(_spearman, x, y),
        "kendall_tau_b": attempt(_kendall, x, y),
    }


def _pearson(x: Any, y: Any) -> dict[str, Any]:
    found = correlate(x, y)
    return {
        "r": found.r,
        "t": found.statistic,
        "df": found.df,
        "p": found.p_value,
        "ci_low": found.ci_low,
        "ci_high": found.ci_high,
    }


def _spearman(x: Any, y: Any) -> dict[str, Any]:
    found = correlate(x, y, method="spearman")
    permutation_p = attempt(spearman_permutation_p, x, y)
    intervals = {
        f"ci_{name.replace('-', '_')}": interval(found.r, found.n, method=name) if found.n > 3 else None
        for name in ("bonett-wright", "fieller", "fisher")
    }
    return {
        "rho": found.r,
        "S": squared_rank_differences(x, y),
        "p_t": found.p_value,
        # With ties, or from 1290 pairs on, cor.test takes t.
        "p_r_default": found.p_value if isinstance(permutation_p, NotEstimable) else permutation_p,
        **intervals,
    }


def _kendall(x: Any, y: Any) -> dict[str, Any]:
    found = correlate(x, y, method="kendall")
    return {"tau": found.r, "z": found.statistic, "p": found.p_value}


def grouped(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    x, y = (frame[case.inputs[name]] for name in "xy")
    group, levels = labels(frame[case.inputs["group"]]), case.inputs["groups"]
    found = grouped_correlation(x.to_numpy(), y.to_numpy(), group, levels=levels)
    both = x.notna() & y.notna()
    return {
        "n": [(both & (group == level)).sum() for level in levels],
        "r_within": [_of(within, "r") for within in found.within],
        "p_within": [_of(within, "p_value") for within in found.within],
        "pooled": parts(found.pooled, r="r", p="p_value", ci_low="ci_low", ci_high="ci_high"),
        "partial_given_group": parts(
            found.partial, r="r", t="statistic", df="df", p="p_value", ci_low="ci_low", ci_high="ci_high"
        ),
        "homogeneity": {
            "Q": _of(found.homogeneity, "statistic"),
            "df": len(levels) - 1,
            "p": _of(found.homogeneity, "p_value"),
        },
        "fisher_z_pooled": {name: _of(found.common, name) for name in ("r", "ci_low", "ci_high")},
        "simpson_flag": found.is_simpson,
    }


def _of(found: Any, field: str) -> Any:
    return found if isinstance(found, NotEstimable) else getattr(found, field)


KINDS = {"correlation_matrix": matrix, "correlation_pair": pair, "correlation_grouped": grouped}
