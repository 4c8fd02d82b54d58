"""Each kind of question: choose patients and columns, call statistics, attach guards. Knows no database."""

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from analytics.guards import Guard
from analytics.guards.serial import repeated_rows
from analytics.plan import Definition, PlanError, Variables
from analytics.questions.agreement import answer_agreement
from analytics.questions.answer import Answer, Reason, why_not
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
from analytics.statistics import NotEstimable

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
        What the question keeps from run to run: what it decided once, what it has looked at.

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
    tables = (table for table in (frame, draws, readings) if table is not None)
    if not all(table.columns.is_unique for table in tables):
        return _refused({"code": "repeated_columns"}, len(frame), kept)
    try:
        columns = Columns.of(definition, variables, frame, draws=draws, readings=readings)
        if columns.n == 0:
            return _refused({"code": "no_patients"}, 0, kept)
        if columns.n_repeated():
            remarks = [repeated_rows(columns.n_repeated())]
            return _refused({"code": "repeated_rows"}, columns.n, kept, guards=remarks)
        return ANSWERED_BY[kind](definition, variables, columns, dict(kept))
    except NotEstimable as refusal:
        return _refused(why_not(refusal), Columns.of(definition, variables, frame).n, kept)


def _refused(reason: Reason, n: int, kept: dict[str, Any], *, guards: Sequence[Guard] = ()) -> Answer:
    """Nothing but the reason; what was decided before stays decided."""
    return Answer("not_estimable", payload={"n": n}, reason=reason, guards=list(guards), memory=kept)
