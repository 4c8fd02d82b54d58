"""Each kind of question: choose patients and columns, call statistics, attach guards. Knows no database."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from analytics.plan import Definition, PlanError, Variables
from analytics.questions.answer import Answer
from analytics.questions.calibration import answer_calibration
from analytics.questions.columns import Columns
from analytics.questions.comparison import answer_comparison
from analytics.questions.correlation import answer_correlation
from analytics.questions.logistic import answer_logistic
from analytics.questions.missingness import answer_missingness
from analytics.questions.planning import answer_planning
from analytics.questions.roc import answer_roc
from analytics.questions.survival import answer_survival

__all__ = ["Answer", "answer"]

ANSWERED_BY: dict[str, Callable[[Definition, Variables, Columns, dict[str, Any]], Answer]] = {
    "calibration": answer_calibration,
    "comparison": answer_comparison,
    "correlation": answer_correlation,
    "logistic": answer_logistic,
    "missingness": answer_missingness,
    "planning": answer_planning,
    "roc": answer_roc,
    "survival": answer_survival,
}


def answer(
    definition: Definition, variables: Variables, frame: pd.DataFrame, *, memory: dict[str, Any] | None = None
) -> Answer:
    """Answer one question of a plan on the frozen table, one row per patient."""
    kind = definition["kind"]
    if kind not in ANSWERED_BY:
        raise PlanError(f"question {definition['slug']} is of an unknown kind, {kind!r}")
    columns = Columns.of(definition, variables, frame)
    if columns.n == 0:
        return Answer(
            "not_estimable", payload={"n": 0}, reason={"code": "no_patients"}, memory=dict(memory or {})
        )
    return ANSWERED_BY[kind](definition, variables, columns, dict(memory or {}))
