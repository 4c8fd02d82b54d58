"""Kinds of question about what was measured or read more than once."""

from collections.abc import Iterable, Sequence

from analytics.methods.statement import Statement
from analytics.plan import EVENTS_NEEDED, Definition, Variables


def of_agreement(questions: Sequence[Definition], variables: Variables) -> Iterable[Statement]:
    for question in questions:
        yield Statement("read_twice", {"score": question["score"], "days": question["within_days"]})
    yield Statement("reliability")
    graded = [
        question[part] for question in questions for part in ("presence", "classes") if part in question
    ]
    if graded or any(question.get("parts") for question in questions):
        yield Statement("kappa")
    for question in questions:
        yield Statement(
            "adjudicated", {"tolerance": question["tolerance"], "presence": question.get("presence")}
        )


def of_longitudinal(questions: Sequence[Definition], variables: Variables) -> Iterable[Statement]:
    yield Statement("planned_times", {"windows": sorted({question["window"] for question in questions})})
    for question in questions:
        yield Statement(
            "mixed_model",
            {
                "lab": question["lab"],
                "by": question.get("by"),
                "covariates": question.get("covariates", []),
                "has_slope": question.get("random_slope", True),
            },
        )
    wanted = {predictor["name"] for question in questions for predictor in question.get("predictors", [])}
    if wanted:
        yield Statement("hazard_over_time")
    for question in questions:
        names = [predictor["name"] for predictor in question.get("predictors", [])]
        if names:
            yield Statement(
                "treatments_of_time",
                {
                    "lab": question["lab"],
                    "names": names,
                    "landmark": question.get("landmark"),
                    "window": question.get("landmark_window"),
                },
            )
    if wanted:
        yield Statement("events_needed", {"needed": EVENTS_NEEDED})
