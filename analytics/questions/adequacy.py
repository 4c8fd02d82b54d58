"""Whether a fitted model may be read as it stands: its covariates, its straight lines, single patients."""

from collections.abc import Collection
from typing import Any

from analytics import guards
from analytics.plan import Definition, Variables
from analytics.questions.answer import Reason, why_not
from analytics.questions.columns import Columns
from analytics.statistics import NotEstimable
from analytics.statistics.bends import linearity_test
from analytics.statistics.design import INTERCEPT, Design
from analytics.statistics.errors import attempt
from analytics.statistics.logistic import (
    LogisticFit,
    condition_number,
    fit,
    generalised_inflation,
    variance_inflation,
)
from analytics.statistics.logistic.dependencies import determined, entangled
from analytics.statistics.logistic.influence import leave_one_out
from analytics.statistics.survival.cox import CoxModel

REASONS: dict[str, Reason] = {
    "G4": {"code": "derived_beside_parents"},
    "G5": {"code": "nearly_collinear"},
}
"""What is said in place of a number that a guard blocks."""


def overlap(plain: Design, likelihood: LogisticFit) -> dict[str, Any]:
    """How far the covariates of a model determine one another, taken as straight lines without products.

    Parameters
    ----------
    plain : Design
        The covariates.
    likelihood : LogisticFit
        The model by maximum likelihood, of this design or of one with bends and products as well.
    """
    return {
        "vif": _variance_inflation(plain, likelihood),
        "condition_number": condition_number(plain),
        "entangled": _covariates(plain, entangled(plain)),
        "determined": _determined(plain),
    }


def overlap_in_hazard(design: Design, model: CoxModel) -> dict[str, Any]:
    """How far the covariates of a model of a hazard determine one another, by the model's covariance."""
    places = [(design.columns_of(variable) - 1).tolist() for variable in design.variables]
    inflation = model.variance_inflation(places) if len(places) > 1 else None
    return {
        "vif": None if inflation is None else dict(zip(design.variables, inflation.tolist(), strict=True)),
        "condition_number": condition_number(design),
        "entangled": _covariates(design, entangled(design)),
        "determined": _determined(design),
    }


def _determined(design: Design) -> list[dict[str, Any]]:
    """Each covariate that others of the design determine, and which."""
    return [
        {"variable": variable, "of": others}
        for term, parts in determined(design).items()
        for [variable], others in [(_covariates(design, [term]), _covariates(design, parts))]
    ]


def _covariates(design: Design, terms: Collection[str]) -> list[str]:
    """The covariates that terms of a design belong to."""
    owners = [design.assign[design.terms.index(term)] for term in terms]
    return [design.variables[owner] for owner in dict.fromkeys(owners)]


def blocked(model: dict[str, Any], variables: Variables) -> tuple[Reason | None, list[str]]:
    """Why estimates of a model are not to be relied on, and of which covariates; None if nothing blocks."""
    found = [guards.derived_beside_parents(model, variables), guards.collinear(model)]
    blocks = [guard for guard in found if guard is not None and guard["severity"] == "block"]
    if not blocks:
        return None, []
    covariates = {name: None for guard in blocks for name in guard["found"]["blocked"]}
    return REASONS[blocks[0]["code"]], list(covariates)


def require_unblocked(
    model: dict[str, Any], overlapping: dict[str, Any], variables: Variables, *, of: Collection[str] = ()
) -> None:
    """Refuse a model that a guard blocks, unless it replicates a publication.

    Parameters
    ----------
    model : dict
        With its ``name``, ``covariates`` and, where it is one, ``is_replication``.
    overlapping : dict
        How far its covariates determine one another: `overlap` or `overlap_in_hazard`.
    variables : dict
        Of the plan, by code.
    of : collection of str
        The covariates whose numbers are wanted; all where none is named.

    Raises
    ------
    NotEstimable
        With the code of the block's reason.
    """
    described = {"is_replication": False, **model, **overlapping}
    reason, covariates = blocked(described, variables)
    is_wanted = not of or not set(of).isdisjoint(covariates)
    if reason is not None and is_wanted and not described["is_replication"]:
        code: str = reason["code"]
        raise NotEstimable(code)


def marked(definition: Definition) -> list[Definition]:
    """The models of a question, each marked as a replication where the whole question is one."""
    if not definition.get("is_replication", False):
        return list(definition["models"])
    return [{**model, "is_replication": True} for model in definition["models"]]


def adequacy(model: LogisticFit, columns: Columns, straight: Collection[str]) -> dict[str, Any]:
    """What the payload says beside the terms of a model by maximum likelihood, of its straight lines."""
    return {
        "linearity": [
            _linearity(model, variable) for variable in straight if columns.scale(variable) == "continuous"
        ],
        "hanging": [variable for variable in _hanging(model) if variable in straight],
    }


def _variance_inflation(plain: Design, likelihood: LogisticFit) -> dict[str, float] | None:
    """By covariate, on the scale of a single column; None where it is undefined."""
    model = likelihood if likelihood.design is plain else attempt(fit, plain, likelihood.outcome)
    if isinstance(model, LogisticFit) and not model.separated:
        inflation = attempt(generalised_inflation, model)
        if not isinstance(inflation, NotEstimable):
            return {variable: found.scaled**2 for variable, found in inflation.items()}
    # Without finite estimates of all the columns themselves tell, those that do not follow from others; a
    # category of several levels has no single column.
    columns = attempt(variance_inflation, model.estimable if isinstance(model, LogisticFit) else plain)
    if isinstance(columns, NotEstimable):
        return None
    return {variable: columns[variable] for variable in plain.variables if variable in columns}


def _linearity(model: LogisticFit, variable: str) -> dict[str, Any]:
    """The test of a spline's bend against a measurement's straight line."""
    found = attempt(linearity_test, model, variable)
    if isinstance(found, NotEstimable):
        return {"variable": variable, "p_value": None, "reason": why_not(found)}
    return {"variable": variable, "p_value": found.p_value, "reason": None}


def _hanging(model: LogisticFit) -> list[str]:
    """The variables with a term whose P would be on the other side of 0.05 without some one patient."""
    design = model.estimable
    turned = leave_one_out(model).turned(model)
    owners = [owner for owner, is_turned in zip(design.owners, turned, strict=True) if is_turned]
    return [owner for owner in dict.fromkeys(owners) if owner != INTERCEPT]
