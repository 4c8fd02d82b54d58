"""One change: its transaction, and the announcement after it."""

from typing import Any

import pytest
from django.db import transaction
from kombu.exceptions import OperationalError

from registry.actions import change as change_module
from registry.actions.change import change
from registry.models import Contact, Site
from tests.builders import a_contact, a_patient, a_site


@pytest.fixture
def announced(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[int]]]:
    """What the workers were told."""
    sent: list[tuple[str, list[int]]] = []
    monkeypatch.setattr(
        change_module.current_app, "send_task", lambda name, args, **options: sent.append((name, args))
    )
    return sent


@pytest.mark.django_db
def test_a_committed_change_is_announced(
    announced: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    patient = a_patient()
    with django_capture_on_commit_callbacks(execute=True):
        a_contact(patient)

    assert announced == [("analytics.cohort_changed", [patient.cohort_id])]


@pytest.mark.django_db
def test_a_change_rolled_back_is_neither_kept_nor_announced(
    announced: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    patient = a_patient()
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        a_contact(patient)
        transaction.set_rollback(True)

    assert announced == []
    assert not Contact.objects.exists()


@pytest.mark.django_db
def test_a_broker_that_is_down_is_no_error(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, django_capture_on_commit_callbacks: Any
) -> None:
    def refuse(*args: Any, **options: Any) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(change_module.current_app, "send_task", refuse)
    patient = a_patient()
    with django_capture_on_commit_callbacks(execute=True):
        a_contact(patient)

    assert Contact.objects.count() == 1
    assert "waits for the sweep" in caplog.text


@pytest.mark.django_db
def test_a_failure_in_the_middle_leaves_nothing() -> None:
    with pytest.raises(RuntimeError), change(by=None, door="command"):
        _add_a_site_and_fail()

    assert not Site.objects.exists()


def _add_a_site_and_fail() -> None:
    a_site()
    raise RuntimeError("cable pulled")


@pytest.mark.django_db
def test_a_door_has_a_name() -> None:
    with pytest.raises(ValueError, match="'window' is not one of the doors"):
        change(by=None, door="window").__enter__()
