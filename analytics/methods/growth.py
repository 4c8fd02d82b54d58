"""Kinds of question about a study that is still growing."""

from collections.abc import Iterable, Sequence

from analytics.methods.statement import Statement
from analytics.plan import Definition, Variables
from analytics.questions.planning import SHRINKAGE_WANTED


def of_planning(questions: Sequence[Definition], variables: Variables) -> Iterable[Statement]:
    modelled = [question for question in questions if question.get("models")]
    for least in sorted({question.get("shrinkage", SHRINKAGE_WANTED) for question in modelled}):
        yield Statement("size_of_models", {"shrinkage": least})
        yield Statement("r2_expected")
    if any(question.get("precision") for question in questions):
        yield Statement("precision")
