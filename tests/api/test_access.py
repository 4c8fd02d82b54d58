"""Every route, for every role, at one's own site and at another's."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.urls import get_resolver
from rest_framework.test import APIClient

from registry.models import Cohort, Contact, LabDraw, OutcomeEvent, Patient, Site
from tests.builders import (
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

ROLES = ("coordinator", "foreign coordinator", "analyst", "administrator", "nobody")


@dataclass
class World:
    """A cohort of two sites, one patient at each, and the same things recorded of both."""

    own: Site
    foreign: Site
    cohort: Cohort
    patient: Patient
    draw: LabDraw
    outcome: OutcomeEvent
    contact: Contact
    paths: dict[str, str] = field(default_factory=dict)


@pytest.fixture
def world() -> World:
    own, foreign = a_site("OWN"), a_site("FOREIGN")
    cohort = a_cohort(own, foreign, slug="mhd")
    patient = a_patient(cohort, site=own)
    draw, reading = a_draw(patient), a_reading(patient)
    outcome, contact = an_outcome(patient), a_contact(patient)
    made = World(own, foreign, cohort, patient, draw, outcome, contact)
    made.paths = {
        "cohorts": f"cohorts/{cohort.slug}/",
        "patients": f"patients/{patient.pk}/",
        "lab-draws": f"lab-draws/{draw.pk}/",
        "lab-results": f"lab-results/{draw.results.get().pk}/",
        "calcification-scores": f"calcification-scores/{reading.pk}/",
        "outcome-events": f"outcome-events/{outcome.pk}/",
        "contacts": f"contacts/{contact.pk}/",
        "analytes": "analytes/mg/",
    }
    return made


def client_of(role: str, world: World) -> APIClient:
    if role == "nobody":
        return a_client()
    site = {"coordinator": world.own, "foreign coordinator": world.foreign}.get(role)
    return a_client(a_coordinator(site) if site else a_user(role))


ROUTES = (
    "cohorts",
    "patients",
    "lab-draws",
    "lab-results",
    "calcification-scores",
    "outcome-events",
    "contacts",
    "analytes",
)
POOLED = ("cohorts", "analytes")
EXPECTED_READ = {
    "coordinator": {"pooled": 200, "record": 200},
    "foreign coordinator": {"pooled": 200, "record": 404},
    "analyst": {"pooled": 200, "record": 403},
    "administrator": {"pooled": 200, "record": 200},
    "nobody": {"pooled": 401, "record": 401},
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("route", ROUTES)
def test_reading_one(route: str, role: str, world: World) -> None:
    answer = client_of(role, world).get(f"/api/v1/{world.paths[route]}")

    assert answer.status_code == EXPECTED_READ[role]["pooled" if route in POOLED else "record"]


@pytest.mark.parametrize("route", [route for route in ROUTES if route not in POOLED])
def test_lists_and_searches_hold_only_ones_own_site(route: str, world: World) -> None:
    for user, found in ((a_coordinator(world.own), 1), (a_coordinator(world.foreign), 0)):
        pages = a_client(user)
        assert pages.get(f"/api/v1/{route}/").json()["count"] == found
        if route != "lab-results":
            search = {"search": world.patient.study_id}
            assert pages.get(f"/api/v1/{route}/", search).json()["count"] == found
    assert a_client(a_user("analyst")).get(f"/api/v1/{route}/").status_code == 403


def test_a_coordinator_sees_no_cohort_of_others(world: World) -> None:
    stranger = a_client(a_coordinator(a_site("THIRD")))

    assert stranger.get("/api/v1/cohorts/").json()["count"] == 0
    assert stranger.get("/api/v1/cohorts/mhd/").status_code == 404


def bodies(world: World) -> dict[str, dict[str, Any]]:
    """One acceptable request for each route that records."""
    enrolled = enrolment(world.cohort, site=world.own)
    enrolled |= {"cohort": "mhd", "site": "OWN", "group": "mhd"}
    recorded = {"patient": world.patient.pk, "occurred_on": "2024-05-01"}
    mg = {"analyte": "mg", "value": "1.0", "unit": "mmol/L"}
    return {
        "patients": enrolled,
        "lab-draws": recorded | {"results": [mg]},
        "calcification-scores": recorded | graded(1),
        "outcome-events": recorded | {"outcome_type": "stroke"},
        "contacts": recorded,
        "cohorts": {
            "slug": "new",
            "name": "New",
            "sites": ["OWN"],
            "groups": [{"code": "all", "name": "All", "limits": "mhd"}],
        },
        "analytes": {
            "code": "zinc",
            "unit": "umol/L",
            "name": "Zinc",
            "short_name": "Zn",
            "category": "mineral",
            "hard_min": "1",
            "hard_max": "100",
        },
    }


EXPECTED_WRITE = {
    "coordinator": {"pooled": 403, "record": 201, "enrol": 201},
    "foreign coordinator": {"pooled": 403, "record": 400, "enrol": 403},
    "analyst": {"pooled": 403, "record": 403, "enrol": 403},
    "administrator": {"pooled": 201, "record": 201, "enrol": 201},
    "nobody": {"pooled": 401, "record": 401, "enrol": 401},
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("route", [route for route in ROUTES if route != "lab-results"])
def test_recording(route: str, role: str, world: World) -> None:
    kind = "pooled" if route in POOLED else "enrol" if route == "patients" else "record"
    writer = client_of(role, world)

    answer = writer.post(f"/api/v1/{route}/", bodies(world)[route], format="json")

    assert answer.status_code == EXPECTED_WRITE[role][kind], answer.content
    if answer.status_code == 400:
        assert answer.json()["codes"] == {"patient": ["unknown"]}


CORRECTIONS: dict[str, dict[str, Any]] = {
    "cohorts": {"name": "Renamed"},
    "patients": {"smoking": "never"},
    "lab-draws": {"laboratory": "Central"},
    "lab-results": {"value": "1.1"},
    "calcification-scores": {"reader": "B"},
    "outcome-events": {"icd10": "I21.4"},
    "contacts": {"kind": "phone"},
    "analytes": {"decimals": 3},
}
EXPECTED_CORRECTION = {
    "coordinator": {"pooled": 403, "record": 200},
    "foreign coordinator": {"pooled": 403, "record": 404},
    "analyst": {"pooled": 403, "record": 403},
    "administrator": {"pooled": 200, "record": 200},
    "nobody": {"pooled": 401, "record": 401},
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("route", ROUTES)
def test_correcting(route: str, role: str, world: World) -> None:
    writer = client_of(role, world)
    asked = CORRECTIONS[route] | {"reason": "Typing error"}

    answer = writer.patch(f"/api/v1/{world.paths[route]}", asked, format="json")

    assert answer.status_code == EXPECTED_CORRECTION[role]["pooled" if route in POOLED else "record"], (
        answer.content
    )


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("coordinator", 200),
        ("foreign coordinator", 404),
        ("analyst", 403),
        ("administrator", 200),
        ("nobody", 401),
    ],
)
def test_withdrawing_consent(role: str, status: int, world: World) -> None:
    path = f"/api/v1/{world.paths['patients']}withdraw-consent/"
    asked = {"withdrawn_on": "2024-06-01", "reason": "Asked to stop"}

    assert client_of(role, world).post(path, asked, format="json").status_code == status


def test_no_route_of_the_record_is_left_out() -> None:
    api = {
        str(pattern.pattern).split("/")[0].lstrip("^")
        for included in get_resolver("registry.api.urls").url_patterns
        for pattern in getattr(included, "url_patterns", [included])
    }

    assert api == {*ROUTES, "log-out", "log-out-all"}
