"""Once for many changes, one run at a time, none forgotten, none lost."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from analytics import tasks
from analytics.models import Result, Run
from analytics.questions import Answer
from analytics.recompute import is_stale, queue, request_run, running, sweep
from analytics.recompute.running import execute
from tests.analytics.recompute.steps import compute, computing_elsewhere, die_at
from tests.registry.record import a_cohort, a_patient

pytestmark = pytest.mark.django_db(transaction=True)


class TestOneAtATime:
    def test_a_run_waits_while_its_cohort_is_computed_elsewhere(self, cohort, elsewhere):
        run, _ = request_run(cohort, Run.Trigger.CHANGE)
        with computing_elsewhere(elsewhere, cohort):
            assert execute(run.pk) is None
            run.refresh_from_db()
            assert run.status == "queued"
        execute(run.pk)
        run.refresh_from_db()
        assert run.status == "done"

    def test_another_cohort_does_not_wait(self, cohort, elsewhere):
        with computing_elsewhere(elsewhere, a_cohort("other")):
            assert compute(cohort).status == "done"

    def test_many_changes_ask_for_one_run_after_a_pause(self, cohort, sent, settings):
        for _ in range(3):
            tasks.cohort_changed(cohort.pk)
        assert sent == [(Run.objects.get().pk, settings.RECOMPUTE_DELAY_SECONDS)]

    def test_changes_during_a_run_lead_to_exactly_one_more(self, cohort, sent, monkeypatch):
        usual = running.answer

        def answer(*args: Any, **kwargs: Any) -> Answer:
            tasks.cohort_changed(cohort.pk)
            return usual(*args, **kwargs)

        monkeypatch.setattr(running, "answer", answer)
        tasks.cohort_changed(cohort.pk)
        tasks.recompute(Run.objects.get().pk)
        assert list(Run.objects.order_by("pk").values_list("status", flat=True)) == ["done", "queued"]
        assert sent[-1] == (Run.objects.get(status="queued").pk, None)
        monkeypatch.setattr(running, "answer", usual)
        tasks.recompute(Run.objects.get(status="queued").pk)
        assert list(Run.objects.values_list("status", flat=True)) == ["done", "done"]

    def test_a_cohort_of_which_nothing_is_asked_is_not_computed(self, sent):
        tasks.cohort_changed(a_cohort("silent").pk)
        tasks.cohort_changed(999_999)
        assert (sent, Run.objects.count()) == ([], 0)


class TestStale:
    def test_a_fresh_run_is_not_stale_and_a_change_makes_it_so(self, cohort):
        run = compute(cohort)
        assert not is_stale(run)
        a_patient(a_cohort("other"), "ND-1")
        assert not is_stale(run)
        a_patient(cohort, "ND-9")
        assert is_stale(run)

    def test_a_transaction_begun_before_the_run_and_committed_after_it_is_not_missed(self, cohort, elsewhere):
        elsewhere.set_autocommit(False)
        with elsewhere.cursor() as cursor:
            cursor.execute("UPDATE registry_labresult SET value = 0.95 WHERE value = 0.90")
        run = compute(cohort)
        elsewhere.commit()
        assert is_stale(run)
        assert [r.cohort_id for r in sweep()] == [cohort.pk]

    def test_a_trail_restored_from_another_server_does_not_make_every_run_stale(self, cohort, postgres):
        with postgres.connect("calcis") as owner:
            owner.execute(
                "INSERT INTO registry_auditentry"
                " (xid, table_name, row_id, operation, actor, door, reason, cohort_id)"
                " VALUES ('99999999', 'registry_patient', '1', 'INSERT', '', 'sql', '', %s)",
                [cohort.pk],
            )
        assert not is_stale(compute(cohort))

    def test_a_change_of_the_dictionary_concerns_every_cohort(self, cohort):
        run = compute(cohort)
        with connections["default"].cursor() as cursor:
            cursor.execute("UPDATE registry_analyte SET timing = 'post-dialysis' WHERE code = 'mg'")
        assert is_stale(run)


class TestSweep:
    def test_nothing_changed_nothing_to_do(self, cohort):
        compute(cohort)
        assert sweep() == []

    def test_a_change_nobody_announced_is_found(self, cohort):
        compute(cohort)
        a_patient(cohort, "ND-9")
        (run,) = sweep()
        assert (run.cohort, run.trigger) == (cohort, "sweep")

    def test_a_run_whose_worker_died_goes_on_where_it_stopped(self, cohort, asked, monkeypatch):
        run, _ = request_run(cohort, Run.Trigger.CHANGE)
        with monkeypatch.context() as patch:
            die_at(patch, "second")
            with pytest.raises(KeyboardInterrupt):
                execute(run.pk)
        read_before = Run.objects.get(pk=run.pk).dataset_id
        assert sweep() == [run]
        execute(run.pk)
        run.refresh_from_db()
        assert (run.status, run.attempts, run.dataset_id) == ("done", 2, read_before)
        assert asked == ["first", "second"]

    def test_a_run_that_is_alive_is_left_alone(self, cohort, elsewhere):
        run = Run.objects.create(cohort=cohort, status="running", started_at=timezone.now())
        with computing_elsewhere(elsewhere, cohort):
            assert sweep() == []
        run.refresh_from_db()
        assert run.status == "running"

    def test_a_run_that_kills_its_workers_is_given_up(self, cohort):
        run = Run.objects.create(cohort=cohort, status="running", attempts=queue.MAX_ATTEMPTS)
        assert sweep() == []
        run.refresh_from_db()
        assert (run.status, run.failure) == (
            "failed",
            {"code": "worker_died", "attempts": queue.MAX_ATTEMPTS},
        )

    def test_a_dead_run_gives_way_to_the_one_that_waits(self, cohort):
        dead = Run.objects.create(cohort=cohort, status="running", attempts=1)
        waiting, _ = request_run(cohort, Run.Trigger.CHANGE)
        execute(waiting.pk)
        dead.refresh_from_db()
        waiting.refresh_from_db()
        assert (dead.status, dead.failure["code"], waiting.status) == ("failed", "worker_died", "done")

    def test_a_run_begun_by_other_code_is_begun_anew(self, cohort, monkeypatch, asked):
        run, _ = request_run(cohort, Run.Trigger.CHANGE)
        with monkeypatch.context() as patch:
            die_at(patch, "second")
            with pytest.raises(KeyboardInterrupt):
                execute(run.pk)
        monkeypatch.setattr(running, "code_version", lambda: "another")
        waiting = execute(run.pk)
        run.refresh_from_db()
        assert (run.status, run.failure["code"]) == ("failed", "superseded")
        execute(waiting.pk)
        assert Result.objects.filter(run=waiting).count() == 2

    def test_other_code_is_asked_anew_after_a_while(self, cohort, monkeypatch):
        compute(cohort)
        monkeypatch.setattr(queue, "code_version", lambda: "another")
        assert sweep() == []
        monkeypatch.setattr(queue, "RETRY_AFTER", timedelta(0))
        (run,) = sweep()
        assert (run.cohort, run.trigger) == (cohort, "sweep")

    def test_a_lost_message_is_sent_again(self, cohort, sent):
        run, _ = request_run(cohort, Run.Trigger.CHANGE)
        tasks.sweep()
        assert sent == []
        Run.objects.update(requested_at=timezone.now() - queue.MESSAGE_LOST_AFTER - timedelta(seconds=1))
        tasks.sweep()
        assert sent == [(run.pk, None)]

    def test_a_failed_run_is_tried_again_after_a_while(self, cohort):
        hour_ago = timezone.now() - queue.RETRY_AFTER
        failed = {"cohort": cohort, "status": "failed", "failure": {"code": "x"}}
        Run.objects.create(**failed, finished_at=hour_ago + timedelta(minutes=1))
        assert sweep() == []
        Run.objects.create(**failed, finished_at=hour_ago - timedelta(minutes=1))
        assert len(sweep()) == 1

    def test_once_a_day_every_cohort_with_questions_is_computed(self, cohort, sent):
        a_cohort("silent")
        tasks.recompute_all()
        assert [run_id for run_id, _delay in sent] == [Run.objects.get(cohort=cohort, trigger="schedule").pk]
