"""The forms: what is typed is saved, what is refused stands beside its field with what was typed kept."""

import pytest
from django.test import Client
from django.urls import reverse

from registry.models import (
    Analyte,
    AuditEntry,
    CalcificationReading,
    Cohort,
    LabDraw,
    LabResult,
    OutcomeEvent,
    Patient,
    Site,
)
from tests.builders import a_cohort, a_coordinator, a_draw, a_patient, a_relative_cohort, a_site, a_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient() -> Patient:
    site = a_site("ND", default_units={"p": "mg/dL"})
    return a_patient(a_cohort(site, slug="mhd"), site=site)


@pytest.fixture
def coordinator(patient: Patient, client: Client) -> Client:
    client.force_login(a_coordinator(patient.site))
    return client


def page_of(patient: Patient, name: str = "patient", *more: object) -> str:
    return reverse(name, args=[patient.cohort.slug, patient.study_id, *more])


def a_typed_draw(**values: str) -> dict[str, str]:
    typed = {"occurred_on": "2024-03-11", "dialysis": "pre", "interdialytic_gap": "long"}
    for name, value in values.items():
        typed[f"value-{name}"] = value
    for analyte in Analyte.objects.filter(derived_formula=""):
        typed.setdefault(f"unit-{analyte.code}", analyte.unit)
    return typed


def test_draw_is_saved_as_reported_and_exactly_converted(coordinator: Client, patient: Patient) -> None:
    typed = a_typed_draw(p="6.2", hs_crp="<0.2") | {"unit-p": "mg/dL"}
    answer = coordinator.post(page_of(patient, "draw-add"), typed)
    assert answer.status_code == 302
    draw = patient.lab_draws.get()
    assert (draw.dialysis, draw.interdialytic_gap) == ("pre", "long")
    phosphorus = draw.results.get(analyte="p")
    assert str(phosphorus.value.normalize()) == "2.0016948"
    assert (phosphorus.reported_value, phosphorus.reported_unit) == ("6.2", "mg/dL")
    crp = draw.results.get(analyte="hs_crp")
    assert (crp.comparator, crp.reported_value) == ("<", "0.2")
    shown = coordinator.get(page_of(patient)).content.decode()
    assert "2.00" in shown
    assert "&lt;0.20" in shown
    trail = AuditEntry.objects.filter(patient_id=patient.pk, table_name="registry_labresult")
    assert {(entry.door, entry.operation) for entry in trail} == {("form", "INSERT")}


def test_form_offers_the_unit_of_the_site(coordinator: Client, patient: Patient) -> None:
    form = coordinator.get(page_of(patient, "draw-add")).context["form"]
    assert form["unit-p"].value() == "mg/dL"
    assert form["unit-ca"].value() == "mmol/L"


def test_hard_limit_refuses_and_keeps_what_was_typed(coordinator: Client, patient: Patient) -> None:
    answer = coordinator.post(page_of(patient, "draw-add"), a_typed_draw(ca="9.1", mg="1.0"))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "9.1 mmol/L is not possible: it must lie from 1 to 4.9 mmol/L" in page
    assert "It would be usual in mg/dL" in page
    assert 'value="9.1"' in page
    assert not LabDraw.objects.exists()


def test_soft_limit_asks_and_keeps_once_confirmed(coordinator: Client, patient: Patient) -> None:
    typed = a_typed_draw(mg="2.2")
    asked = coordinator.post(page_of(patient, "draw-add"), typed)
    assert asked.status_code == 422
    assert 'name="confirmed-mg"' in asked.content.decode()
    assert not LabDraw.objects.exists()
    kept = coordinator.post(page_of(patient, "draw-add"), typed | {"confirmed-mg": "2.2 mmol/L"})
    assert kept.status_code == 302
    assert LabResult.objects.get().is_confirmed


@pytest.mark.parametrize(
    ("value", "words"),
    [("1,95", "is not a number"), ("abc", "is not a number"), ("-1", "is not possible")],
)
def test_text_is_never_turned_into_a_number(
    coordinator: Client, patient: Patient, value: str, words: str
) -> None:
    answer = coordinator.post(page_of(patient, "draw-add"), a_typed_draw(mg=value))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not LabDraw.objects.exists()


def test_draw_in_the_future_is_refused_beside_its_date(coordinator: Client, patient: Patient) -> None:
    typed = a_typed_draw(mg="1.0") | {"occurred_on": "2099-01-01"}
    form = coordinator.post(page_of(patient, "draw-add"), typed).context["form"]
    assert form.errors["occurred_on"]


def test_enrolment_makes_a_study_number_and_goes_on_to_the_first_draw(
    coordinator: Client, patient: Patient
) -> None:
    cohort = patient.cohort
    typed = {
        "site": patient.site_id,
        "group": cohort.groups.get(code="control").pk,
        "sex": "male",
        "birth_year": 1970,
        "enrolled_on": "2024-05-02",
        "form_code": "main",
        "version": "2",
        "signed_on": "2024-05-01",
    }
    answer = coordinator.post(reverse("enrol", args=["mhd"]), typed, follow=True)
    enrolled = Patient.objects.exclude(pk=patient.pk).get()
    assert enrolled.study_id.startswith("ND-")
    assert answer.redirect_chain[-1][0] == page_of(enrolled, "draw-add")
    assert enrolled.consents.get().version == "2"


def test_enrolment_refuses_a_known_study_number_and_consent_after_enrolment(
    coordinator: Client, patient: Patient
) -> None:
    typed = {
        "site": patient.site_id,
        "group": patient.group_id,
        "study_id": patient.study_id,
        "sex": "male",
        "birth_year": 1970,
        "enrolled_on": "2024-05-02",
        "form_code": "main",
        "version": "2",
        "signed_on": "2024-05-01",
    }
    refused = coordinator.post(reverse("enrol", args=["mhd"]), typed).context["form"]
    assert patient.study_id in refused.errors["study_id"][0]
    late = typed | {"study_id": "", "signed_on": "2024-05-03"}
    refused = coordinator.post(reverse("enrol", args=["mhd"]), late).context["form"]
    assert refused.errors
    assert Patient.objects.count() == 1


def test_reading_sums_its_segments_and_an_unread_one_leaves_it_unknown(
    coordinator: Client, patient: Patient
) -> None:
    page = page_of(patient, "calcification-add")
    grades = {f"l{level}_{wall}": "1" for level in (1, 2, 3, 4) for wall in ("anterior", "posterior")}
    typed = {"occurred_on": "2024-03-11", "modality": "radiograph", **grades}
    assert coordinator.post(page, typed).status_code == 302
    assert CalcificationReading.objects.get().aac24 == 8
    unread = typed | {"occurred_on": "2024-04-11", "l4_posterior": "unreadable"}
    assert coordinator.post(page, unread).status_code == 302
    reading = CalcificationReading.objects.order_by("-occurred_on")[0]
    assert reading.aac24 is None
    assert reading.unreadable == ["l4_posterior"]


def test_grade_beyond_three_is_refused(coordinator: Client, patient: Patient) -> None:
    typed = {"occurred_on": "2024-03-11", "modality": "radiograph", "l1_anterior": "4"}
    form = coordinator.post(page_of(patient, "calcification-add"), typed).context["form"]
    assert form.errors["l1_anterior"]


def test_second_end_of_follow_up_is_refused(coordinator: Client, patient: Patient) -> None:
    page = page_of(patient, "outcome-add")
    typed = {"outcome_type": "death_cv", "occurred_on": "2024-06-01", "precision": "day", "source": "chart"}
    assert coordinator.post(page, typed).status_code == 302
    refused = coordinator.post(page, typed | {"outcome_type": "transplant"})
    assert refused.status_code == 422
    assert OutcomeEvent.objects.get().outcome_type_id == "death_cv"


def test_contact_after_death_is_refused(coordinator: Client, patient: Patient) -> None:
    typed = {"outcome_type": "death_cv", "occurred_on": "2024-06-01", "precision": "day", "source": "chart"}
    coordinator.post(page_of(patient, "outcome-add"), typed)
    refused = coordinator.post(
        page_of(patient, "contact-add"), {"occurred_on": "2024-07-01", "kind": "visit", "note": ""}
    )
    assert refused.context["form"].errors["occurred_on"]


def test_withdrawal_ends_the_record(coordinator: Client, patient: Patient) -> None:
    typed = {"withdrawn_on": "2024-06-01", "reason": "asked by the patient"}
    assert coordinator.post(page_of(patient, "patient-withdraw"), typed).status_code == 302
    late = a_typed_draw(mg="1.0") | {"occurred_on": "2024-06-02"}
    assert coordinator.post(page_of(patient, "draw-add"), late).status_code == 422
    assert patient.outcome_events.get().outcome_type_id == "withdrew_consent"


def test_relative_cohort_asks_for_months(client: Client) -> None:
    cohort = a_relative_cohort(slug="survey")
    patient = a_patient(cohort)
    client.force_login(a_coordinator(patient.site))
    form = client.get(page_of(patient, "draw-add")).context["form"]
    assert "occurred_months" in form.fields
    assert "occurred_on" not in form.fields
    contact = {"occurred_months": "14.5", "kind": "linkage", "note": ""}
    client.post(page_of(patient, "contact-add"), contact)
    assert "month 14.5" in client.get(page_of(patient)).content.decode()


def test_new_analyte_is_asked_for_by_the_draw_form(patient: Patient, client: Client) -> None:
    client.force_login(a_user("administrator"))
    typed = {
        "code": "zinc",
        "name": "Zinc, serum",
        "short_name": "Zn",
        "category": "mineral",
        "unit": "umol/L",
        "decimals": 1,
        "hard_min": "1",
        "hard_max": "100",
        "timing": "pre-dialysis",
        "mhd-low": "5",
        "mhd-high": "30",
        "other_units": "ug/dL = 0.153",
    }
    assert client.post(reverse("analyte-add"), typed).status_code == 302
    page = client.get(page_of(patient, "draw-add")).content.decode()
    assert "Zinc, serum" in page
    assert "µg/dL" in page
    refused = client.post(reverse("analyte-add"), typed | {"code": "zinc2", "other_units": "ug/dL"})
    assert "is no unit with its factor" in refused.content.decode()


def test_patient_page_and_list_take_a_fixed_number_of_queries(
    coordinator: Client, patient: Patient, django_assert_max_num_queries: object
) -> None:
    for days in range(10, 20):
        a_draw(patient, days)
    with django_assert_max_num_queries(20):  # type: ignore[operator]
        coordinator.get(page_of(patient))
    for _each in range(12):
        a_patient(patient.cohort, site=patient.site)
    with django_assert_max_num_queries(16):  # type: ignore[operator]
        coordinator.get(reverse("patients", args=["mhd"]))


def test_administrator_makes_site_and_cohort_and_changes_its_definition(client: Client) -> None:
    client.force_login(a_user("administrator"))
    site = {"code": "DT", "name": "Drum Tower", "time_zone": "Asia/Shanghai", "default_units": "p = mg/dL"}
    assert client.post(reverse("site-add"), site).status_code == 302
    assert Site.objects.get(code="DT").default_units == {"p": "mg/dL"}
    refused = client.post(reverse("site-add"), site | {"code": "XX", "time_zone": "Mars/Base"})
    assert refused.context["form"].errors["time_zone"]
    typed = {
        "slug": "ours",
        "name": "Our cohort",
        "sites": [Site.objects.get(code="DT").pk],
        "group-mhd": "Patients",
        "group-control": "",
        "time_scale": "calendar",
        "consent_basis": "written",
        "index_date": "enrolment",
        "baseline_days_before": 30,
        "baseline_days_after": 30,
        "small_cell_minimum": 5,
        "plan": "mhd",
    }
    refused = client.post(reverse("cohort-add"), typed | {"plan": "nonsense"})
    assert refused.context["form"].errors["plan"]
    assert '<option value="nhanes-aac">' in refused.content.decode()
    assert client.post(reverse("cohort-add"), typed).status_code == 302
    cohort = Cohort.objects.get(slug="ours")
    assert [(group.name, group.on_dialysis) for group in cohort.groups.all()] == [("Patients", True)]
    page = reverse("cohort-define", args=["ours"])
    assert client.post(page, typed | {"baseline_days_after": 90}).context["form"].errors["reason"]
    changed = typed | {"baseline_days_after": 90, "reason": "late first draws"}
    assert client.post(page, changed).status_code == 302
    cohort.refresh_from_db()
    assert cohort.baseline_days_after == 90
