"""Two at once: what an action has checked stays true until it is written."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from registry.actions.cohorts import change_cohort
from registry.actions.labs import correct_lab_result, remove_lab_draw
from registry.actions.patients import correct_patient, enrol_patient, locked
from registry.models import Cohort, Patient, Site
from tests.builders import a_cohort, a_draw, a_patient, a_site, enrolment

pytestmark = pytest.mark.django_db(transaction=True)


def meanwhile(first: Callable[[], Any], second: Callable[[], Any]) -> tuple[bool, Future[Any]]:
    """Whether the second, on a connection of its own, waited for the first; and what it came to."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        with transaction.atomic():
            first()
            acting = pool.submit(on_its_own_connection, second)
            has_waited = comes_to_wait(acting)
        acting.exception(timeout=30)
    return has_waited, acting


def on_its_own_connection(act: Callable[[], Any]) -> Any:
    try:
        return act()
    finally:
        connection.close()


def comes_to_wait(acting: Future[Any]) -> bool:
    """Whether it meets a lock before its end."""
    until = monotonic() + 30
    while not acting.done() and monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
            if cursor.fetchone() == (True,):
                return True
    return False


@pytest.fixture
def goes() -> Site:
    return a_site("GOES")


@pytest.fixture
def cohort(goes: Site) -> Cohort:
    return a_cohort(a_site("STAYS"), goes)


def take_out(cohort: Cohort, site: Site) -> None:
    change_cohort(
        by=None,
        door="command",
        cohort=cohort,
        sites=cohort.sites.exclude(pk=site.pk),
        reason="Left the study",
    )


def test_nobody_is_enrolled_at_a_site_that_is_being_taken_out(cohort: Cohort, goes: Site) -> None:
    asked = enrolment(cohort, site=goes)

    _waited, enrolling = meanwhile(lambda: take_out(cohort, goes), lambda: enrol_patient(by=None, **asked))

    with pytest.raises(ValidationError) as refusal:
        enrolling.result()
    assert list(refusal.value.message_dict) == ["site"]
    assert not Patient.objects.exists()


def test_nobody_is_moved_to_a_site_that_is_being_taken_out(cohort: Cohort, goes: Site) -> None:
    patient = a_patient(cohort, site=cohort.sites.get(code="STAYS"))

    _waited, correcting = meanwhile(
        lambda: take_out(cohort, goes),
        lambda: correct_patient(by=None, patient=patient, site=goes, reason="Moved house"),
    )

    with pytest.raises(ValidationError) as refusal:
        correcting.result()
    assert list(refusal.value.message_dict) == ["site"]


def test_two_are_enrolled_at_once(cohort: Cohort, goes: Site) -> None:
    asked = enrolment(cohort, site=goes)

    has_waited, _enrolled = meanwhile(
        lambda: enrol_patient(by=None, **asked), lambda: enrol_patient(by=None, **asked)
    )

    assert not has_waited
    assert Patient.objects.count() == 2


def test_a_draw_and_its_results_wait_for_their_patient() -> None:
    patient = a_patient()
    draw, removed = a_draw(patient, days=10), a_draw(patient, days=20)
    result = draw.results.get()
    for act in (
        lambda: correct_lab_result(by=None, result=result, value="1.1", unit="mmol/L", reason="Misread"),
        lambda: remove_lab_draw(by=None, draw=removed, reason="Another's"),
    ):
        has_waited, acting = meanwhile(lambda: locked(patient), act)
        acting.result()
        assert has_waited
