"""Questions about the time to an event."""

from collections.abc import Iterable, Sequence

from analytics.methods.statement import Statement
from analytics.plan import Definition, Variables


def of_survival(questions: Sequence[Definition], variables: Variables) -> Iterable[Statement]:
    outcomes = [variables[code] for question in questions for code in question["outcomes"]]
    yield Statement(
        "incidence",
        {
            "has_competing": any(outcome.get("competing") for outcome in outcomes),
            "is_published": any(question.get("is_replication", False) for question in questions),
            "scales": list(dict.fromkeys(question.get("interval", "log") for question in questions)),
        },
    )
    for question in questions:
        yield Statement("horizon", {"slug": question["slug"], "months": question["horizon"]})
    yield Statement("restricted_mean")
    models = [model for question in questions for model in question.get("models", [])]
    if models:
        yield Statement(
            "hazards", {"ties": list(dict.fromkeys(model.get("ties", "efron") for model in models))}
        )
    for model in models:
        yield from _of_model(model)
    for question in questions:
        if "areas" in question:
            yield Statement("areas_over_time", _areas(question))


def _of_model(model: Definition) -> Iterable[Statement]:
    yield Statement(
        "model",
        {
            "title": model["title"],
            "outcome": model["outcome"],
            "covariates": model["covariates"],
            "is_replication": model.get("is_replication", False),
        },
    )
    if model.get("strata"):
        yield Statement("baselines", {"title": model["title"], "strata": model["strata"]})
    if "clusters" in model:
        yield Statement("hazards_between_sites", {"title": model["title"]})


def _areas(question: Definition) -> dict[str, object]:
    wanted = question["areas"]
    titles = {model["name"]: model["title"] for model in question.get("models", [])}
    return {
        "times": wanted["times"],
        "markers": wanted.get("markers", {}),
        "models": [titles[name] for name in wanted.get("models", [])],
    }
