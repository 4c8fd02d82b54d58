"""A question of validation, its patients, and its answer."""

import json
from typing import Any

import pandas as pd

from analytics.figures import Words
from analytics.plan import load_plan
from analytics.questions import Answer, answer
from tests.analytics.enrolled import enrolled
from tests.analytics.tables import mhd

PLAN = load_plan("mhd")
WORDS = Words(PLAN.variables)
QUESTION: dict[str, Any] = {
    "slug": "validation",
    "kind": "validation",
    "title": "Validation",
    "population": {"group": ["mhd"]},
    "outcome": "cvd_death",
    "model": {"name": "frozen", "title": "Age, magnesium, phosphorus", "covariates": ["age", "mg", "p"]},
    "freeze_on": "2023-12-31",
    "follow_up": "time_to_cvd_death",
}
TABLE = enrolled(mhd(600).head(600))
OPEN = {key: value for key, value in QUESTION.items() if key != "freeze_on"}


def ask(
    frame: pd.DataFrame = TABLE, memory: dict[str, Any] | None = None, question: Any = QUESTION, **fields: Any
) -> Answer:
    """The question, with what was kept as the database gives it back."""
    return answer(question | fields, PLAN.variables, frame, memory=json.loads(json.dumps(memory or {})))


def until(day: str) -> pd.DataFrame:
    """The patients enrolled by a day."""
    return TABLE[TABLE["enrolled_on"] <= pd.Timestamp(day)]


def parts(given: Answer) -> tuple[dict[str, Any], dict[str, Any]]:
    development, later = given.payload["within"]
    return development, later


ANSWER = ask()
