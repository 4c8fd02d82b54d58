"""Kinds of question about how things go together."""

from collections.abc import Iterable, Sequence

from analytics.methods.statement import Statement
from analytics.plan import Definition, Variables


def of_comparison(questions: Sequence[Definition], variables: Variables) -> Iterable[Statement]:
    compared = {code for question in questions for code in question["variables"]}
    skewed = [code for code, variable in variables.items() if code in compared and variable.get("is_skewed")]
    yield Statement("described", {"skewed": skewed})
    if any(len(question["groups"]) == 2 for question in questions):
        yield Statement("two_groups")
    if any(len(question["groups"]) > 2 for question in questions):
        yield Statement("many_groups")
    yield Statement("categories")
    yield Statement("differences")
    yield Statement("standardised_difference")
    if any("levels" not in variables[code] for code in compared):
        yield Statement("shapes")
    for method in {question.get("adjust", "bh"): None for question in questions}:
        yield Statement("adjusted_in_table", {"method": method})


def of_correlation(questions: Sequence[Definition], variables: Variables) -> Iterable[Statement]:
    methods = {method: None for question in questions for method in question["methods"]}
    yield Statement("coefficients", {"methods": list(methods)})
    strata = {name: None for question in questions for name in question.get("strata", [])}
    if strata:
        yield Statement("strata", {"variables": list(strata), "is_pearson": "pearson" in methods})
    held = {name: None for question in questions for name in question.get("given", [])}
    if held:
        yield Statement("given", {"variables": list(held)})
    compared = [entry for question in questions for entry in question.get("compare", [])]
    if compared:
        yield Statement(
            "correlations_compared",
            {
                "between": [entry["between"] for entry in compared if "between" in entry],
                "has_overlapping": any("between" not in entry for entry in compared),
            },
        )
    correlated = {code for question in questions for code in question["variables"]}
    if any("derived_from" in variables[code] for code in correlated):
        yield Statement(
            "structural", {"has_replication": any(question.get("is_replication") for question in questions)}
        )
    for method in {question["adjust"]: None for question in questions}:
        yield Statement("adjusted_in_family", {"method": method})
