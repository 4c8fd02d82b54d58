"""Kinds of question about the data themselves and how they are used."""

from collections.abc import Iterable, Sequence

from analytics.methods.statement import Statement
from analytics.plan import Definition, Variables


def of_missingness(questions: Sequence[Definition], variables: Variables) -> Iterable[Statement]:
    yield Statement("missing_by_outcome", {"outcomes": [question["outcome"] for question in questions]})
    yield Statement("adjusted_in_table", {"method": "bh"})
