"""Kinds of question about the data themselves and how they are used."""

from collections.abc import Iterable, Sequence

from analytics.methods.statement import Statement
from analytics.plan import Definition, Variables


def of_missingness(questions: Sequence[Definition], variables: Variables) -> Iterable[Statement]:
    yield Statement("missing_by_outcome", {"outcomes": [question["outcome"] for question in questions]})
    yield Statement("adjusted_in_table", {"method": "bh"})


def of_sensitivity(questions: Sequence[Definition], variables: Variables) -> Iterable[Statement]:
    imputed = [question for question in questions if "outcome" in question]
    for question in imputed:
        yield Statement(
            "imputation",
            {
                "outcome": question["outcome"],
                "covariates": question["covariates"],
                "auxiliary": question.get("auxiliary", []),
                "imputations": question["imputations"],
                "iterations": question["iterations"],
                "seed": question["seed"],
                "is_matched": question.get("method", "pmm") == "pmm",
            },
        )
    if imputed:
        yield Statement("pooling")
    limited = {code: None for question in questions for code in question.get("below_detection", [])}
    if limited:
        given = {code: None for question in questions for code in question.get("given", [])}
        yield Statement("below_detection", {"variables": list(limited), "given": list(given)})
