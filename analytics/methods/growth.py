"""Kinds of question about a study that is still growing."""

from collections.abc import Iterable, Sequence

from analytics.methods.statement import Statement
from analytics.plan import (
    EVENTS_NEEDED,
    FEWEST_BETWEEN_LOOKS,
    SHARE_BETWEEN_LOOKS,
    SHRINKAGE_WANTED,
    Definition,
    Variables,
)


def of_planning(questions: Sequence[Definition], variables: Variables) -> Iterable[Statement]:
    modelled = [question for question in questions if question.get("models")]
    for least in sorted({question.get("shrinkage", SHRINKAGE_WANTED) for question in modelled}):
        yield Statement("size_of_models", {"shrinkage": least})
        yield Statement("r2_expected")
    if any(question.get("precision") for question in questions):
        yield Statement("precision")


def of_looks(questions: Sequence[Definition], variables: Variables) -> Iterable[Statement]:
    followed = [estimate for question in questions for estimate in question.get("estimates", [])]
    if followed:
        yield Statement("always_valid", {"tuned_at": sorted({estimate["tuned_at"] for estimate in followed})})
    locked = [hypothesis for question in questions for hypothesis in question.get("hypotheses", [])]
    if locked:
        yield Statement("declared_looks", {"share": SHARE_BETWEEN_LOOKS, "fewest": FEWEST_BETWEEN_LOOKS})
    for hypothesis in locked:
        yield Statement(
            "locked",
            {
                key: hypothesis[key]
                for key in ("title", "locked_on", "spending", "information_at_end", "quantity")
            }
            | {"sides": hypothesis.get("sides", 2)},
        )


def of_validation(questions: Sequence[Definition], variables: Variables) -> Iterable[Statement]:
    yield Statement("temporal_validation")
    for question in questions:
        yield Statement(
            "frozen",
            {
                "title": question["model"]["title"],
                "covariates": question["model"]["covariates"],
                "outcome": question["outcome"],
                "freeze_on": question.get("freeze_on"),
                "threshold": question.get("threshold", "youden"),
            },
        )
    yield Statement("events_needed", {"needed": EVENTS_NEEDED})
