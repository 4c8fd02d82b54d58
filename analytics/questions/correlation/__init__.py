"""How markers go together: pooled, within groups, given others, and whether pooling made the picture."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.spatial.distance import squareform

from analytics import guards
from analytics.plan import Definition, Variables
from analytics.questions.answer import Answer, estimate
from analytics.questions.columns import Columns
from analytics.questions.correlation.compared import compared
from analytics.questions.correlation.pairs import Pair, as_family, one_pair, read
from analytics.questions.correlation.within import PARTIAL, covariates_of, given, within_groups
from analytics.statistics import NotEstimable
from analytics.statistics.correlation import correlation_matrix
from analytics.statistics.errors import attempt

__all__ = ["answer_correlation"]

POOLED = "pooled"


def answer_correlation(
    definition: Definition, variables: Variables, columns: Columns, memory: dict[str, Any]
) -> Answer:
    """Every pair in every stratum by every method; each stratum and method is one family of tests."""
    strata, by = _strata(definition, columns)
    pairs = _pairs(definition, variables, columns, strata, by)
    families = _families(definition, pairs, list(strata))
    comparisons = [
        compared(asked, columns, is_tested=_is_tested(definition, variables, asked))
        for asked in definition.get("compare", [])
    ]
    if comparisons:
        families.append(as_family(comparisons, definition["adjust"], stratum=None, method="comparison"))
    main, methods = next(iter(strata)), definition["methods"]
    first = [pair for pair in pairs if pair["stratum"] == main and pair["method"] == methods[0]]
    estimated = [pair for pair in first if pair["r"] is not None]
    payload = {
        "variables": definition["variables"],
        "order": _clustered(definition["variables"], first),
        "methods": methods,
        "given": definition.get("given", []),
        "strata": list(strata),
        "stratified_by": by or _only_group(definition)[0],
        "adjustment": definition["adjust"],
        "family": families[0],
        "families": families,
        "n": columns.n,
        "pairs": pairs,
        "comparisons": comparisons,
    }
    return Answer(
        status="done" if estimated else "not_estimable",
        reason=None if estimated else first[0]["reason"],
        payload=payload,
        guards=_guards(definition, variables, columns, payload, first),
        estimates=[
            _estimate(pair, main) for pair in pairs if pair["r"] is not None and pair["method"] == methods[0]
        ],
        memory=memory,
    )


def _pairs(
    definition: Definition,
    variables: Variables,
    columns: Columns,
    strata: dict[str, NDArray[np.bool_]],
    by: str | None,
) -> list[Pair]:
    values, refused = read(columns, definition["variables"])
    names = definition.get("given", [])
    covariates = attempt(covariates_of, columns, names) if names else None
    pairs = []
    for stratum, members in strata.items():
        inside = {code: column[members] for code, column in values.items()}
        for method in definition["methods"]:
            for found in correlation_matrix(inside, method=method).pairs:
                is_tested = _is_tested(definition, variables, {"x": found.x, "y": found.y})
                head = {"x": found.x, "y": found.y, "stratum": stratum, "method": method, "n": found.n}
                head["is_structural"] = guards.is_structural(found.x, found.y, variables)
                why = refused.get(found.x) or refused.get(found.y)
                pair = one_pair(head, why or found.correlation, is_tested=is_tested)
                if by is not None and stratum == POOLED and method == "pearson":
                    pair["within_groups"] = within_groups(pair, values, columns, by)
                if covariates is not None and method in PARTIAL:
                    others = covariates if isinstance(covariates, NotEstimable) else covariates[members]
                    pair["partial"] = given(
                        pair, inside[found.x], inside[found.y], why or others, names, is_tested=is_tested
                    )
                pairs.append(pair)
    return pairs


def _is_tested(definition: Definition, variables: Variables, asked: Definition) -> bool:
    """Whether a pair gets a P: one that is structural does so only where a published P is replicated."""
    others = asked["y"] if isinstance(asked["y"], list) else [asked["y"]]
    is_structural = any(guards.is_structural(asked["x"], other, variables) for other in others)
    return definition.get("is_replication", False) or not is_structural


def _families(definition: Definition, pairs: list[Pair], strata: list[str]) -> list[dict[str, Any]]:
    """Every stratum and method adjusted as one family, and again given the covariates."""
    families = []
    for is_partial in (False, True):
        for stratum in strata:
            for method in definition["methods"]:
                alike = [pair for pair in pairs if pair["stratum"] == stratum and pair["method"] == method]
                tests = [pair["partial"] for pair in alike if "partial" in pair] if is_partial else alike
                name = {"given": definition["given"]} if is_partial and tests else {}
                if tests:
                    families.append(
                        as_family(tests, definition["adjust"], stratum=stratum, method=method, **name)
                    )
    return families


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
    definition: Definition,
    variables: Variables,
    columns: Columns,
    payload: dict[str, Any],
    first: list[Pair],
) -> list[guards.Guard]:
    refused = [
        {"pair": f"{pair['x']}~{pair['y']}", "reason": pair["reason"]} for pair in first if pair["r"] is None
    ]
    family, is_replication = payload["family"], definition.get("is_replication", False)
    found = [
        guards.pooled_groups(payload["pairs"], columns.design_groups()),
        guards.structural_pairs(first, variables, is_replication=is_replication),
        guards.outliers_or_bends([*payload["pairs"], *_ranked(definition, columns, first)]),
        guards.many_tests(family["n_tests"], family["adjustment"], families=len(payload["families"])),
        guards.not_estimable(refused, "pair"),
        _most_missing(payload, columns),
        guards.several_sites(columns.n_sites()),
    ]
    return [guard for guard in found if guard is not None]


def _ranked(definition: Definition, columns: Columns, first: list[Pair]) -> list[dict[str, Any]]:
    """The first stratum's rank correlations, which tell of outliers and bends, where none are asked for."""
    if "spearman" in definition["methods"]:
        return []
    values, _refused = read(columns, definition["variables"])
    return [
        {"x": pair.x, "y": pair.y, "stratum": first[0]["stratum"], "method": "spearman"}
        | {"r": None if isinstance(pair.correlation, NotEstimable) else pair.correlation.r}
        for pair in correlation_matrix(values, method="spearman").pairs
    ]


def _most_missing(payload: dict[str, Any], columns: Columns) -> guards.Guard | None:
    counted = []
    for code in payload["variables"]:
        n_missing = int(columns.is_missing(code).sum())
        counted.append({"variable": code, "n": columns.n - n_missing, "n_missing": n_missing})
    return guards.missing(counted, "variable")
