"""Likelihood-ratio tests of several coefficients at once: a variable, a bend, everything, what was added."""

from collections.abc import Sequence
from typing import Any

from analytics.plan import Definition
from analytics.questions.answer import why_not
from analytics.questions.logistic.fitting import Fit, Specified
from analytics.statistics import NotEstimable
from analytics.statistics.design import Design
from analytics.statistics.errors import attempt
from analytics.statistics.firth import FirthFit
from analytics.statistics.logistic import LikelihoodRatio, joint_test
from analytics.statistics.logistic.inference import testable

Test = dict[str, Any]


def variable_tests(model: Fit) -> dict[str, Test | None]:
    """Each variable with all its terms against the model without it; None for a part of a product."""
    tests: dict[str, Test | None] = dict.fromkeys(model.design.variables)
    for variable in testable(model.design):
        owned = _owned(model, variable)
        found = attempt(_without, model, owned) if owned else NotEstimable("aliased")
        tests[variable] = None if isinstance(found, NotEstimable) else _as_data(found)
    return tests


def model_tests(model: Fit, specified: Specified, added: Sequence[str]) -> list[Test]:
    """Of all covariates, of each bend, and of the covariates added to another model of the question."""
    tests = [{"name": "all", "variables": list(model.design.variables), **_tested(model, model.terms[1:])}]
    for variable in specified.knots:
        bent = [term for term in _owned(model, variable) if term != variable]
        tests.append({"name": "nonlinear", "variables": [variable], **_tested(model, bent)})
    if added:
        terms = [term for variable in added for term in _owned(model, variable)]
        tests.append({"name": "added", "variables": list(added), **_tested(model, terms)})
    return tests


def added_variables(wanted: Definition, models: Sequence[Definition], design: Design) -> list[str]:
    """The variables and products that a model has beyond the one that the plan adds them to."""
    if "added_to" not in wanted:
        return []
    [smaller] = [model for model in models if model["name"] == wanted["added_to"]]
    held = {*smaller["covariates"], *(":".join(pair) for pair in smaller.get("interactions", ()))}
    return [variable for variable in design.variables if variable not in held]


def _tested(model: Fit, terms: Sequence[str]) -> Test:
    found = attempt(_without, model, terms)
    if isinstance(found, NotEstimable):
        return {"statistic": None, "df": None, "p_value": None, "reason": why_not(found)}
    return {**_as_data(found), "reason": None}


def _without(model: Fit, terms: Sequence[str]) -> LikelihoodRatio:
    """The model against the one without some of its terms, on the same patients."""
    if isinstance(model, FirthFit):
        return model.likelihood_ratio_test(terms[0]) if len(terms) == 1 else model.joint_test(terms)
    return joint_test(model, terms)


def _owned(model: Fit, variable: str) -> list[str]:
    return [model.terms[int(k)] for k in model.estimable.columns_of(variable)]


def _as_data(found: LikelihoodRatio) -> Test:
    return {"statistic": found.statistic, "df": found.df, "p_value": found.p_value}
