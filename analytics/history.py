"""How an estimate moved from run to run, and what had changed in between."""

from django.db.models import Case, CharField, F, QuerySet, Value, When, Window
from django.db.models.expressions import Combinable
from django.db.models.functions import Concat, Lag

from analytics.models import Estimate, Run
from analytics.plan import READS

# The hashes of the tables that a number was computed from.
TABLES: Combinable = Concat(
    F("run__dataset__table_id"),
    *(
        Case(When(question__kind=kind, then=F(f"run__dataset__{name}_table_id")), default=Value(""))
        for kind, name in READS.items()
    ),
    output_field=CharField(),
)
# What a number depends on, by the word for its change: the tables, who is in them, the question, the code.
DEPENDS_ON: dict[str, Combinable] = {
    "data": TABLES,
    "cohort": F("run__dataset__definition"),
    "question": F("question__version"),
    "code": F("run__code_version"),
    "libraries": F("run__library_versions"),
}


def over_time(estimates: QuerySet[Estimate]) -> QuerySet[Estimate]:
    """The estimates of finished runs, oldest first, each with what its run and the one before depended on."""
    one_number = [F("question__cohort"), F("question__slug"), F("term"), F("quantity")]
    before = {
        f"{word}_before": Window(Lag(part), partition_by=one_number, order_by="run_id")
        for word, part in DEPENDS_ON.items()
    }
    return (
        estimates.filter(run__status=Run.Status.DONE)
        .annotate(**{f"{word}_now": part for word, part in DEPENDS_ON.items()}, **before)
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
