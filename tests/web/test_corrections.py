"""What was entered wrongly is put right on a page: with its reason, and its trace in the list of changes."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from registry.forms.base import ActionForm
from registry.models import (
    AuditEntry,
    CalcificationReading,
    Contact,
    LabDraw,
    LabResult,
    OutcomeEvent,
    Patient,
)
from registry.views import patients
from tests.builders import (
    DAY,
    ENROLLED,
    a_cohort,
    a_contact,
    a_coordinator,
    a_draw,
    a_patient,
    a_reading,
    a_relative_cohort,
    an_outcome,
    graded,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient() -> Patient:
    return a_patient(a_cohort(slug="mhd"))


@pytest.fixture
def coordinator(patient: Patient, client: Client) -> Client:
    client.force_login(a_coordinator(patient.site))
    return client


def page_of(patient: Patient, name: str, *more: object) -> str:
    return reverse(name, args=[patient.cohort.slug, patient.study_id, *more])


def sent_unchanged(form: ActionForm) -> dict[str, Any]:
    """What a browser sends of a form nobody has touched."""
    values = {bound.html_name: bound.value() for bound in form}
    return {name: value for name, value in values.items() if value is not None and value is not False}


def corrected(client: Client, page: str, reason: str = "misread", **typed: Any) -> None:
    """Open a page, change some of what stands there, and save: refused without a reason, saved with one."""
    form = client.get(page).context["form"]
    posted = {**sent_unchanged(form), **typed}
    before = AuditEntry.objects.count()

    assert client.post(page, posted | {"reason": " "}).context["form"].errors["reason"]
    assert AuditEntry.objects.count() == before
    answer = client.post(page, posted | {"reason": reason})
    assert answer.status_code == 302, answer.context["form"].errors


def trace(patient: Patient, table: str, operation: str = "UPDATE") -> list[tuple[str, str]]:
    kept = AuditEntry.objects.filter(
        patient_id=patient.pk, table_name=f"registry_{table}", operation=operation
    )
    return list(kept.values_list("door", "reason"))


def test_the_page_of_a_patient_links_to_every_correction(coordinator: Client, patient: Patient) -> None:
    draws = [a_draw(patient, days) for days in range(1, 9)]
    rows = {
        "calcification-correct": a_reading(patient),
        "outcome-correct": an_outcome(patient),
        "contact-correct": a_contact(patient),
    }
    page = coordinator.get(page_of(patient, "patient")).content.decode()
    for draw in draws:
        assert page_of(patient, "draw-correct", draw.pk) in page
    for name, row in rows.items():
        assert page_of(patient, name, row.pk) in page


def test_correction_asks_why_and_leaves_its_trace(coordinator: Client, patient: Patient) -> None:
    result = a_draw(patient).results.get()
    page = page_of(patient, "result-correct", result.pk)
    typed = {"value": "0.95", "unit": "mmol/L"}
    assert coordinator.post(page, typed).context["form"].errors["reason"]
    assert coordinator.post(page, typed | {"reason": "misread"}).status_code == 302
    changes = coordinator.get(page_of(patient, "patient-changes")).content.decode()
    assert "misread" in changes
    assert "1.05" in changes


def test_older_changes_stand_on_a_further_page(
    coordinator: Client, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_draw(patient)
    n = AuditEntry.objects.filter(patient_id=patient.pk).count()
    monkeypatch.setattr(patients, "CHANGES_PER_PAGE", n - 1)
    page = page_of(patient, "patient-changes")
    assert 'rel="next"' in coordinator.get(page).content.decode()
    [oldest] = coordinator.get(page, {"page": 2}).context["page"]
    assert oldest == AuditEntry.objects.filter(patient_id=patient.pk).last()


def test_a_wrong_death_becomes_another_outcome_on_another_day(coordinator: Client, patient: Patient) -> None:
    death = an_outcome(patient, "death_cv", days=30, source="chart", icd10="I21.4")
    page = page_of(patient, "outcome-correct", death.pk)

    corrected(coordinator, page, outcome_type="mi", occurred_on="2024-03-21")

    kept = OutcomeEvent.objects.get()
    assert (kept.outcome_type_id, kept.occurred_on, kept.is_terminal) == ("mi", date(2024, 3, 21), False)
    assert (kept.source, kept.icd10) == ("chart", "I21.4")
    assert trace(patient, "outcomeevent") == [("form", "misread")]


def test_a_death_that_never_was_is_taken_out_and_the_record_goes_on(
    coordinator: Client, patient: Patient
) -> None:
    death = an_outcome(patient, "death_cv", days=30)
    page = page_of(patient, "outcome-remove", death.pk)
    assert page in coordinator.get(page_of(patient, "outcome-correct", death.pk)).content.decode()

    corrected(coordinator, page, reason="another patient's")

    assert trace(patient, "outcomeevent", "DELETE") == [("form", "another patient's")]
    assert a_draw(patient, days=60).pk
    assert "followed" in coordinator.get(page_of(patient, "patient")).content.decode()


def test_a_draw_gets_another_date_and_keeps_the_rest(coordinator: Client, patient: Patient) -> None:
    draw = a_draw(patient, dialysis="pre", interdialytic_gap="long", is_fasting=True, laboratory="Central")

    corrected(
        coordinator, page_of(patient, "draw-correct", draw.pk), occurred_on="2024-03-12", dialysis="post"
    )

    kept = LabDraw.objects.get()
    assert (kept.occurred_on, kept.dialysis) == (date(2024, 3, 12), "post")
    assert (kept.interdialytic_gap, kept.is_fasting, kept.laboratory) == ("long", True, "Central")
    assert kept.results.count() == 1
    assert trace(patient, "labdraw") == [("form", "misread")]


def test_a_draw_of_another_patient_is_taken_out(coordinator: Client, patient: Patient) -> None:
    draw = a_draw(patient)
    corrected(coordinator, page_of(patient, "draw-remove", draw.pk))
    assert not LabDraw.objects.exists()
    assert trace(patient, "labresult", "DELETE") == [("form", "misread")]


def test_a_correction_to_the_future_is_refused_beside_its_date(coordinator: Client, patient: Patient) -> None:
    contact = a_contact(patient)
    typed = {"occurred_on": "2099-01-01", "kind": "visit", "note": "", "reason": "misread"}
    refused = coordinator.post(page_of(patient, "contact-correct", contact.pk), typed)
    assert refused.status_code == 422
    assert refused.context["form"].errors["occurred_on"]


def test_a_contact_is_corrected(coordinator: Client, patient: Patient) -> None:
    contact = a_contact(patient, kind="phone", note="reached at once")
    corrected(coordinator, page_of(patient, "contact-correct", contact.pk), kind="visit")
    kept = Contact.objects.get()
    assert (kept.kind, kept.note) == ("visit", "reached at once")
    assert trace(patient, "contact") == [("form", "misread")]


def test_a_reading_shows_its_grades_and_a_segment_may_become_unreadable(
    coordinator: Client, patient: Patient
) -> None:
    segments = graded(1, 2) | {"l4_posterior": None}
    reading = a_reading(patient, segments=segments, unreadable=["l4_posterior"])
    page = page_of(patient, "calcification-correct", reading.pk)
    form = coordinator.get(page).context["form"]
    assert (form["l1_posterior"].value(), form["l4_posterior"].value()) == (2, "unreadable")

    corrected(coordinator, page, l1_anterior="unreadable", l4_posterior="3")

    kept = CalcificationReading.objects.get()
    assert (kept.l1_anterior, kept.l1_posterior, kept.l4_posterior) == (None, 2, 3)
    assert kept.unreadable == ["l1_anterior"]
    assert trace(patient, "calcificationreading") == [("form", "misread")]


def test_a_published_total_is_corrected_without_segments(coordinator: Client, patient: Patient) -> None:
    reading = a_reading(patient, segments=None, total_reported=7)
    corrected(coordinator, page_of(patient, "calcification-correct", reading.pk), total_reported="9")
    assert CalcificationReading.objects.get().aac24 == 9


def test_months_are_corrected_in_a_relative_cohort(client: Client) -> None:
    patient = a_patient(a_relative_cohort())
    client.force_login(a_coordinator(patient.site))
    event = an_outcome(patient, days=60)
    corrected(client, page_of(patient, "outcome-correct", event.pk), occurred_months="14.5")
    assert OutcomeEvent.objects.get().when == "month 14.5"


@pytest.mark.parametrize("changed", [{"value-mg": "2.3"}, {"value-mg": "5.0", "unit-mg": "mg/dL"}])
def test_keeping_a_value_of_a_draw_says_nothing_of_another(
    coordinator: Client, patient: Patient, changed: dict[str, str]
) -> None:
    page = page_of(patient, "draw-add")
    typed = sent_unchanged(coordinator.get(page).context["form"])
    typed |= {"occurred_on": "2024-03-11", "value-mg": "2.2", "confirmed-mg": "2.2 mmol/L"}

    asked = coordinator.post(page, typed | changed)
    assert asked.status_code == 422
    assert "checked" not in str(asked.context["form"]["confirmed-mg"])
    assert not LabDraw.objects.exists()
    assert coordinator.post(page, typed).status_code == 302
    assert LabResult.objects.get().is_confirmed


def test_keeping_a_corrected_value_says_nothing_of_another(coordinator: Client, patient: Patient) -> None:
    result = a_draw(patient).results.get()
    page = page_of(patient, "result-correct", result.pk)
    assert 'name="confirmed"' not in coordinator.get(page).content.decode()
    typed = {"value": "2.2", "unit": "mmol/L", "reason": "misread"}

    assert 'value="2.2 mmol/L"' in coordinator.post(page, typed).content.decode()
    kept = typed | {"confirmed": "2.2 mmol/L"}
    assert 'value="2.3 mmol/L"' in coordinator.post(page, kept | {"value": "2.3"}).content.decode()
    assert "checked" in coordinator.post(page, kept | {"reason": ""}).content.decode()
    assert coordinator.post(page, kept).status_code == 302
    result.refresh_from_db()
    assert (result.reported_value, result.is_confirmed) == ("2.2", True)


def test_withdrawal_says_what_lies_after_it(coordinator: Client, patient: Patient) -> None:
    for days in (5, 10, 20, 30):
        a_draw(patient, days)
    a_reading(patient, days=20)
    an_outcome(patient, "mi", days=10)
    page = page_of(patient, "patient-withdraw")
    assert "left out of the analyses" in coordinator.get(page).content.decode()
    typed = {"withdrawn_on": ENROLLED + 10 * DAY, "reason": "asked by the patient"}

    said = coordinator.post(page, typed, follow=True).content.decode()

    assert "dated after 2024-03-11 and left out of the analyses: 2 lab draws" in said
    assert "1 calcification reading, 0 outcomes" in said
    assert patient.lab_draws.count() == 4


def test_withdrawal_with_nothing_after_it_counts_nothing(coordinator: Client, patient: Patient) -> None:
    a_draw(patient, 10)
    typed = {"withdrawn_on": ENROLLED + 10 * DAY, "reason": "asked by the patient"}
    said = coordinator.post(page_of(patient, "patient-withdraw"), typed, follow=True).content.decode()
    assert "is withdrawn" in said
    assert "left out" not in said
