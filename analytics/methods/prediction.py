"""Kinds of question about an outcome and what foretells it."""

from collections.abc import Iterable, Sequence

from analytics.methods.statement import Statement
from analytics.plan import EVENTS_NEEDED, Definition, Variables


def of_logistic(questions: Sequence[Definition], variables: Variables) -> Iterable[Statement]:
    yield Statement("logistic")
    scaled = {
        code: {"per": variables[code].get("per", 1), "each": variables[code].get("each")}
        for question in questions
        for code in _covariates(question)
        if {"per", "each"} & set(variables[code])
    }
    if scaled:
        yield Statement("per", {"scaled": scaled})
    for question in questions:
        titles = {model["name"]: model["title"] for model in question.get("models", [])}
        for model in question.get("models", []):
            yield Statement(
                "model",
                {
                    "title": model["title"],
                    "outcome": model.get("outcome", question["outcome"]),
                    "covariates": model["covariates"],
                    "is_replication": model.get("is_replication", False),
                    "splines": model.get("splines", {}),
                    "interactions": model.get("interactions", []),
                    "clusters": model.get("clusters"),
                    "is_penalised": model.get("method") == "firth",
                    "added_to": titles.get(model.get("added_to")),
                },
            )
    yield Statement("whole_model")
    yield Statement("straight_lines")
    yield Statement("events_needed", {"needed": EVENTS_NEEDED})
    yield Statement("collinearity")
    yield Statement("separation")


def of_calibration(questions: Sequence[Definition], variables: Variables) -> Iterable[Statement]:
    yield Statement("calibration")
    for question in questions:
        yield Statement("optimism", {"resamples": question["resamples"], "seed": question["seed"]})
        yield Statement(
            "net_benefit", {"low": min(question["thresholds"]), "high": max(question["thresholds"])}
        )
    yield Statement("events_needed", {"needed": EVENTS_NEEDED})


def _covariates(question: Definition) -> list[str]:
    models = question.get("models", [])
    return [*question.get("univariable", []), *(code for model in models for code in model["covariates"])]
