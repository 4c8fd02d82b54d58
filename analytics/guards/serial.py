"""Remarks on what was measured again and again: rows that repeat a patient, values from after time zero."""

from collections.abc import Sequence

from analytics.guards.remark import Entry, Guard, guard


def repeated_rows(n_repeated: int) -> Guard:
    """G26: a table of patients holds some of them more than once."""
    source = "Localio AR et al. Ann Intern Med 2001;135:112-123"
    return guard("G26", "warn", source, place="rows", count=n_repeated)


def measured_late(models: Sequence[Entry]) -> Guard | None:
    """G27: a hazard is counted from before its predictor was measured, so that only survivors have it."""
    late = [
        {"name": model["name"], "starts": model["starts"], **model["measured_late"]}
        for model in models
        if model["reason"] is None and model["measured_late"]["count"]
    ]
    if not late:
        return None
    return guard("G27", "warn", "Suissa S. Am J Epidemiol 2008;167:492-499", place="model", models=late)
