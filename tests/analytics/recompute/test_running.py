"""One run: every question asked of one table, a failing one stored as failed."""

import json
from typing import Any

import pytest

from analytics.models import Estimate, Question
from analytics.questions import Answer
from analytics.recompute import running
from registry.models import Cohort, LabResult, Patient
from tests.analytics.recompute.steps import compute, replace_answer
from tests.registry.record import drew, was_seen

pytestmark = pytest.mark.django_db(transaction=True)


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

    def test_a_later_draw_is_a_look_of_the_questions_that_read_draws(self, cohort):
        definition = {"slug": "course", "kind": "longitudinal"}
        Question.objects.create(
            cohort=cohort, slug="course", kind="longitudinal", definition=definition, position=2
        )
        patient = Patient.objects.get(study_id="ND-0")
        was_seen(patient, 400)
        first = compute(cohort)
        drew(patient, 200, mg="1.00")
        second = compute(cohort)
        assert first.dataset.sha256 == second.dataset.sha256
        assert first.dataset.serial_sha256["draws"] != second.dataset.serial_sha256["draws"]
        guards = second.results.order_by("question__position").values_list("guards", flat=True)
        assert [len(remarks) for remarks in guards] == [0, 0, 1]

    def test_a_table_that_cannot_be_read_fails_the_run_with_its_reason(self, cohort, monkeypatch):
        def unreadable(cohort: Cohort, serial: set[str]) -> None:
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


class TestRecord:
    """What is said of the table and of the code behind a result."""

    @staticmethod
    def said(cohort: Cohort, **fields: Any) -> list[str]:
        """The remarks on one more question, asked with these parts."""
        definition = {"slug": "third", "kind": "comparison"} | fields
        kind, variables = definition["kind"], {"mg": {}, "t": {}}
        Question.objects.create(
            cohort=cohort,
            slug="third",
            kind=kind,
            title="third",
            definition=definition,
            variables=variables,
            position=2,
        )
        return [guard["code"] for guard in compute(cohort).results.get(question__slug="third").guards]

    @pytest.mark.parametrize(
        ("version", "fields", "codes"),
        [
            ("source 34cd", {"is_replication": True}, ["G21"]),
            ("commit 34cd", {"is_replication": True}, []),
            ("source 34cd", {}, []),
        ],
    )
    def test_a_published_number_is_computed_from_committed_code(
        self, cohort, monkeypatch, version, fields, codes
    ):
        monkeypatch.setattr(running, "code_version", lambda: version)
        assert self.said(cohort, **fields) == codes

    @pytest.mark.parametrize(("days", "codes"), [(30, ["G27"]), (0, [])])
    def test_baseline_values_from_after_time_zero(self, cohort, days, codes):
        Cohort.objects.filter(pk=cohort.pk).update(baseline_days_after=days)
        models = [{"name": "m", "outcome": "t", "covariates": ["mg"]}]
        assert self.said(cohort, kind="survival", outcomes=["t"], models=models) == codes
