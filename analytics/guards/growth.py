"""Remarks on the size of a study and on looking at it while it grows."""

from collections.abc import Sequence

from analytics.guards.remark import Entry, Guard, guard

FOLLOWED_ALIKE = 0.9
"""Share of the median follow-up from which on two sets of patients were followed alike."""


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


def unequal_follow_up(development: Entry, later: Entry) -> Guard | None:
    """G1: patients enrolled later had less time to have the outcome than those a model was developed on."""
    before, since = development["median_follow_up"], later["median_follow_up"]
    if before is None or since is None or since >= FOLLOWED_ALIKE * before:
        return None
    source = "Noordzij M et al. Nephrol Dial Transplant 2013;28:2670-2677"
    return guard("G1", "warn", source, place="validation", development=before, later=since)
