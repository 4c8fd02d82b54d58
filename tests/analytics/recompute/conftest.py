"""Three patients of whom two questions are asked, a worker's stand-ins, and a second session.

Models are imported where they are used: pytest reads this file before Django is set up.
"""

from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper


@pytest.fixture
def cohort() -> Any:
    """Three patients with magnesium, of whom two questions are asked."""
    from analytics.models import Question
    from tests.registry.record import a_cohort, a_patient, drew

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
    from analytics.questions import Answer
    from analytics.recompute import running

    asked: list[str] = []

    def answer(
        definition: dict[str, Any],
        variables: dict,
        frame: pd.DataFrame,
        *,
        memory: dict,
        draws: pd.DataFrame | None = None,
    ) -> Answer:
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
    from analytics import tasks

    sent: list[tuple[int, int | None]] = []

    def apply_async(args: list[int], kwargs: dict | None = None, countdown: int | None = None) -> None:
        sent.append((args[0], countdown))

    monkeypatch.setattr(tasks.recompute, "apply_async", apply_async)
    return sent


@pytest.fixture
def elsewhere() -> Iterator[BaseDatabaseWrapper]:
    """Another session of the database."""
    connection = connections.create_connection("default")
    yield connection
    connection.close()
