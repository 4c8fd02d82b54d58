"""When a cohort is computed: asked once for many changes, one run at a time, none forgotten."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import connection
from django.db.models import Max
from django.utils import timezone

from analytics.models import Question, Run
from analytics.plan import PlanError, load_plan
from analytics.recompute.provenance import code_version
from registry.models import Cohort

MAX_ATTEMPTS = 3
MESSAGE_LOST_AFTER = timedelta(seconds=60)
RETRY_AFTER = timedelta(hours=1)

# Every cohort's table hangs on these, whose changes carry no cohort; a row added to them is in no table yet.
SHARED_TABLES = ["registry_analyte", "registry_outcometype", "registry_site"]

# A transaction that was under way when the snapshot was taken is not visible in it, whenever it committed.
# One beyond the end of the present snapshot, and not this transaction itself, came with a backup of another
# server, which had counted further.
CHANGED_SINCE = """
SELECT EXISTS (
    SELECT FROM registry_auditentry entry
    WHERE (
        entry.cohort_id = %(cohort)s
        OR entry.cohort_id IS NULL AND entry.table_name = ANY(%(shared)s) AND entry.operation <> 'INSERT'
    )
        AND entry.xid >= pg_snapshot_xmin(%(snapshot)s::pg_snapshot)
        AND (
            entry.xid < pg_snapshot_xmax(pg_current_snapshot())
            OR entry.xid = pg_current_xact_id_if_assigned()
        )
        AND NOT pg_visible_in_snapshot(entry.xid, %(snapshot)s::pg_snapshot)
)
"""


def request_run(cohort: Cohort, trigger: Run.Trigger) -> tuple[Run, bool]:
    """The waiting run of a cohort, and whether this call made it."""
    return Run.objects.get_or_create(cohort=cohort, status=Run.Status.QUEUED, defaults={"trigger": trigger})


@contextmanager
def only_worker(cohort_id: int) -> Iterator[bool]:
    """Whether this session is the one that may compute the cohort; the lock goes when its holder dies."""
    key = f"calcis.run.{cohort_id}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [key])
        is_held = cursor.fetchone()[0]
    try:
        yield is_held
    finally:
        if is_held:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [key])


def is_stale(run: Run) -> bool:
    """Whether the record has changed since the run's table was read."""
    if run.dataset is None:
        return True
    with connection.cursor() as cursor:
        cursor.execute(
            CHANGED_SINCE,
            {"cohort": run.cohort_id, "shared": SHARED_TABLES, "snapshot": run.dataset.snapshot},
        )
        return bool(cursor.fetchone()[0])


def sweep() -> list[Run]:
    """The runs to be sent to a worker: those a dead one left, those whose message was lost, new ones."""
    for run in Run.objects.filter(status=Run.Status.RUNNING).select_related("cohort"):
        _take_back(run)
    for cohort in cohorts_with_questions():
        if _is_due(cohort):
            request_run(cohort, Run.Trigger.SWEEP)
    now = timezone.now()
    queued = Run.objects.filter(status=Run.Status.QUEUED)
    return [
        run
        for run in queued
        if run.attempts or run.trigger == Run.Trigger.SWEEP or run.requested_at < now - MESSAGE_LOST_AFTER
    ]


def cohorts_with_questions() -> list[Cohort]:
    """The cohorts that have a plan, or questions of their own."""
    asked = Question.objects.filter(is_current=True).values("cohort")
    return list(Cohort.objects.exclude(plan="") | Cohort.objects.filter(pk__in=asked))


def _take_back(run: Run) -> None:
    with only_worker(run.cohort_id) as is_held:
        if not is_held:
            return
        run.refresh_from_db()
        if run.status != Run.Status.RUNNING:
            return
        has_successor = Run.objects.filter(cohort=run.cohort, status=Run.Status.QUEUED).exists()
        if has_successor or run.attempts >= MAX_ATTEMPTS:
            bury(run)
        else:
            run.status = Run.Status.QUEUED
            run.save(update_fields=["status"])


def bury(run: Run) -> None:
    """Close a run whose worker died and which will not be tried again."""
    fail(run, {"code": "worker_died", "attempts": run.attempts})


def fail(run: Run, failure: dict[str, object]) -> None:
    """Close a run without answers, saying why."""
    run.status = Run.Status.FAILED
    run.failure = failure
    run.finished_at = timezone.now()
    run.save(update_fields=["status", "failure", "finished_at"])


def _is_due(cohort: Cohort) -> bool:
    last = Run.objects.filter(cohort=cohort).select_related("dataset").first()
    if last is None:
        return True
    is_long_ago = last.finished_at is not None and last.finished_at < timezone.now() - RETRY_AFTER
    if last.status == Run.Status.FAILED:
        return is_long_ago
    if last.status != Run.Status.DONE:
        return False
    # Other code may give other numbers. Not at once: while it is brought in, workers of both may be up.
    is_of_other_code = is_long_ago and last.code_version != code_version()
    return is_of_other_code or is_stale(last) or _has_newer_plan(cohort)


def _has_newer_plan(cohort: Cohort) -> bool:
    if not cohort.plan:
        return False
    adopted = Question.objects.filter(cohort=cohort, plan=cohort.plan).aggregate(Max("plan_version"))
    try:
        return load_plan(cohort.plan).version > (adopted["plan_version__max"] or 0)
    except PlanError:
        # The run will fail and say what is wrong with the plan.
        return True
