"""The ledger's constraints, each satisfied and violated, and what the database refuses to change."""

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from analytics.models import Dataset, Estimate, FrozenTable, Question, Result, Run
from registry.models import Cohort
from tests.registry.record import a_cohort

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort() -> Cohort:
    return a_cohort()


@pytest.fixture
def question(cohort: Cohort) -> Question:
    return ask(cohort)


@pytest.fixture
def dataset(cohort: Cohort) -> Dataset:
    table = FrozenTable.objects.create(sha256="0" * 64, content=b"table")
    return Dataset.objects.create(
        cohort=cohort,
        table=table,
        definition={},
        columns=["study_id"],
        n_rows=1,
        n_enrolled=1,
        exclusions=[],
        snapshot="1:1:",
        read_at=timezone.now(),
    )


def ask(cohort: Cohort, **fields: Any) -> Question:
    return Question.objects.create(
        **{
            "cohort": cohort,
            "slug": "groups",
            "kind": "comparison",
            "title": "Groups",
            "definition": {"slug": "groups"},
            **fields,
        }
    )


def start(cohort: Cohort) -> Run:
    return Run.objects.create(cohort=cohort, status="running")


def answer(run: Run, question: Question) -> Result:
    return Result.objects.create(run=run, question=question, status="done", computed_at=timezone.now())


def refused(constraint: str) -> Any:
    return pytest.raises(IntegrityError, match=constraint)


class TestConstraints:
    def test_a_version_of_a_question_is_there_once(self, cohort):
        ask(cohort, version=1, is_current=False)
        ask(cohort, version=2)
        with refused("question_version_once"):
            ask(cohort, version=2, is_current=False)

    def test_one_version_is_current(self, cohort):
        ask(cohort, version=1)
        ask(cohort, slug="other", version=1)
        with refused("question_one_current_version"):
            ask(cohort, version=2)

    @pytest.mark.parametrize("status", ["queued", "running"])
    def test_a_cohort_has_one_run_waiting_and_one_running(self, cohort, status):
        Run.objects.create(cohort=cohort, status=status)
        Run.objects.create(cohort=a_cohort("other"), status=status)
        with refused(f"run_one_{status}_in_cohort"):
            Run.objects.create(cohort=cohort, status=status)

    def test_a_finished_run_has_its_dataset(self, cohort, dataset):
        Run.objects.create(cohort=cohort, status="done", dataset=dataset, finished_at=timezone.now())
        with refused("run_done_has_dataset"):
            Run.objects.create(cohort=cohort, status="done", finished_at=timezone.now())

    def test_a_failed_run_says_why(self, cohort):
        Run.objects.create(cohort=cohort, status="failed", finished_at=timezone.now(), failure={"code": "x"})
        with refused("run_failed_says_why"):
            Run.objects.create(cohort=cohort, status="failed", finished_at=timezone.now())

    def test_a_question_is_answered_once_in_a_run(self, cohort, question):
        run = start(cohort)
        answer(run, question)
        answer(run, ask(cohort, slug="other"))
        with refused("result_once_in_run"):
            answer(run, question)

    def test_a_result_without_an_answer_says_why(self, cohort, question):
        with refused("result_without_answer_says_why"):
            Result.objects.create(
                run=start(cohort), question=question, status="not_estimable", computed_at=timezone.now()
            )

    def test_an_estimate_is_there_once_in_a_result(self, cohort, question):
        run = start(cohort)
        result = answer(run, question)
        fields = {"result": result, "run": run, "question": question, "term": "mg", "n": 9, "value": 0.9}
        Estimate.objects.create(**fields, quantity="auc", computed_at=timezone.now())
        Estimate.objects.create(**fields, quantity="odds_ratio", computed_at=timezone.now())
        with refused("estimate_once_in_result"):
            Estimate.objects.create(**fields, quantity="auc", computed_at=timezone.now())


class TestFinality:
    """As the application's role, and where it is the owner who tries: as he."""

    @pytest.fixture
    def finished(self, cohort: Cohort, question: Question, dataset: Dataset) -> Run:
        run = start(cohort)
        result = answer(run, question)
        Estimate.objects.create(
            result=result,
            run=run,
            question=question,
            term="mg",
            quantity="auc",
            value=0.9,
            n=9,
            computed_at=timezone.now(),
        )
        Run.objects.filter(pk=run.pk).update(status="done", dataset=dataset, finished_at=timezone.now())
        return run

    @pytest.mark.parametrize("model", [FrozenTable, Dataset, Result, Estimate, Run])
    @pytest.mark.parametrize("statement", ["UPDATE {table} SET {key} = {key}", "DELETE FROM {table}"])
    def test_what_is_written_stays(self, finished, model, statement):
        key = model._meta.pk.column
        text = statement.format(table=model._meta.db_table, key=key)
        with (
            pytest.raises(DatabaseError, match=r"is refused|permission denied"),
            connection.cursor() as cursor,
        ):
            cursor.execute(text)

    def test_a_finished_run_takes_no_more_answers(self, finished, cohort):
        with pytest.raises(DatabaseError, match="outside a running run"):
            answer(finished, ask(cohort, slug="late"))

    def test_a_waiting_run_takes_no_answers(self, cohort, question):
        with pytest.raises(DatabaseError, match="outside a running run"):
            answer(Run.objects.create(cohort=cohort), question)

    @pytest.mark.parametrize(
        "change", [{"definition": {"slug": "x"}}, {"title": "x"}, {"version": 7}, {"is_replication": True}]
    )
    def test_a_question_keeps_its_wording(self, question, change):
        with pytest.raises(DatabaseError, match="is refused"), transaction.atomic():
            Question.objects.filter(pk=question.pk).update(**change)

    def test_a_question_may_retire_but_not_vanish(self, question):
        Question.objects.filter(pk=question.pk).update(is_current=False)
        with pytest.raises(DatabaseError, match="is refused"):
            question.delete()

    def test_what_a_question_remembers_grows_and_never_turns(self, question):
        memory = Question.objects.filter(pk=question.pk)
        memory.update(memory={"directions": {"mg": "<"}})
        memory.update(memory={"directions": {"mg": "<", "p": ">"}})
        with pytest.raises(DatabaseError, match="is refused"):
            memory.update(memory={"directions": {"mg": ">", "p": ">"}})
