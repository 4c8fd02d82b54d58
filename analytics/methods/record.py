"""What the record and the plan say of the patients and their variables."""

from collections.abc import Iterable, Mapping
from typing import Any

from analytics.methods.statement import Statement
from analytics.plan import Variables

# Kidneys are given or recover, and the way of dialysis changes, among patients on dialysis only.
ENDS_OF_DIALYSIS = ("transplant", "recovery", "switch_pd")


def are_on_dialysis(variables: Variables) -> bool:
    """Whether anybody is: the plan's design sets groups apart, or it knows a time on dialysis."""
    return "vintage_months" in variables or any(variable.get("is_design") for variable in variables.values())


def of_patients(cohort: Mapping[str, Any], used: Variables, *, on_dialysis: bool) -> Iterable[Statement]:
    if cohort.get("data"):
        yield Statement("data", {"text": cohort["data"]})
    if cohort.get("is_simulated"):
        yield Statement("simulated")
    yield Statement("consent", {"basis": cohort.get("consent_basis")})
    groups = [code for code, variable in used.items() if variable.get("is_design")]
    if groups:
        yield Statement("groups", {"variable": groups[0], "levels": _levels(used[groups[0]])})
    yield Statement("index_date", {"index_date": cohort.get("index_date")})
    yield Statement(
        "baseline",
        {
            "before": cohort.get("baseline_days_before"),
            "after": cohort.get("baseline_days_after"),
            "on_dialysis": on_dialysis,
        },
    )
    yield Statement(
        "follow_up",
        {
            "time_scale": cohort.get("time_scale"),
            "lock": cohort.get("data_lock_on"),
            "months": cohort.get("follow_up_months"),
        },
    )


def of_variables(used: Variables, *, on_dialysis: bool) -> Iterable[Statement]:
    derived = {
        code: variable["derived_from"] for code, variable in used.items() if "derived_from" in variable
    }
    if derived:
        yield Statement("derived", {"derived": derived})
    for code, variable in used.items():
        if "at_least" in variable:
            yield Statement(
                "at_least", {"variable": code, "from": variable["from"], "least": variable["at_least"]}
            )
        elif "cuts" in variable:
            yield Statement(
                "classes", {"variable": code, "from": variable["from"], "levels": _levels(variable)}
            )
        elif variable.get("from") == "terminal_status":
            parts = {
                "event": variable.get("in") or variable.get("event", []),
                "unknown": variable.get("unknown", []),
                "competing": variable.get("competing", []),
                "censored": variable.get("censored", []),
            }
            if not on_dialysis:
                parts = {
                    part: [code for code in codes if code not in ENDS_OF_DIALYSIS]
                    for part, codes in parts.items()
                }
            yield Statement("outcome", {"variable": code, "is_timed": "time" in variable, **parts})
    yield Statement("limits_of_detection")


def _levels(variable: Mapping[str, Any]) -> list[str]:
    return [level["code"] for level in variable["levels"]]
