"""Freeze, ask, store: once for many changes, one run at a time, none forgotten, none lost."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from analytics import tasks
from analytics.models import Estimate, FrozenTable, Question, Result, Run
from analytics.questions import Answer
from analytics.recompute import is_stale, queue, request_run, running, sweep
from analytics.recompute.freezing import freeze, frozen_bytes, frozen_frame
from analytics.recompute.running import execute
from registry.models import Cohort, LabResult
from tests.registry.record import a_cohort, a_patient, drew

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cohort() -> Cohort:
    """Three patients with magnesium, of whom two questions are asked."""
    cohort = a_cohort()
    for number, mg in enumerate(("0.90", "1.10", "1.30")):
        drew(a_patient(cohort, f"ND-{number}"), 0, mg=mg)
    for position, slug in enumerate(("first", "second")):
        Question.objects.create(
            cohort=cohort,
            slug=slug,
            kind="comparison",
            title=slug,
            definition={"slug": slug, "kind": "comparison"},
            position=position,
        )
    return cohort


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Answers every question by the mean magnesium; the list keeps what was asked."""
    asked: list[str] = []

    def answer(definition: dict[str, Any], variables: dict, frame: pd.DataFrame, *, memory: dict) -> Answer:
        asked.append(definition["slug"])
        estimate = dict.fromkeys(("standard_error", "ci_low", "ci_high", "p_value", "n_events"))
        mean = float(frame["mg"].mean())
        return Answer(
            "done",
            {"mean": mean},
            estimates=[
                {**estimate, "term": "mg", "quantity": "mean", "value": mean, "n": len(frame)},
                {**estimate, "term": "none", "quantity": "mean", "value": None, "n": 0},
            ],
            memory={**memory, "seen": True},
        )

    monkeypatch.setattr(running, "answer", answer)
    return asked


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int | None]]:
    """The runs sent to a worker, with the delay asked for."""
    sent: list[tuple[int, int | None]] = []
    monkeypatch.setattr(
        tasks.recompute,
        "apply_async",
        lambda args, kwargs=None, countdown=None: sent.append((args[0], countdown)),
    )
    return sent


@pytest.fixture
def elsewhere() -> Iterator[BaseDatabaseWrapper]:
    """Another session of the database."""
    connection = connections.create_connection("default")
    yield connection
    connection.close()


def compute(cohort: Cohort) -> Run:
    run, _is_new = request_run(cohort, Run.Trigger.PERSON)
    execute(run.pk)
    run.refresh_from_db()
    return run


def replace_answer(monkeypatch: pytest.MonkeyPatch, given: Any) -> None:
    """Answer the first question so; the second as before."""
    usual = running.answer

    def answer(definition: dict[str, Any], *args: Any, **kwargs: Any) -> Answer:
        return given() if definition["slug"] == "first" else usual(definition, *args, **kwargs)

    monkeypatch.setattr(running, "answer", answer)


@contextmanager
def computing_elsewhere(connection: BaseDatabaseWrapper, cohort: Cohort) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [f"calcis.run.{cohort.pk}"])
        yield
        cursor.execute("SELECT pg_advisory_unlock_all()")


class TestFreezing:
    def test_the_same_record_gives_the_same_bytes_kept_once(self, cohort):
        first, second = freeze(cohort), freeze(cohort)
        assert first.sha256 == second.sha256
        assert FrozenTable.objects.count() == 1

    def test_a_changed_value_gives_another_table(self, cohort):
        before = freeze(cohort)
        LabResult.objects.filter(value="0.90").update(value="0.91")
        assert freeze(cohort).sha256 != before.sha256

    def test_what_comes_back_is_what_was_frozen(self):
        frame = pd.DataFrame(
            {
                "study_id": pd.Series(["a", "é"], dtype="str"),
                "status": pd.Series(["", None], dtype="str"),
                "mg": [0.1 + 0.2, np.nan],
                "n_mi": np.array([0, 2]),
                "enrolled_on": pd.to_datetime(["2024-02-29", None]).astype("datetime64[s]"),
            }
        )
        pd.testing.assert_frame_equal(frozen_frame(frozen_bytes(frame)), frame, check_exact=True)

    def test_bits_that_no_reader_sees_do_not_reach_the_hash(self):
        odd_nan = np.frombuffer(np.uint64(0x7FF8000000000123).tobytes())[0]
        one = pd.DataFrame({"mg": [np.nan, 0.0], "site": ["ND", "ND"]})
        other = pd.DataFrame(
            {"mg": [odd_nan, -0.0], "site": pd.Series(["x", "ND", "ND"], dtype="str")[1:].values}
        )
        assert frozen_bytes(one) == frozen_bytes(other)


class TestRun:
    def test_every_current_question_is_answered_from_one_table(self, cohort, asked):
        Question.objects.filter(slug="second").update(is_current=False)
        run = compute(cohort)
        assert (run.status, asked) == ("done", ["first"])
        assert run.results.get().payload == {"mean": pytest.approx(1.1)}
        assert (run.dataset.n_rows, run.dataset.n_enrolled) == (3, 3)
        assert "numpy" in run.library_versions
        assert run.code_version

    def test_a_number_that_could_not_be_estimated_leaves_no_estimate(self, cohort):
        run = compute(cohort)
        assert set(run.estimates.values_list("term", "n")) == {("mg", 3)}

    def test_the_same_table_questions_and_code_give_the_same_answers(self, cohort):
        first, second = compute(cohort), compute(cohort)
        assert first.dataset.sha256 == second.dataset.sha256
        assert (first.plan_sha256, first.seed) == (second.plan_sha256, second.seed)
        answers = [
            json.dumps([r.payload for r in run.results.order_by("question")]) for run in (first, second)
        ]
        assert answers[0] == answers[1]

    def test_a_failing_question_is_stored_as_failed_and_the_others_go_on(self, cohort, monkeypatch):
        def broken() -> Answer:
            raise ValueError("patient ND-0 has 0.90")

        replace_answer(monkeypatch, broken)
        run = compute(cohort)
        failed, done = run.results.order_by("question__position")
        assert (run.status, failed.status, done.status) == ("done", "failed", "done")
        assert failed.reason["error"] == "ValueError"
        assert failed.reason["at"].startswith("analytics/recompute/running.py:")
        assert "ND-0" not in json.dumps(failed.reason)

    @pytest.mark.parametrize("payload", [{"r": float("nan")}, {"r": float("inf")}, {"r": object()}])
    def test_what_is_not_json_is_not_stored(self, cohort, monkeypatch, payload):
        replace_answer(monkeypatch, lambda: Answer("done", payload))
        run = compute(cohort)
        assert list(run.results.order_by("question__position").values_list("status", flat=True)) == [
            "failed",
            "done",
        ]

    def test_half_stored_answers_leave_nothing_behind(self, cohort, monkeypatch):
        estimate = {"term": "mg", "quantity": "auc", "value": 0.9, "n": 1}
        replace_answer(monkeypatch, lambda: Answer("done", {}, estimates=[estimate, estimate]))
        run = compute(cohort)
        assert run.results.get(question__slug="first").status == "failed"
        assert not Estimate.objects.filter(question__slug="first").exists()

    def test_what_a_question_decided_is_kept_for_the_next_run(self, cohort):
        compute(cohort)
        assert Question.objects.get(slug="first").memory == {"seen": True}

    def test_each_further_state_of_the_data_is_counted_as_a_look(self, cohort):
        compute(cohort)
        assert compute(cohort).results.first().guards == []
        LabResult.objects.filter(value="0.90").update(value="0.91")
        [guard] = compute(cohort).results.first().guards
        assert (guard["code"], guard["found"]["looks"]) == ("G20", 2)

    def test_a_table_that_cannot_be_read_fails_the_run_with_its_reason(self, cohort, monkeypatch):
        def unreadable(cohort: Cohort) -> None:
            raise RuntimeError("no")

        monkeypatch.setattr(running, "freeze", unreadable)
        run = compute(cohort)
        assert (run.status, run.failure["code"], run.failure["error"]) == (
            "failed",
            "not_begun",
            "RuntimeError",
        )

    def test_a_plan_that_does_not_exist_fails_the_run_by_its_name(self, cohort):
        Cohort.objects.filter(pk=cohort.pk).update(plan="mdh")
        run = compute(cohort)
        assert (run.status, run.failure["code"]) == ("failed", "plan")
        assert "mdh" in run.failure["message"]


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

    def test_a_lost_message_is_sent_again(self, cohort, sent):
        run, _ = request_run(cohort, Run.Trigger.CHANGE)
        tasks.sweep()
        assert sent == []
        Run.objects.update(requested_at=timezone.now() - queue.MESSAGE_LOST_AFTER - timedelta(seconds=1))
        tasks.sweep()
        assert sent == [(run.pk, None)]

    def test_a_failed_run_is_tried_again_after_a_while(self, cohort):
        hour_ago = timezone.now() - queue.RETRY_FAILED_AFTER
        failed = {"cohort": cohort, "status": "failed", "failure": {"code": "x"}}
        Run.objects.create(**failed, finished_at=hour_ago + timedelta(minutes=1))
        assert sweep() == []
        Run.objects.create(**failed, finished_at=hour_ago - timedelta(minutes=1))
        assert len(sweep()) == 1

    def test_once_a_day_every_cohort_with_questions_is_computed(self, cohort, sent):
        a_cohort("silent")
        tasks.recompute_all()
        assert [run_id for run_id, _delay in sent] == [Run.objects.get(cohort=cohort, trigger="schedule").pk]


def die_at(patch: pytest.MonkeyPatch, slug: str) -> None:
    """Let the worker be torn away when it comes to this question."""
    usual = running.answer

    def answer(definition: dict[str, Any], *args: Any, **kwargs: Any) -> Answer:
        if definition["slug"] == slug:
            raise KeyboardInterrupt
        return usual(definition, *args, **kwargs)

    patch.setattr(running, "answer", answer)
