"""Every page × every role × own and foreign site."""

import pytest
from django.test import Client
from django.urls import reverse

from registry.models import Patient, User
from tests.builders import (
    a_cohort,
    a_contact,
    a_coordinator,
    a_draw,
    a_patient,
    a_reading,
    a_site,
    a_user,
    an_outcome,
)

pytestmark = pytest.mark.django_db

PATIENT_PAGES = (
    "patient",
    "patient-correct",
    "patient-withdraw",
    "patient-changes",
    "draw-add",
    "calcification-add",
    "outcome-add",
    "contact-add",
)
OPEN_PAGES = ("login", "password_reset", "password_reset_done", "password_reset_complete", "health")


@pytest.fixture
def patient() -> Patient:
    site = a_site("ND")
    return a_patient(a_cohort(site, a_site("HK"), slug="mhd"), site=site)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def pages_of(patient: Patient) -> list[str]:
    draw, event = a_draw(patient), an_outcome(patient)
    recorded = {
        "draw-correct": draw,
        "draw-remove": draw,
        "result-correct": draw.results.get(),
        "calcification-correct": a_reading(patient),
        "outcome-correct": event,
        "outcome-remove": event,
        "contact-correct": a_contact(patient),
    }
    pages = [reverse(name, args=["mhd", patient.study_id]) for name in PATIENT_PAGES]
    return pages + [reverse(name, args=["mhd", patient.study_id, row.pk]) for name, row in recorded.items()]


def test_coordinator_of_the_site_and_administrator_open_every_page_of_a_patient(patient: Patient) -> None:
    pages = pages_of(patient)
    for user in (a_coordinator(patient.site), a_user("administrator")):
        client = signed_in(user)
        assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)


def test_other_coordinator_and_analyst_find_no_page_of_a_patient(patient: Patient) -> None:
    pages = pages_of(patient)
    for user in (a_coordinator(patient.cohort.sites.get(code="HK")), a_user("analyst")):
        client = signed_in(user)
        assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 404)
        assert {page: client.post(page).status_code for page in pages} == dict.fromkeys(pages, 404)


def test_page_of_one_patient_shows_nothing_of_another(patient: Patient) -> None:
    other = a_patient(patient.cohort, site=patient.site)
    client = signed_in(a_coordinator(patient.site))
    pages = [
        page.replace(patient.study_id, other.study_id) for page in pages_of(patient)[len(PATIENT_PAGES) :]
    ]
    assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 404)


def test_lists_and_searches_show_own_patients_alone(patient: Patient) -> None:
    other = signed_in(a_coordinator(patient.cohort.sites.get(code="HK")))
    own = signed_in(a_coordinator(patient.site))
    address = reverse("patients", args=["mhd"])
    for query in ("", f"?q={patient.study_id}", "?group=mhd"):
        assert patient.study_id in own.get(address + query).content.decode()
        found = other.get(address + query).content.decode().replace(f'value="{patient.study_id}"', "")
        assert patient.study_id not in found


def test_analyst_sees_the_cohort_without_its_patients(patient: Patient) -> None:
    client = signed_in(a_user("analyst"))
    page = client.get(reverse("cohort", args=["mhd"]))
    assert page.status_code == 200
    assert patient.study_id not in page.content.decode()
    assert client.get(reverse("patients", args=["mhd"])).status_code == 403
    assert client.get(reverse("enrol", args=["mhd"])).status_code == 403


def test_cohort_without_the_site_does_not_exist_for_its_coordinator(patient: Patient) -> None:
    stranger = signed_in(a_coordinator(a_site("XX")))
    for name in ("cohort", "patients", "enrol"):
        assert stranger.get(reverse(name, args=["mhd"])).status_code == 404
    assert b"mhd" not in stranger.get(reverse("home")).content


def test_pages_for_administrators_alone(patient: Patient) -> None:
    pages = [
        *(reverse(name) for name in ("people", "person-add", "analyte-add", "site-add", "cohort-add")),
        reverse("cohort-define", args=["mhd"]),
    ]
    for user in (a_coordinator(patient.site), a_user("analyst")):
        client = signed_in(user)
        assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 403)
    administrator = signed_in(a_user("administrator"))
    assert {page: administrator.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)


def test_nothing_but_the_open_pages_is_shown_without_signing_in(patient: Patient, client: Client) -> None:
    names = [
        ("home",),
        ("cohort", "mhd"),
        ("patients", "mhd"),
        ("enrol", "mhd"),
        ("people",),
        ("dictionary",),
    ]
    addresses = [reverse(name, args=args) for name, *args in names] + pages_of(patient)
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 302, address
        assert answer.headers["Location"].startswith(reverse("login")), address
    for name in OPEN_PAGES:
        assert client.get(reverse(name)).status_code == 200, name


def test_signing_out_everywhere_ends_the_other_sessions(patient: Patient) -> None:
    user = a_coordinator(patient.site)
    here, elsewhere = signed_in(user), signed_in(user)
    here.post(reverse("sign-out-everywhere"))
    assert elsewhere.get(reverse("home")).status_code == 302


def test_closed_account_is_out_at_once(patient: Patient) -> None:
    user = a_coordinator(patient.site)
    client = signed_in(user)
    signed_in(a_user("administrator")).post(reverse("person-close", args=[user.pk]))
    assert client.get(reverse("home")).status_code == 302


def test_last_administrator_cannot_be_closed() -> None:
    last = a_user("administrator")
    User.objects.exclude(pk=last.pk).update(is_active=False)
    page = signed_in(last).post(reverse("person-close", args=[last.pk]), follow=True)
    assert "last administrator" in page.content.decode()
    last.refresh_from_db()
    assert last.is_active


def test_guessing_a_password_is_stopped(client: Client, settings: object) -> None:
    user = a_user("analyst", username="target")
    user.set_password("correct-horse-battery")
    user.save()
    answers = [
        client.post(reverse("login"), {"username": "target", "password": f"wrong-{attempt}"}).status_code
        for attempt in range(11)
    ]
    assert answers[0] == 200
    assert answers[-1] == 429
    right = client.post(reverse("login"), {"username": "target", "password": "correct-horse-battery"})
    assert right.status_code == 429
