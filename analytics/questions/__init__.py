"""Each kind of question: choose patients and columns, call statistics, attach guards. Knows no database."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from analytics.guards.serial import repeated_rows
from analytics.plan import Definition, PlanError, Variables
from analytics.questions.agreement import answer_agreement
from analytics.questions.answer import Answer
from analytics.questions.calibration import answer_calibration
from analytics.questions.columns import Columns
from analytics.questions.comparison import answer_comparison
from analytics.questions.correlation import answer_correlation
from analytics.questions.logistic import answer_logistic
from analytics.questions.longitudinal import answer_longitudinal
from analytics.questions.looks import answer_looks
from analytics.questions.missingness import answer_missingness
from analytics.questions.planning import answer_planning
from analytics.questions.roc import answer_roc
from analytics.questions.sensitivity import answer_sensitivity
from analytics.questions.survival import answer_survival
from analytics.questions.validation import answer_validation

__all__ = ["Answer", "answer"]

ANSWERED_BY: dict[str, Callable[[Definition, Variables, Columns, dict[str, Any]], Answer]] = {
    "agreement": answer_agreement,
    "calibration": answer_calibration,
    "comparison": answer_comparison,
    "correlation": answer_correlation,
    "logistic": answer_logistic,
    "longitudinal": answer_longitudinal,
    "looks": answer_looks,
    "missingness": answer_missingness,
    "planning": answer_planning,
    "roc": answer_roc,
    "sensitivity": answer_sensitivity,
    "survival": answer_survival,
    "validation": answer_validation,
}


def answer(
    definition: Definition,
    variables: Variables,
    frame: pd.DataFrame,
    *,
    draws: pd.DataFrame | None = None,
    readings: pd.DataFrame | None = None,
    memory: dict[str, Any] | None = None,
) -> Answer:
    """Answer one question of a plan on the frozen tables.

    Parameters
    ----------
    definition, variables : dict
        The question, and the variables of its plan by code.
    frame : DataFrame
        One row per patient.
    draws, readings : DataFrame, optional
        One row per draw or reading, where the kind reads them: `analytics.plan.READS`.
    memory : dict, optional
        What the question decided at its first run.

    Returns
    -------
    Answer

    Raises
    ------
    PlanError
        The question cannot be asked as the plan has it.
    """
    kind, kept = definition["kind"], dict(memory or {})
    if kind not in ANSWERED_BY:
        raise PlanError(f"question {definition['slug']} is of an unknown kind, {kind!r}")
    columns = Columns.of(definition, variables, frame, draws=draws, readings=readings)
    if columns.n == 0:
        return Answer("not_estimable", payload={"n": 0}, reason={"code": "no_patients"}, memory=kept)
    if columns.n_repeated():
        return Answer(
            "not_estimable",
            payload={"n": columns.n},
            reason={"code": "repeated_rows"},
            guards=[repeated_rows(columns.n_repeated())],
            memory=kept,
        )
    return ANSWERED_BY[kind](definition, variables, columns, kept)
