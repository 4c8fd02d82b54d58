"""A question's payload as the tables one would print, words handed in."""

from collections.abc import Callable

from analytics.figures.figure import Table
from analytics.figures.words import Words
from analytics.tables.agreement import tabulate_agreement
from analytics.tables.calibration import tabulate_calibration
from analytics.tables.cells import Payload
from analytics.tables.comparison import tabulate_comparison
from analytics.tables.correlation import tabulate_correlation
from analytics.tables.logistic import tabulate_logistic
from analytics.tables.longitudinal import tabulate_longitudinal
from analytics.tables.looks import tabulate_looks
from analytics.tables.missingness import tabulate_missingness
from analytics.tables.planning import tabulate_planning
from analytics.tables.roc import tabulate_roc
from analytics.tables.sensitivity import tabulate_sensitivity
from analytics.tables.survival import tabulate_survival
from analytics.tables.validation import tabulate_validation

__all__ = ["tables"]

TABULATED_BY: dict[str, Callable[[Payload, Words], list[Table]]] = {
    "agreement": tabulate_agreement,
    "calibration": tabulate_calibration,
    "comparison": tabulate_comparison,
    "correlation": tabulate_correlation,
    "logistic": tabulate_logistic,
    "longitudinal": tabulate_longitudinal,
    "looks": tabulate_looks,
    "missingness": tabulate_missingness,
    "planning": tabulate_planning,
    "roc": tabulate_roc,
    "sensitivity": tabulate_sensitivity,
    "survival": tabulate_survival,
    "validation": tabulate_validation,
}


def tables(kind: str, payload: Payload, words: Words) -> list[Table]:
    """The tables of one result, the main one first."""
    return TABULATED_BY[kind](payload, words)
