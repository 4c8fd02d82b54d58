"""What the tests of recomputing do again and again."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper

from analytics.models import Run
from analytics.questions import Answer
from analytics.recompute import request_run, running
from analytics.recompute.running import execute
from registry.models import Cohort


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


def die_at(patch: pytest.MonkeyPatch, slug: str) -> None:
    """Let the worker be torn away when it comes to this question."""
    usual = running.answer

    def answer(definition: dict[str, Any], *args: Any, **kwargs: Any) -> Answer:
        if definition["slug"] == slug:
            raise KeyboardInterrupt
        return usual(definition, *args, **kwargs)

    patch.setattr(running, "answer", answer)


@contextmanager
def computing_elsewhere(connection: BaseDatabaseWrapper, cohort: Cohort) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [f"calcis.run.{cohort.pk}"])
        yield
        cursor.execute("SELECT pg_advisory_unlock_all()")
