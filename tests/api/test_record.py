"""The record's routes: what they take, what they give, how they refuse."""

import json
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from pytest_django import DjangoAssertNumQueries

from registry.actions.calcification import record_calcification
from registry.actions.labs import record_lab_draw
from registry.actions.outcomes import record_outcome
from registry.actions.patients import enrol_patient
from registry.models import AuditEntry, CalcificationReading, LabDraw, OutcomeEvent, Patient
from tests.builders import (
    ENROLLED,
    a_client,
    a_cohort,
    a_contact,
    a_coordinator,
    a_draw,
    a_patient,
    a_reading,
    a_site,
    a_user,
    an_outcome,
    enrolment,
    graded,
)

pytestmark = pytest.mark.django_db
MG = {"analyte": "mg", "value": "2.4", "unit": "mg/dL"}


@pytest.fixture
def patient() -> Patient:
    name = "Maintenance haemodialysis and controls (simulated)"
    return a_patient(a_cohort(a_site("ND"), slug="mhd", name=name))


def test_a_draw_goes_in_and_comes_out(patient: Patient) -> None:
    coordinator = a_coordinator(patient.site)
    asked = {"patient": patient.pk, "occurred_on": "2024-05-01", "dialysis": "pre", "results": [MG]}

    answer = a_client(coordinator).post("/api/v1/lab-draws/", asked)

    assert answer.status_code == 201, answer.content
    given = answer.json()
    assert given | asked == given | {
        "patient": patient.pk,
        "occurred_on": "2024-05-01",
        "dialysis": "pre",
        "results": [MG],
    }
    assert given["study_id"] == patient.study_id
    assert (given["cohort"], given["site"]) == ("mhd", "ND")
    (result,) = given["results"]
    assert (result["value"], result["unit"]) == ("0.9874512", "mmol/L")
    assert (result["reported_value"], result["reported_unit"], result["comparator"]) == ("2.4", "mg/dL", "")
    entry = AuditEntry.objects.filter(table_name="registry_labdraw").get()
    assert (entry.actor, entry.door) == (coordinator.username, "api")


def test_a_patient_goes_in_and_comes_out(patient: Patient) -> None:
    asked = {
        "cohort": "mhd",
        "site": "ND",
        "group": "mhd",
        "sex": "male",
        "birth_year": 1955,
        "enrolled_on": "2024-03-01",
        "consent": {"form_code": "main", "version": "2", "signed_on": "2024-02-20"},
    }

    answer = a_client(a_coordinator(patient.site)).post("/api/v1/patients/", asked)

    assert answer.status_code == 201, answer.content
    given = answer.json()
    assert {name: given[name] for name in asked if name != "consent"} == {
        name: value for name, value in asked.items() if name != "consent"
    }
    assert given["consents"] == [asked["consent"] | {"withdrawn_on": None}]
    assert given["study_id"].startswith("ND-")


def test_a_cohort_is_named_by_its_short_name(patient: Patient) -> None:
    client = a_client(a_coordinator(patient.site))
    for wrong, code in ((patient.cohort.name, "invalid"), ("other", "unknown"), ("", "blank")):
        answer = client.post("/api/v1/patients/", {"cohort": wrong, "site": "ND", "group": "mhd"})
        assert answer.json()["codes"] == {"cohort": [code]}


@pytest.mark.parametrize("day", ["2024-02-30", "30.02.2024"])
def test_a_day_that_is_none_is_refused_in_one_sentence_and_its_way_out(patient: Patient, day: str) -> None:
    asked = {"patient": patient.pk, "occurred_on": day, "results": [MG]}

    answer = a_client(a_coordinator(patient.site)).post("/api/v1/lab-draws/", asked)

    assert answer.json()["occurred_on"] == [
        f"“{day}” is not a day of the calendar. Write it as YYYY-MM-DD: 2024-02-29."
    ]


def test_a_soft_limit_asks_until_it_is_confirmed(patient: Patient) -> None:
    client = a_client(a_coordinator(patient.site))
    unusual = {
        "patient": patient.pk,
        "occurred_on": "2024-05-01",
        "results": [MG | {"unit": "mmol/L"}, {"analyte": "p", "value": "4", "unit": "mmol/L"}],
    }

    answer = client.post("/api/v1/lab-draws/", unusual)
    assert answer.status_code == 400
    assert answer.json()["codes"] == {"results.mg": ["soft_limit"], "results.p": ["soft_limit"]}
    assert "2.4 mmol/L" in answer.json()["results.mg"][0]
    answer = client.post("/api/v1/lab-draws/", unusual | {"confirmed": ["mg"]})
    assert answer.json()["codes"] == {"results.p": ["soft_limit"]}
    assert not LabDraw.objects.exists()

    answer = client.post("/api/v1/lab-draws/", unusual | {"confirmed": True})
    assert answer.status_code == 201
    assert all(result["is_confirmed"] for result in answer.json()["results"])


def test_a_correction_needs_its_reason(patient: Patient) -> None:
    client, result = a_client(a_coordinator(patient.site)), a_draw(patient).results.get()
    path = f"/api/v1/lab-results/{result.pk}/"

    assert client.patch(path, {"value": "1.2"}).json()["codes"] == {"reason": ["required"]}
    answer = client.patch(path, {"value": "1.2", "reason": "Typing error"})

    assert (answer.status_code, answer.json()["value"]) == (200, "1.2")
    entry = AuditEntry.objects.filter(table_name="registry_labresult").first()
    assert (entry.door, entry.reason) == ("api", "Typing error")


SAME_REFUSALS: dict[str, tuple[str, Any, dict[str, Any]]] = {
    "a wrong unit": ("lab-draws", record_lab_draw, {"results": [MG | {"unit": "g/L"}]}),
    "a value beyond hard limits": ("lab-draws", record_lab_draw, {"results": [MG | {"value": "90"}]}),
    "no number": ("lab-draws", record_lab_draw, {"results": [MG | {"value": "1,9"}]}),
    "an unknown analyte": ("lab-draws", record_lab_draw, {"results": [MG | {"analyte": "magnesium"}]}),
    "a day before consent": ("lab-draws", record_lab_draw, {"results": [MG], "occurred_on": "2024-01-01"}),
    "a day to come": ("lab-draws", record_lab_draw, {"results": [MG], "occurred_on": "2999-01-01"}),
    "no date": ("lab-draws", record_lab_draw, {"results": [MG], "occurred_on": "yesterday"}),
    "a grade of 4": ("calcification-scores", record_calcification, {"segments": graded(4)}),
    "an ungraded segment": ("calcification-scores", record_calcification, {"segments": graded(None)}),
    "an unknown outcome": ("outcome-events", record_outcome, {"outcome_type": "heart"}),
    "an event before enrolment": (
        "outcome-events",
        record_outcome,
        {"outcome_type": "mi", "occurred_on": "2024-02-01"},
    ),
}


@pytest.mark.parametrize("case", SAME_REFUSALS)
def test_api_and_action_refuse_alike(case: str, patient: Patient) -> None:
    route, action, wrong = SAME_REFUSALS[case]
    coordinator = a_coordinator(patient.site)
    asked = {"occurred_on": "2024-05-01"} | wrong
    with pytest.raises(ValidationError) as caught:
        action(by=coordinator, patient=patient, **asked)
    body = asked | asked.pop("segments", {}) | {"patient": patient.pk}

    answer = a_client(coordinator).post(f"/api/v1/{route}/", body)

    assert answer.status_code == 400
    codes = {field: [error.code for error in errors] for field, errors in caught.value.error_dict.items()}
    assert answer.json() == caught.value.message_dict | {"codes": codes}
    written = [model.objects.count() for model in (LabDraw, OutcomeEvent, CalcificationReading)]
    assert written == [0, 0, 0]


def test_a_duplicate_study_number_is_refused_alike(patient: Patient) -> None:
    coordinator = a_coordinator(patient.site)
    asked = enrolment(patient.cohort, study_id=patient.study_id)
    with pytest.raises(ValidationError) as caught:
        enrol_patient(by=coordinator, **asked)

    answer = a_client(coordinator).post(
        "/api/v1/patients/", asked | {"cohort": "mhd", "site": "ND", "group": "mhd"}
    )

    assert answer.json() == caught.value.message_dict | {"codes": {"study_id": ["duplicate"]}}


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        ({}, {"patient": ["required"], "results": ["required"]}),
        ([], {"detail": ["invalid"]}),
        ({"patient": "x", "results": []}, {"patient": ["invalid"]}),
        ({"patient": 10**30, "results": []}, {"patient": ["unknown"]}),
        ({"patient": 0, "results": "mg"}, {"patient": ["unknown"], "results": ["not_a_list"]}),
        ({"patient": 0, "results": [], "colour": 1}, {"colour": ["not_allowed"]}),
    ],
)
def test_bodies_that_cannot_be_read(body: Any, codes: dict[str, list[str]], patient: Patient) -> None:
    answer = a_client(a_coordinator(patient.site)).post("/api/v1/lab-draws/", body)

    assert answer.status_code == 400
    assert answer.json()["codes"] == codes


@pytest.mark.parametrize(
    "wrong",
    [
        {"occurred_on": {}},
        {"occurred_on": 5},
        {"occurred_on": True},
        {"occurred_on": "\x00"},
        {"laboratory": "\x00"},
        {"laboratory": "\ud800"},
        {"laboratory": "x" * 101},
        {"dialysis": ["pre"]},
        {"dialysis": 1},
        {"is_fasting": "perhaps"},
        {"occurred_time": "25:00"},
        {"occurred_time": 8},
        {"occurred_months": "NaN"},
        {"occurred_months": 1e30},
        {"results": [MG | {"value": {}}]},
        {"results": [MG | {"value": 10**50}]},
        {"results": [MG | {"analyte": "\x00"}]},
        {"results": [MG | {"unit": None}]},
        {"results": [7]},
        {"confirmed": "yes"},
        {"confirmed": [1]},
    ],
)
def test_odd_values_are_refused_never_a_crash(wrong: dict[str, Any], patient: Patient) -> None:
    asked = {"patient": patient.pk, "occurred_on": "2024-05-01", "results": [MG]} | wrong

    client = a_client(a_coordinator(patient.site))
    answer = client.post("/api/v1/lab-draws/", json.dumps(asked), content_type="application/json")

    assert answer.status_code == 400, answer.content
    assert all(field.split(".")[0] in asked for field in answer.json()["codes"])


LISTS = {
    "patients": lambda patient, day: a_patient(patient.cohort),
    "lab-draws": lambda patient, day: a_draw(patient, day, {"mg": "1", "ca": "2.2"}),
    "calcification-scores": lambda patient, day: a_reading(patient, day),
    "outcome-events": lambda patient, day: an_outcome(patient, days=day),
    "contacts": lambda patient, day: a_contact(patient, day),
}


@pytest.mark.parametrize("route", LISTS)
def test_a_page_takes_as_many_queries_for_one_row_as_for_many(
    route: str, patient: Patient, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = a_client(a_user())
    for day in range(1, 9):
        LISTS[route](patient, day)

    # token, account, role twice, count, rows, and one each for what hangs on them
    with django_assert_max_num_queries(10):
        answer = client.get(f"/api/v1/{route}/", {"page_size": 5})
    assert len(answer.json()["results"]) == 5
    assert answer.json()["next"]


def test_lists_are_filtered(patient: Patient) -> None:
    other = a_patient(a_cohort(slug="other"))
    for day, someone in ((1, patient), (5, patient), (9, other)):
        a_draw(someone, day)
        a_contact(someone, day)
    client = a_client(a_user())

    def count(route: str, **query: Any) -> int:
        return client.get(f"/api/v1/{route}/", query).json()["count"]

    for route in ("lab-draws", "contacts"):
        assert count(route) == 3
        assert count(route, cohort="mhd") == 2
        assert count(route, site="ND") == 2
        assert count(route, patient=other.pk) == 1
        assert count(route, study_id=patient.study_id) == 2
        assert count(route, occurred_from="2024-03-06") == 2
        assert count(route, occurred_to="2024-03-02") == 1
        assert count(route, search=other.study_id) == 1
    assert count("patients", cohort="other") == 1
    assert count("patients", study_id=patient.study_id) == 1
    assert count("patients", enrolled_from=ENROLLED.isoformat()) == 2
    assert count("analytes", search="calcium") == 4
    assert count("lab-results", analyte="mg") == 3


def test_a_filter_that_cannot_be_read_is_refused(patient: Patient) -> None:
    client = a_client(a_user())

    answer = client.get("/api/v1/lab-draws/", {"occurred_from": "soon"})
    assert (answer.status_code, list(answer.json()["codes"])) == (400, ["occurred_from"])
    assert client.get("/api/v1/patients/nobody/").status_code == 404
    assert client.get("/api/v1/patients/", {"page": "99"}).status_code == 404
