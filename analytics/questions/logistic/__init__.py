"""Odds ratios of covariates for an outcome, one at a time or together."""

from typing import Any

from analytics import guards
from analytics.plan import Definition, Variables
from analytics.questions.adequacy import marked
from analytics.questions.answer import Answer, coefficient
from analytics.questions.clusters import are_clustered
from analytics.questions.columns import Columns
from analytics.questions.follow_up import time_ignored
from analytics.questions.logistic.model import fitted_model
from analytics.statistics.design import INTERCEPT


def answer_logistic(
    definition: Definition, variables: Variables, columns: Columns, memory: dict[str, Any]
) -> Answer:
    """One model a covariate, or the models as the plan lists them."""
    is_univariable = "univariable" in definition
    wanted = _wanted(definition)
    models = [fitted_model(each, wanted, definition["outcome"], columns, variables) for each in wanted]
    estimated = [model for model in models if model["reason"] is None]
    payload = {
        "outcome": definition["outcome"],
        "is_univariable": is_univariable,
        "n": columns.n,
        "n_missing": int(columns.is_missing(definition["outcome"]).sum()),
        "n_events": int((columns.numbers(definition["outcome"]) == 1).sum()),
        "models": models,
    }
    return Answer(
        status="done" if estimated else "not_estimable",
        reason=None if estimated else models[0]["reason"],
        payload=payload,
        guards=_guards(definition, variables, columns, models),
        estimates=[entry for model in estimated for entry in _estimates(model)],
        memory=memory,
    )


def _wanted(definition: Definition) -> list[dict[str, Any]]:
    if "univariable" not in definition:
        return marked(definition)
    return [
        {
            "name": covariate,
            "title": "",
            "covariates": [covariate],
            "is_primary": True,
            **_options(definition),
        }
        for covariate in definition["univariable"]
    ]


def _options(definition: Definition) -> dict[str, Any]:
    """What a question of single covariates asks of each of its models."""
    return {name: definition[name] for name in ("clusters", "method") if name in definition}


def _estimates(model: dict[str, Any]) -> list[dict[str, Any]]:
    """The log odds ratio of each term that can be read; those of a further model carry its name."""
    prefix = "" if model["is_primary"] else f"{model['name']}."
    return [
        coefficient(f"{prefix}{term['term']}", "log_odds_ratio", term, model)
        for term in model["terms"]
        if term["variable"] != INTERCEPT and not term["is_bent"] and term["reason"] is None
    ]


def _guards(
    definition: Definition, variables: Variables, columns: Columns, models: list[dict[str, Any]]
) -> list[guards.Guard]:
    found = [
        time_ignored(definition["outcome"], columns),
        guards.case_control(columns.design_groups()),
        guards.pooled_models(models, definition["outcome"], variables, columns.design_groups()),
        guards.not_estimable(models, "name"),
        guards.missing(models, "name", variables[definition["outcome"]]),
        guards.events_per_variable(models, variables[definition["outcome"]]),
        guards.never_tested(models),
        guards.chosen_by_p(models),
        guards.not_linear(models),
        guards.hangs_on_one(models),
        guards.several_sites(0 if are_clustered(models) else columns.n_sites(), models),
    ]
    for model in models:
        found += [
            guards.derived_beside_parents(model, variables),
            guards.collinear(model),
            guards.separated(model),
        ]
        if "univariable" not in definition:
            found.append(guards.finding(model, model["outcome"], variables))
    if "univariable" in definition:
        tested = [model for model in models if model["reason"] is None]
        found.append(guards.many_tests(len(tested), "none"))
    return [guard for guard in found if guard is not None]
