"""How an estimate moved from run to run, and what had changed in between."""

from django.db.models import F, QuerySet, Window
from django.db.models.functions import Lag

from analytics.models import Estimate, Run

# What a number depends on, by the word for its change: the table, who belongs to it, the question, the code.
DEPENDS_ON = {
    "data": "run__dataset__table",
    "cohort": "run__dataset__definition",
    "question": "question__version",
    "code": "run__code_version",
    "libraries": "run__library_versions",
}


def over_time(estimates: QuerySet[Estimate]) -> QuerySet[Estimate]:
    """The estimates of finished runs, oldest first, each with what its run and the one before depended on."""
    one_number = [F("question__cohort"), F("question__slug"), F("term"), F("quantity")]
    before = {
        f"{word}_before": Window(Lag(path), partition_by=one_number, order_by="run_id")
        for word, path in DEPENDS_ON.items()
    }
    return (
        estimates.filter(run__status=Run.Status.DONE)
        .annotate(**{f"{word}_now": F(path) for word, path in DEPENDS_ON.items()}, **before)
        .select_related("run__dataset", "question__cohort")
        .order_by("term", "quantity", "run_id")
    )


def changes(estimate: Estimate) -> list[str]:
    """What was no longer as in the run before; nothing for the first."""
    now, before = (
        {word: getattr(estimate, f"{word}_{when}") for word in DEPENDS_ON} for when in ("now", "before")
    )
    is_first = before["question"] is None
    return [] if is_first else [word for word in DEPENDS_ON if now[word] != before[word]]
