"""Readings, outcomes and contacts: what is kept, what is refused."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from registry.actions.calcification import correct_calcification, record_calcification
from registry.actions.contacts import correct_contact, record_contact
from registry.actions.outcomes import correct_outcome, record_outcome, remove_outcome
from registry.models import AuditEntry, CalcificationReading, Contact, OutcomeEvent, Patient
from registry.models.calcification import SEGMENTS
from tests.builders import (
    DAY,
    ENROLLED,
    a_contact,
    a_coordinator,
    a_draw,
    a_patient,
    a_reading,
    a_relative_cohort,
    a_site,
    an_outcome,
    graded,
)
from tests.refusals import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient() -> Patient:
    return a_patient()


def test_a_reading_is_summed_from_its_segments(patient: Patient) -> None:
    record_calcification(
        by=a_coordinator(patient.site),
        patient=patient,
        segments=graded(1, 2, 3, 0, 3, 3, 3, 3),
        modality="radiograph",
        reader="A",
        occurred_on=ENROLLED,
    )

    reading = CalcificationReading.objects.get()
    assert (reading.aac24, reading.total_reported, reading.reader) == (18, None, "A")


def test_an_unreadable_segment_leaves_the_total_unknown(patient: Patient) -> None:
    reading = a_reading(patient, segments=graded(None, 3), unreadable=["l1_anterior"])

    assert (reading.segment_sum, reading.aac24) == (None, None)


def test_a_published_total_needs_no_segments(patient: Patient) -> None:
    assert a_reading(patient, segments={}, total_reported=7).aac24 == 7


def test_an_import_keeps_both_totals_and_analyses_the_reported_one(patient: Patient) -> None:
    reading = a_reading(patient, segments=graded(1, 2), total_reported=5)

    assert (reading.segment_sum, reading.aac24) == (3, 5)


@pytest.mark.parametrize(
    ("fields", "codes", "naming"),
    [
        ({"segments": graded(4)}, {"l1_anterior": "range"}, "“4”"),
        ({"segments": graded(-1)}, {"l1_anterior": "range"}, "“-1”"),
        ({"segments": graded("2")}, {"l1_anterior": "range"}, "“2”"),
        ({"segments": graded(True)}, {"l1_anterior": "range"}, "“True”"),
        ({"segments": graded(None)}, {"l1_anterior": "required"}, "unreadable"),
        ({"segments": {}}, dict.fromkeys(SEGMENTS, "required"), ""),
        ({"segments": graded(1), "unreadable": ["l1_anterior"]}, {"l1_anterior": "not_allowed"}, "1"),
        ({"unreadable": ["l5_anterior"]}, {"unreadable": "unknown"}, "l5_anterior"),
        ({"segments": {"l5_anterior": 1}}, {"l5_anterior": "not_allowed"}, "l5_anterior"),
        ({"segments": {}, "total_reported": 25}, {"total_reported": "range"}, "25"),
        ({"total_reported": 3}, {"total_reported": "not_allowed"}, "3"),
        ({"modality": "guess"}, {"modality": "unknown"}, "guess"),
        ({"occurred_on": date(2999, 1, 1)}, {"occurred_on": "date_order"}, "2999"),
    ],
)
def test_readings_that_are_refused(
    patient: Patient, fields: dict[str, Any], codes: dict[str, str], naming: str
) -> None:
    asked = {"segments": graded(1), "occurred_on": ENROLLED} | fields

    with refused(codes, naming=naming):
        record_calcification(by=None, patient=patient, **asked)


def test_a_reading_is_corrected_segment_by_segment(patient: Patient) -> None:
    reading = a_reading(patient, segments=graded(1, 2))
    asked = {"by": None, "reading": reading}

    correct_calcification(segments={"l1_anterior": 3}, reason="Read again", **asked)
    assert CalcificationReading.objects.get().aac24 == 5
    with refused({"l1_anterior": "range"}):
        correct_calcification(segments={"l1_anterior": 5}, reason="Read again", **asked)
    with refused({"reason": "required"}):
        correct_calcification(reader="B", reason="", **asked)


def test_an_event_and_the_end_of_follow_up(patient: Patient) -> None:
    coordinator = a_coordinator(patient.site)

    record_outcome(by=coordinator, patient=patient, outcome_type="mi", occurred_on=ENROLLED, icd10="i21.4")
    record_outcome(by=coordinator, patient=patient, outcome_type="death_cv", occurred_on=ENROLLED + DAY)

    mi, death = OutcomeEvent.objects.order_by("pk")
    assert (mi.icd10, mi.is_terminal, death.is_terminal) == ("I21.4", False, True)
    trail = AuditEntry.objects.filter(table_name="registry_outcomeevent", actor=coordinator.username)
    assert set(trail.values_list("cohort_id", "patient_id")) == {(patient.cohort_id, patient.pk)}


@pytest.mark.parametrize(
    ("fields", "codes", "naming"),
    [
        ({"outcome_type": "heart"}, {"outcome_type": "unknown"}, "heart"),
        ({"icd10": "heart"}, {"icd10": "range"}, "HEART"),
        ({"precision": "week"}, {"precision": "unknown"}, "week"),
        ({"occurred_on": ENROLLED - DAY}, {"occurred_on": "date_order"}, "before enrolment"),
        ({"occurred_on": None}, {"occurred_on": "required"}, ""),
        ({"color": "red"}, {"color": "not_allowed"}, "color"),
    ],
)
def test_outcomes_that_are_refused(
    patient: Patient, fields: dict[str, Any], codes: dict[str, str], naming: str
) -> None:
    asked = {"outcome_type": "mi", "occurred_on": ENROLLED} | fields

    with refused(codes, naming=naming):
        record_outcome(by=None, patient=patient, **asked)


def test_follow_up_ends_once(patient: Patient) -> None:
    an_outcome(patient, "lost", days=10)

    with refused({"outcome_type": "terminal"}, naming="Lost to follow-up"):
        an_outcome(patient, "death_cv", days=10)


def test_no_event_follows_the_end(patient: Patient) -> None:
    an_outcome(patient, "lost", days=10)

    assert an_outcome(patient, "mi", days=10).pk
    with refused({"occurred_on": "date_order"}, naming="Lost to follow-up"):
        an_outcome(patient, "mi", days=11)


@pytest.mark.parametrize(
    ("record", "ends"),
    [
        (a_draw, {"death_cv"}),
        (a_reading, {"death_cv"}),
        (a_contact, {"death_cv"}),
        (an_outcome, {"death_cv", "lost"}),
    ],
)
def test_the_end_comes_after_what_is_recorded(record: Any, ends: set[str]) -> None:
    for end in ("death_cv", "lost"):
        patient = a_patient()
        record(patient, days=10)
        if end in ends:
            with refused({"occurred_on": "date_order"}, naming="2024-03-11"):
                an_outcome(patient, end, days=9)
        else:
            assert an_outcome(patient, end, days=9).pk


def test_the_same_order_holds_in_months() -> None:
    patient = a_patient(a_relative_cohort())
    a_contact(patient, days=60)

    with refused({"occurred_months": "date_order"}):
        an_outcome(patient, "death_cv", days=30)
    an_outcome(patient, "death_cv", days=60)
    with refused({"occurred_months": "date_order"}):
        a_contact(patient, days=61)


def test_an_outcome_is_corrected_and_may_become_another(patient: Patient) -> None:
    event = an_outcome(patient, "lost", days=10)
    asked = {"by": None, "event": event}

    correct_outcome(outcome_type="death_unknown", occurred_on=ENROLLED + 12 * DAY, reason="Linkage", **asked)
    kept = OutcomeEvent.objects.get()
    assert (kept.outcome_type_id, kept.occurred_on) == ("death_unknown", ENROLLED + 12 * DAY)
    correct_outcome(outcome_type="mi", reason="Mixed up", **asked)
    assert not OutcomeEvent.objects.get().is_terminal
    with refused({"outcome_type": "unknown"}):
        correct_outcome(outcome_type="gone", reason="Mixed up", **asked)
    with refused({"reason": "required"}):
        correct_outcome(icd10="I21", reason="", **asked)


def test_an_outcome_taken_out_leaves_its_trace_and_opens_the_follow_up(patient: Patient) -> None:
    event = an_outcome(patient, "death_cv", days=10)
    with refused({"reason": "required"}):
        remove_outcome(by=None, event=event, reason=" ")

    remove_outcome(by=None, event=event, reason="Another patient's")

    gone = AuditEntry.objects.get(table_name="registry_outcomeevent", operation="DELETE")
    assert (gone.reason, gone.old["outcome_type_id"]) == ("Another patient's", "death_cv")
    assert an_outcome(patient, "death_non_cv", days=40).is_terminal


def test_a_contact_is_recorded_and_corrected(patient: Patient) -> None:
    contact = record_contact(
        by=a_coordinator(patient.site), patient=patient, kind="phone", occurred_on=ENROLLED
    )

    correct_contact(by=None, contact=contact, kind="visit", reason="Came in person")
    assert Contact.objects.get().kind == "visit"
    with refused({"kind": "unknown"}, naming="letter"):
        correct_contact(by=None, contact=contact, kind="letter", reason="x")
    with refused({"occurred_on": "consent"}, naming="2024-02-28"):
        record_contact(by=None, patient=patient, occurred_on=ENROLLED - 2 * DAY)


def test_a_foreign_coordinator_writes_nothing(patient: Patient) -> None:
    stranger = a_coordinator(a_site())
    reading, event, contact = a_reading(patient), an_outcome(patient), a_contact(patient)
    before = AuditEntry.objects.count()
    whose = {"by": stranger, "patient": patient, "occurred_on": ENROLLED}
    corrected = {"by": stranger, "reason": "x"}

    for write in (
        lambda: record_calcification(segments=graded(1), **whose),
        lambda: record_outcome(outcome_type="mi", **whose),
        lambda: record_contact(**whose),
        lambda: correct_calcification(reading=reading, reader="B", **corrected),
        lambda: correct_outcome(event=event, icd10="I21", **corrected),
        lambda: remove_outcome(event=event, **corrected),
        lambda: correct_contact(contact=contact, kind="phone", **corrected),
    ):
        with pytest.raises(PermissionDenied):
            write()
    assert AuditEntry.objects.count() == before
