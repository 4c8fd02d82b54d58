"""A question of sensitivity, patients with values below detection, and its answer."""

from typing import Any

import pandas as pd

from analytics.figures import Words
from analytics.plan import load_plan
from analytics.questions import Answer, answer
from tests.analytics.tables import below_detection, mhd

PLAN = load_plan("mhd")
WORDS = Words(PLAN.variables)


def with_limits(limit: float = 1.2) -> pd.DataFrame:
    """Patients and controls with some hs-CRP below detection."""
    return below_detection(mhd(), limit)


def ask(frame: pd.DataFrame, **fields: Any) -> Answer:
    asked = PLAN.question("cvd-death-sensitivity") | {"imputations": 5} | fields
    return answer(asked, PLAN.variables, frame)


ANSWER = ask(with_limits())
COMPLETE, IMPUTED = ANSWER.payload["models"]


def terms(model: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {term["term"]: term for term in model["terms"]}


def treatments(given: Answer) -> dict[str, dict[str, Any]]:
    [row] = [row for row in given.payload["rows"] if row["variable"] == "hs_crp"]
    return {test["name"]: test for test in row["tests"] if not test["given"]}


def died(frame: pd.DataFrame) -> pd.Index:
    return frame.index[frame["terminal_status"] == "death_cv"]
