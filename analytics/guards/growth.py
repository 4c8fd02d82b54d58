"""Remarks on the size of a study and on looking at it while it grows."""

from collections.abc import Sequence

from analytics.guards.remark import Entry, Guard, guard


def too_few_for_model(models: Sequence[Entry]) -> Guard | None:
    """G6: fewer patients than Riley's criteria ask for."""
    short = {
        model["name"]: {
            "n": model["n"],
            "needed": model["patients_needed"],
            "events_needed": model["events_needed"],
            "shrinkage": model["shrinkage"],
        }
        for model in models
        if model["reason"] is None and model["n"] < model["patients_needed"]
    }
    if not short:
        return None
    return guard("G6", "warn", "Riley RD et al. BMJ 2020;368:m441", place="size", models=short)
