"""What is computed and by which convention, as data: the Methods section that a plan implies."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from analytics.methods import association, growth, markers, practice, prediction, serial, survival
from analytics.methods.record import are_on_dialysis, of_patients, of_variables
from analytics.methods.statement import Section, Statement
from analytics.plan import Definition, Variables, named_variables

__all__ = ["Section", "Statement", "methods"]

DESCRIBED_BY: dict[str, Callable[[Sequence[Definition], Variables], Iterable[Statement]]] = {
    "agreement": serial.of_agreement,
    "calibration": prediction.of_calibration,
    "comparison": association.of_comparison,
    "correlation": association.of_correlation,
    "logistic": prediction.of_logistic,
    "longitudinal": serial.of_longitudinal,
    "looks": growth.of_looks,
    "missingness": practice.of_missingness,
    "planning": growth.of_planning,
    "roc": markers.of_roc,
    "sensitivity": practice.of_sensitivity,
    "survival": survival.of_survival,
    "validation": growth.of_validation,
}


def methods(
    cohort: Mapping[str, Any], questions: Sequence[Definition], variables: Variables
) -> tuple[Section, ...]:
    """The Methods section of a cohort's questions.

    Parameters
    ----------
    cohort : mapping
        The cohort's definition as its last table was read by: ``index_date``, ``baseline_days_before`` …;
        and ``data``, what its plan says of the data's source.
    questions : sequence of dict
        Question definitions in reading order.
    variables : dict
        The plan's variables by code.

    Returns
    -------
    tuple of Section
        The patients, their variables, one section for each kind of question asked, what holds for all.
    """
    by_kind: dict[str, list[Definition]] = {}
    for question in questions:
        by_kind.setdefault(question["kind"], []).append(question)
    asked = {name for question in questions for name in named_variables(question)}
    used = {code: variable for code, variable in variables.items() if code in asked}
    on_dialysis = are_on_dialysis(variables)
    return (
        Section("patients", tuple(of_patients(cohort, used, on_dialysis=on_dialysis))),
        Section("variables", tuple(of_variables(used, on_dialysis=on_dialysis))),
        *(
            Section(kind, tuple(DESCRIBED_BY[kind](alike, variables)), tuple(each["slug"] for each in alike))
            for kind, alike in by_kind.items()
        ),
        Section("all", (Statement("missing"), Statement("looks"), Statement("p_values"))),
    )
