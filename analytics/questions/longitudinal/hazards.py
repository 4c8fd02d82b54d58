"""What a measurement says of the hazard, as it was at first, on average, at a landmark, or as it changes."""

from typing import Any

import numpy as np

from analytics.plan import Definition
from analytics.questions.answer import Reason, plain, why_not
from analytics.questions.columns import Columns, Floats
from analytics.questions.events import require_events
from analytics.questions.hazards import Names, fitted, hazard_terms, names_of, proportionality
from analytics.questions.longitudinal.rows import Followed, Rows, rows_of
from analytics.statistics import NotEstimable
from analytics.statistics.errors import attempt
from analytics.statistics.survival.cox import cox


def hazard_ratios(definition: Definition, columns: Columns, patients: Followed) -> list[dict[str, Any]]:
    """One Cox model for each way to use the measurements that the plan names."""
    return [
        plain(_model(wanted, definition, columns, patients)) for wanted in definition.get("predictors", [])
    ]


def _model(
    wanted: dict[str, Any],
    definition: Definition,
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
        model = fitted(lambda: cox(rows.time, rows.event, design, entry=rows.entry), names)
    except NotEstimable as refusal:
        return {**head, **_no_model(why_not(refusal))}
    return {
        **head,
        "terms": hazard_terms(model, names, columns),
        "events_per_variable": model.n_events / model.coefficients.size,
        "proportional_hazards": proportionality(model, names),
        "reason": None,
    }


def _late(rows: Rows | NotEstimable) -> dict[str, Any]:
    """How many of the patients have their value from after the hazard began to count."""
    if isinstance(rows, NotEstimable):
        return {"n": 0, "count": 0, "proportion": None}
    used = np.unique(rows.patient)
    count = int(rows.is_late[used].sum())
    return {"n": used.size, "count": count, "proportion": count / used.size if used.size else None}


def _design(lab: str, covariates: list[str], columns: Columns, rows: Rows) -> tuple[Names, Floats]:
    """Variable and term of each column, and the columns: the lab as it is used, covariates of time zero."""
    if not covariates:
        return [(lab, lab)], rows.value[:, None]
    used, place = np.unique(rows.patient, return_inverse=True)
    is_used = np.zeros(columns.n, dtype=bool)
    is_used[used] = True
    design = columns.design(covariates, is_used)
    return [(lab, lab), *names_of(design)], np.column_stack([rows.value, design.matrix[place, 1:]])


def _no_model(reason: Reason) -> dict[str, Any]:
    return {"terms": [], "events_per_variable": None, "proportional_hazards": None, "reason": reason}
