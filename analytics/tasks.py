"""The Celery door of recompute; it holds no logic."""

from celery import shared_task
from django.conf import settings

from analytics import recompute as computing
from analytics.models import Run
from analytics.recompute.running import execute
from registry.models import Cohort


@shared_task(name="analytics.cohort_changed")
def cohort_changed(cohort_id: int) -> None:
    """Ask for a run shortly after a change; the changes until then share it."""
    _request(cohort_id, Run.Trigger.CHANGE)


@shared_task(name="analytics.recompute_all")
def recompute_all() -> None:
    """Ask for a run of every cohort."""
    for cohort in computing.cohorts_with_questions():
        _request(cohort.pk, Run.Trigger.SCHEDULE)


@shared_task(name="analytics.recompute")
def recompute(run_id: int) -> None:
    """Carry out a run, and pass on the one that waits behind it."""
    waiting = execute(run_id)
    if waiting is not None:
        recompute.delay(waiting.pk)


@shared_task(name="analytics.sweep")
def sweep() -> None:
    """Send again what a dead worker left or a lost message forgot, and what changed unannounced."""
    for run in computing.sweep():
        recompute.delay(run.pk)


def _request(cohort_id: int, trigger: Run.Trigger) -> None:
    cohort = Cohort.objects.filter(pk=cohort_id).first()
    if cohort is None or cohort not in computing.cohorts_with_questions():
        return
    run, is_new = computing.request_run(cohort, trigger)
    if is_new:
        recompute.apply_async([run.pk], countdown=settings.RECOMPUTE_DELAY_SECONDS)
