"""A question of looks, asked of growing data run by run."""

import json
from typing import Any

from analytics.plan import load_plan
from analytics.questions import Answer, answer
from tests.analytics.tables import mhd

PLAN = load_plan("mhd")
PATIENTS = mhd(600).head(600).drop(columns="enrolled_on")
HAZARD: dict[str, Any] = {
    "name": "mg-hazard",
    "title": "Magnesium and cardiovascular death",
    "quantity": "log_hazard_ratio",
    "outcome": "time_to_cvd_death",
    "variable": "mg",
    "spending": "obrien_fleming",
    "information_at_end": 100,
    "locked_on": "2020-04-30",
}
AREA: dict[str, Any] = {
    "name": "mg-area",
    "quantity": "auc",
    "marker": "mg",
    "spending": "pocock",
    "information_at_end": 400,
    "locked_on": "2020-04-30",
}
QUESTION: dict[str, Any] = {
    "slug": "looks",
    "kind": "looks",
    "title": "Looks",
    "alpha": 0.05,
    "outcome": "cvd_death",
    "estimates": [
        {"name": "r", "quantity": "correlation", "x": "mg", "y": "aac24", "tuned_at": 200},
        {
            "name": "odds",
            "quantity": "log_odds_ratio",
            "variable": "mg",
            "covariates": ["age"],
            "tuned_at": 200,
        },
        {"name": "area", "quantity": "auc", "marker": "mg", "tuned_at": 200},
        {
            "name": "hazard",
            "quantity": "log_hazard_ratio",
            "outcome": "time_to_cvd_death",
            "variable": "mg",
            "tuned_at": 60,
        },
    ],
    "hypotheses": [HAZARD, AREA],
}


def ask(n: int = 300, memory: dict[str, Any] | None = None, **fields: Any) -> Answer:
    """The question asked of the first patients, with what was kept as the database gives it back."""
    kept = json.loads(json.dumps(memory or {}))
    return answer(QUESTION | fields, PLAN.variables, PATIENTS.head(n), memory=kept)


def run_through(*sizes: int, **fields: Any) -> Answer:
    """The last answer of several runs on growing data."""
    given = ask(sizes[0], **fields)
    for n in sizes[1:]:
        given = ask(n, given.memory, **fields)
    return given


def hypothesis(given: Answer, name: str = "mg-hazard") -> dict[str, Any]:
    [found] = [each for each in given.payload["hypotheses"] if each["name"] == name]
    return dict(found)
