"""Remarks on how far a result hangs on what was done about missing and undetected values."""

from collections.abc import Sequence

from analytics.guards.remark import Entry, Guard, guard
from analytics.guards.terms import DECISIVE

MOVED = 0.5
"""Standard errors by which imputing may move a coefficient before it is said."""


def moved_by_imputing(imputed: Entry) -> Guard | None:
    """G22: with missing values imputed, a coefficient lies elsewhere than in complete patients."""
    moved = {
        term["variable"]: term["shift"]
        for term in imputed["terms"]
        if term["shift"] is not None and abs(term["shift"]) > MOVED
    }
    if not moved:
        return None
    source = "White IR, Carlin JB. Stat Med 2010;29:2920-2931"
    return guard("G22", "warn", source, place="moved", share=MOVED, moved=moved)


def hangs_on_the_limit(rows: Sequence[Entry]) -> Guard | None:
    """G22: whether two groups differ hangs on what is done with values below detection."""
    turned = {}
    for row in rows:
        # With covariates held equal another question is answered.
        alike = [test["p_value"] for test in row["tests"] if not test["given"]]
        found = [p_value for p_value in alike if p_value is not None]
        if found and min(found) < DECISIVE <= max(found):
            turned[row["variable"]] = {"lowest": min(found), "highest": max(found)}
    if not turned:
        return None
    source = "Hornung RW, Reed LD. Appl Occup Environ Hyg 1990;5:46-51"
    return guard("G22", "warn", source, place="limit", turned=turned)
