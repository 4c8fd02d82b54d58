"""How markers go together: pooled, within groups, and whether pooling made the picture."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.spatial.distance import squareform

from analytics import guards
from analytics.plan import Definition, Variables
from analytics.questions.answer import Answer, estimate, plain, why_not
from analytics.questions.columns import Columns, Floats
from analytics.statistics import NotEstimable
from analytics.statistics.correlation import (
    Correlation,
    CorrelationPair,
    GroupedCorrelation,
    correlation_matrix,
    grouped_correlation,
)

POOLED = "pooled"
ADJUSTED = {"bh": "q_bh", "by": "q_by", "holm": "p_holm", "bonferroni": "p_bonferroni"}


def answer_correlation(
    definition: Definition, variables: Variables, columns: Columns, memory: dict[str, Any]
) -> Answer:
    """Every pair in every stratum by every method; each stratum and method is one family of tests."""
    methods, adjustment = definition["methods"], definition["adjust"]
    values = {code: columns.numbers(code) for code in definition["variables"]}
    strata, by = _strata(definition, columns)
    pairs = [
        _pair(pair, stratum, method, adjustment)
        for stratum, members in strata.items()
        for method in methods
        for pair in correlation_matrix(
            {code: column[members] for code, column in values.items()}, method=method
        ).pairs
    ]
    main = next(iter(strata))
    if by is not None:
        _add_within_groups(pairs, values, columns, by)
    first = [pair for pair in pairs if pair["stratum"] == main and pair["method"] == methods[0]]
    estimated = [pair for pair in first if pair["r"] is not None]
    payload = {
        "variables": definition["variables"],
        "order": _clustered(definition["variables"], first),
        "methods": methods,
        "strata": list(strata),
        "stratified_by": by or _only_group(definition)[0],
        "adjustment": adjustment,
        "family": len(estimated),
        "n": columns.n,
        "pairs": pairs,
    }
    return Answer(
        status="done" if estimated else "not_estimable",
        reason=None if estimated else first[0]["reason"],
        payload=payload,
        guards=_guards(variables, columns, payload, first),
        estimates=[
            _estimate(pair, main) for pair in pairs if pair["r"] is not None and pair["method"] == methods[0]
        ],
        memory=memory,
    )


def _clustered(variables: list[str], pairs: list[dict[str, Any]]) -> list[str]:
    """The variables with like beside like, by average linkage of 1 - |r|."""
    if len(variables) < 3:
        return variables
    distance = np.ones((len(variables), len(variables)))
    np.fill_diagonal(distance, 0)
    for pair in pairs:
        if pair["r"] is not None:
            x, y = variables.index(pair["x"]), variables.index(pair["y"])
            distance[x, y] = distance[y, x] = 1 - abs(pair["r"])
    tree = linkage(squareform(distance, checks=False), method="average", optimal_ordering=True)
    return [variables[k] for k in leaves_list(tree)]


def _strata(definition: Definition, columns: Columns) -> tuple[dict[str, NDArray[np.bool_]], str | None]:
    """Who is in each stratum, the main one first, and the variable that splits them."""
    everyone = np.ones(columns.n, dtype=bool)
    if not definition.get("strata"):
        return {_only_group(definition)[1]: everyone}, None
    [by] = definition["strata"]
    labels = columns.labels(by)
    present = {level: labels == level for level in columns.levels(by)}
    return {POOLED: everyone, **{level: members for level, members in present.items() if members.any()}}, by


def _only_group(definition: Definition) -> tuple[str | None, str]:
    """The one group that the population is restricted to, with its variable; else everyone."""
    for variable, values in definition.get("population", {}).items():
        if len(values) == 1:
            return variable, values[0]
    return None, "all"


def _pair(pair: CorrelationPair, stratum: str, method: str, adjustment: str) -> dict[str, Any]:
    head = {"x": pair.x, "y": pair.y, "stratum": stratum, "method": method, "n": pair.n}
    found = pair.correlation
    if isinstance(found, NotEstimable):
        absent = dict.fromkeys(("r", "ci_low", "ci_high", "p_value", "p_adjusted"))
        return {**head, **absent, "reason": why_not(found)}
    return plain(
        {
            **head,
            "r": found.r,
            "ci_low": found.ci_low,
            "ci_high": found.ci_high,
            "p_value": found.p_value,
            "p_adjusted": getattr(pair, ADJUSTED[adjustment]),
            "reason": None,
        }
    )


def _add_within_groups(
    pairs: list[dict[str, Any]], values: dict[str, Floats], columns: Columns, by: str
) -> None:
    """Beside each pooled Pearson correlation: given the group, and whether pooling misleads."""
    labels, levels = columns.labels(by), columns.levels(by)
    for pair in pairs:
        if pair["stratum"] == POOLED and pair["method"] == "pearson":
            found = grouped_correlation(values[pair["x"]], values[pair["y"]], labels, levels=levels)
            pair["within_groups"] = _within(found)


def _within(found: GroupedCorrelation) -> dict[str, Any]:
    partial, homogeneity = found.partial, found.homogeneity
    return plain(
        {
            "partial_r": None if isinstance(partial, NotEstimable) else partial.r,
            "partial_p_value": None if isinstance(partial, NotEstimable) else partial.p_value,
            "homogeneity_p_value": None if isinstance(homogeneity, NotEstimable) else homogeneity.p_value,
            "r": {
                group: within.r if isinstance(within, Correlation) else None
                for group, within in zip(found.groups, found.within, strict=True)
            },
            "is_changed": None if isinstance(found.is_simpson, NotEstimable) else found.is_simpson,
        }
    )


def _estimate(pair: dict[str, Any], main: str) -> dict[str, Any]:
    """r of a pair; within a stratum its term carries the stratum's name."""
    term = f"{pair['x']}~{pair['y']}"
    return estimate(
        term if pair["stratum"] == main else f"{term}@{pair['stratum']}",
        "r",
        pair["r"],
        n=pair["n"],
        ci_low=pair["ci_low"],
        ci_high=pair["ci_high"],
        p_value=pair["p_value"],
    )


def _guards(
    variables: Variables, columns: Columns, payload: dict[str, Any], first: list[dict[str, Any]]
) -> list[guards.Guard]:
    named = [
        {**pair, "pair": f"{pair['x']}~{pair['y']}", "n_missing": columns.n - pair["n"]} for pair in first
    ]
    found = [
        guards.pooled_groups(payload["pairs"], columns.design_groups()),
        guards.structural_pairs(first, variables),
        guards.outliers_or_bends(payload["pairs"]),
        guards.many_tests(payload["family"], payload["adjustment"]),
        guards.not_estimable(named, "pair"),
        _most_missing(payload, columns),
    ]
    return [guard for guard in found if guard is not None]


def _most_missing(payload: dict[str, Any], columns: Columns) -> guards.Guard | None:
    counted = []
    for code in payload["variables"]:
        n_missing = int(columns.is_missing(code).sum())
        counted.append({"variable": code, "n": columns.n - n_missing, "n_missing": n_missing})
    return guards.missing(counted, "variable")
