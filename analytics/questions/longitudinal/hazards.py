"""What a measurement says of the hazard, as it was at first, on average, at a landmark, or as it changes."""

from typing import Any

import numpy as np

from analytics.plan import Definition, Variables
from analytics.questions.answer import Reason, plain, why_not
from analytics.questions.columns import Columns, Floats
from analytics.questions.events import require_events
from analytics.questions.longitudinal.rows import Followed, Rows, rows_of
from analytics.statistics import NotEstimable
from analytics.statistics.errors import attempt
from analytics.statistics.normal import normal_interval
from analytics.statistics.survival.cox import CoxModel, cox
from analytics.statistics.survival.proportional_hazards import proportional_hazards_test


def hazard_ratios(
    definition: Definition, variables: Variables, columns: Columns, patients: Followed
) -> list[dict[str, Any]]:
    """One Cox model for each way to use the measurements that the plan names."""
    return [
        plain(_model(wanted, definition, variables, columns, patients))
        for wanted in definition.get("predictors", [])
    ]


def _model(
    wanted: dict[str, Any],
    definition: Definition,
    variables: Variables,
    columns: Columns,
    patients: Followed,
) -> dict[str, Any]:
    lab, covariates = definition["lab"], definition.get("covariates", [])
    rows = attempt(rows_of, wanted["name"], definition, columns, patients)
    head = {
        "name": wanted["name"],
        "title": wanted["title"],
        "outcome": definition["outcome"],
        "estimand": "cause_specific" if patients.has_competing else "hazard",
        "covariates": [lab, *covariates],
        "is_primary": wanted.get("is_primary", False),
        "is_replication": False,
    }
    if isinstance(rows, NotEstimable):
        counts = {"n": 0, "n_events": 0, "n_missing": 0, "starts": None, "measured_late": _late(rows)}
        return {**head, **counts, **_no_model(why_not(rows))}
    used = np.unique(rows.patient)
    head |= {
        "n": used.size,
        "n_events": int(rows.event.sum()),
        "n_missing": rows.n_wanted - used.size,
        "starts": rows.starts,
        "measured_late": _late(rows),
    }
    try:
        require_events(patients.occurred[used])
        names, design = _design(lab, covariates, columns, rows)
        model = _fit(rows, design, names)
    except NotEstimable as refusal:
        return {**head, **_no_model(why_not(refusal))}
    per = np.array([variables[name].get("per", 1) for name, _term in names], dtype=np.float64)
    return {
        **head,
        "terms": [
            {"term": term, "variable": name, **columns.measured(name, term, float(unit)), **told}
            for (name, term), unit, told in zip(names, per, _ratios(model, per), strict=True)
        ],
        "events_per_variable": model.n_events / model.coefficients.size,
        "proportional_hazards": _proportional_hazards(model, names),
        "reason": None,
    }


def _late(rows: Rows | NotEstimable) -> dict[str, Any]:
    """How many of the patients have their value from after the hazard began to count."""
    if isinstance(rows, NotEstimable):
        return {"n": 0, "count": 0, "proportion": None}
    used = np.unique(rows.patient)
    count = int(rows.is_late[used].sum())
    return {"n": used.size, "count": count, "proportion": count / used.size if used.size else None}


def _design(
    lab: str, covariates: list[str], columns: Columns, rows: Rows
) -> tuple[list[tuple[str, str]], Floats]:
    """Variable and term of each column, and the columns: the lab as it is used, covariates of time zero."""
    if not covariates:
        return [(lab, lab)], rows.value[:, None]
    used, place = np.unique(rows.patient, return_inverse=True)
    is_used = np.zeros(columns.n, dtype=bool)
    is_used[used] = True
    design = columns.design(covariates, is_used)
    owners = [design.variables[owner] for owner in design.assign[1:]]
    names = [(lab, lab), *zip(owners, design.terms[1:], strict=True)]
    return names, np.column_stack([rows.value, design.matrix[place, 1:]])


def _fit(rows: Rows, design: Floats, names: list[tuple[str, str]]) -> CoxModel:
    """Cox's model; a refusal names the variable and not the column."""
    try:
        return cox(rows.time, rows.event, design, entry=rows.entry)
    except NotEstimable as refusal:
        column = refusal.details.get("column")
        if not isinstance(column, int):
            raise
        raise NotEstimable(refusal.reason, variable=names[column][0]) from refusal


def _ratios(model: CoxModel, per: Floats) -> list[dict[str, Any]]:
    errors = model.standard_error
    low, high = normal_interval(model.coefficients, errors)
    return [
        {
            "coefficient": coefficient,
            "coefficient_ci": (low[k], high[k]),
            "standard_error": errors[k],
            **_hazard_ratio(coefficient, low[k], high[k]),
            "statistic": coefficient / errors[k],
            "p_value": model.p_value[k],
            "scaled": _hazard_ratio(*(value * per[k] for value in (coefficient, low[k], high[k]))),
        }
        for k, coefficient in enumerate(model.coefficients.tolist())
    ]


def _hazard_ratio(*logarithms: float) -> dict[str, float]:
    with np.errstate(over="ignore"):
        ratios = np.exp(np.array(logarithms)).tolist()
    return dict(zip(("hazard_ratio", "ci_low", "ci_high"), ratios, strict=True))


def _proportional_hazards(model: CoxModel, names: list[tuple[str, str]]) -> dict[str, Any]:
    """Schoenfeld's score test for each variable, and for all together."""
    variables = list(dict.fromkeys(name for name, _term in names))
    places = [[k for k, (name, _term) in enumerate(names) if name == variable] for variable in variables]
    found = attempt(proportional_hazards_test, model, terms=places)
    if isinstance(found, NotEstimable):
        return {"terms": [], "overall": None, "reason": why_not(found)}
    tested = zip(variables, found.terms, strict=True)
    return {
        "terms": [{"variable": variable, **vars(test)} for variable, test in tested],
        "overall": vars(found.overall),
        "reason": None,
    }


def _no_model(reason: Reason) -> dict[str, Any]:
    return {"terms": [], "events_per_variable": None, "proportional_hazards": None, "reason": reason}
