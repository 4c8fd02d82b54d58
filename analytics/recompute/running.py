"""Carries out one run: freeze, ask, store. A question that fails is stored as failed; the others go on."""

import json
import logging
import traceback
from pathlib import Path

import pandas as pd
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from threadpoolctl import threadpool_limits

from analytics.actions import adopt_plan
from analytics.guards import Guard, repeated_looks
from analytics.models import Dataset, Estimate, Question, Result, Run
from analytics.plan import PlanError, followed_questions, tables_read
from analytics.questions import Answer, answer
from analytics.recompute.freezing import freeze, frozen_frame, serial_frames
from analytics.recompute.provenance import ROOT, code_version, library_versions, plan_sha256, seed_of
from analytics.recompute.queue import MAX_ATTEMPTS, bury, fail, only_worker, request_run
from analytics.recompute.releasing import released_up_to
from analytics.recompute.remarks import remarks_on_record

logger = logging.getLogger(__name__)


def execute(run_id: int) -> Run | None:
    """Carry out a waiting run, unless its cohort is being computed; the run that waits behind it, if any."""
    run = Run.objects.select_related("cohort").get(pk=run_id)
    with only_worker(run.cohort_id) as is_held:
        if not is_held:
            return None
        if _claim(run):
            _carry_out(run)
    return Run.objects.filter(cohort=run.cohort, status=Run.Status.QUEUED).first()


def _claim(run: Run) -> bool:
    # Nobody else holds the lock, so whatever is still marked as running lost its worker.
    for dead in Run.objects.filter(cohort=run.cohort, status=Run.Status.RUNNING).exclude(pk=run.pk):
        bury(dead)
    run.refresh_from_db()
    if run.status not in (Run.Status.QUEUED, Run.Status.RUNNING):
        return False
    if run.attempts >= MAX_ATTEMPTS:
        bury(run)
        return False
    run.status = Run.Status.RUNNING
    run.started_at = run.heartbeat_at = timezone.now()
    run.attempts += 1
    run.save(update_fields=["status", "started_at", "heartbeat_at", "attempts"])
    return True


def _carry_out(run: Run) -> None:
    try:
        adopt_plan(run.cohort)
        questions = list(Question.objects.filter(cohort=run.cohort, is_current=True))
        if not _is_same_work(run, questions):
            fail(run, {"code": "superseded"})
            request_run(run.cohort, Run.Trigger(run.trigger))
            return
        if run.dataset is None:
            run.dataset = freeze(run.cohort, tables_read(question.definition for question in questions))
            run.save(update_fields=["dataset"])
        frame, serial = frozen_frame(run.dataset.table.content), serial_frames(run.dataset)
        run.released_up_to = released_up_to(run)
    except PlanError as error:
        fail(run, {"code": "plan", "message": str(error)})
    except Exception as error:  # noqa: BLE001 - whatever it is, the ledger says that the run failed, and where
        logger.error("run %s could not begin: %s", run.pk, _where(error))
        fail(run, {"code": "not_begun", **_where(error)})
    else:
        _ask_all(run, questions, frame, serial)
        run.status = Run.Status.DONE
        run.finished_at = timezone.now()
        run.save(update_fields=["status", "finished_at", "released_up_to"])


def _is_same_work(run: Run, questions: list[Question]) -> bool:
    """Whether a run taken up again would still answer the same questions with the same code."""
    work = {
        "plan_sha256": plan_sha256(questions),
        "code_version": code_version(),
        "library_versions": library_versions(),
        "seed": seed_of(run.cohort),
    }
    if run.plan_sha256:
        return all(getattr(run, name) == value for name, value in work.items())
    for name, value in work.items():
        setattr(run, name, value)
    run.save(update_fields=list(work))
    return True


def _ask_all(
    run: Run, questions: list[Question], frame: pd.DataFrame, serial: dict[str, pd.DataFrame]
) -> None:
    answered = set(run.results.values_list("question_id", flat=True))
    followed_in = _followed_in(questions)
    # One thread: sums in another order would differ in their last bits from run to run.
    with threadpool_limits(limits=1):
        for question in questions:
            if question.pk not in answered:
                Run.objects.filter(pk=run.pk).update(heartbeat_at=timezone.now())
                _ask(run, question, followed_in.get(question.slug), frame, serial)


def _ask(
    run: Run,
    question: Question,
    followed_in: str | None,
    frame: pd.DataFrame,
    serial: dict[str, pd.DataFrame],
) -> None:
    try:
        read = {name: serial[name] for name in tables_read([question.definition])}
        given = answer(question.definition, question.variables, frame, memory=question.memory, **read)
        json.dumps([given.reason, given.payload, given.guards, given.memory], allow_nan=False)
        with transaction.atomic():
            _store(run, question, followed_in, given)
    except Exception as error:  # noqa: BLE001 - one failing question must not stop the others
        reason = {"code": "failed", **_where(error)}
        logger.error("question %s of run %s failed: %s", question.slug, run.pk, reason)
        Result.objects.create(
            run=run, question=question, status=Result.Status.FAILED, reason=reason, computed_at=timezone.now()
        )


def _store(run: Run, question: Question, followed_in: str | None, given: Answer) -> None:
    result = Result.objects.create(
        run=run,
        question=question,
        status=given.status,
        reason=given.reason,
        payload=given.payload,
        guards=[
            *given.guards,
            *_remarks_on_history(run, question, followed_in),
            *remarks_on_record(run, question),
        ],
        computed_at=timezone.now(),
    )
    Estimate.objects.bulk_create(
        Estimate(result=result, run=run, question=question, computed_at=result.computed_at, **estimate)
        for estimate in given.estimates
        if estimate["value"] is not None
    )
    if given.memory and given.memory != question.memory:
        question.memory = given.memory
        question.save(update_fields=["memory"])


def _remarks_on_history(run: Run, question: Question, followed_in: str | None) -> list[Guard]:
    """What there is to say of having been asked before; each state of the data is one look, this one too."""
    if question.kind == "looks":
        # What it tells holds at every look.
        return []
    answered = Result.objects.filter(
        question__cohort=run.cohort, question__slug=question.slug, status=Result.Status.DONE
    )
    seen = Dataset.objects.filter(Q(runs__results__in=answered) | Q(pk=run.dataset_id))
    tables = ["table", *(f"{name}_table" for name in tables_read([question.definition]))]
    found = repeated_looks(seen.values(*tables).distinct().count(), question=followed_in)
    return [] if found is None else [found]


def _followed_in(questions: list[Question]) -> dict[str, str]:
    """For each question the one whose intervals hold for its numbers however often it is asked."""
    looks = [question for question in questions if question.kind == "looks"]
    return {slug: each.slug for each in reversed(looks) for slug in followed_questions(each.definition)}


def _where(error: Exception) -> dict[str, str]:
    """The kind of an error and the line it came from; its message is left out, it may quote a patient."""
    lines = [
        f"{path.relative_to(ROOT)}:{line.lineno}"
        for line in traceback.extract_tb(error.__traceback__)
        if any(
            (path := Path(line.filename)).is_relative_to(ROOT / room) for room in ("analytics", "registry")
        )
    ]
    return {"error": type(error).__name__, "at": lines[-1]}
