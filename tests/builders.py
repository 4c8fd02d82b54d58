"""Small records for tests, made through the same doors as real ones; no argument must be given."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from rest_framework.test import APIClient

from registry.actions.access import create_user, issue_token
from registry.actions.calcification import record_calcification
from registry.actions.cohorts import create_cohort
from registry.actions.contacts import record_contact
from registry.actions.labs import record_lab_draw
from registry.actions.outcomes import record_outcome
from registry.actions.patients import enrol_patient
from registry.actions.sites import create_site
from registry.models import (
    CalcificationReading,
    Cohort,
    Contact,
    LabDraw,
    OutcomeEvent,
    Patient,
    Site,
    User,
)
from registry.models.calcification import SEGMENTS

DAY = timedelta(days=1)
ENROLLED = date(2024, 3, 1)
GROUPS = (
    {"code": "mhd", "name": "MHD", "limits": "mhd", "on_dialysis": True},
    {"code": "control", "name": "Control", "limits": "control", "on_dialysis": False},
)
_numbers = count(1)


def a_site(code: str = "", **fields: Any) -> Site:
    code = code or f"S{next(_numbers)}"
    return create_site(by=None, door="command", code=code, **({"name": f"Site {code}"} | fields))


def a_cohort(*sites: Site, slug: str = "", **fields: Any) -> Cohort:
    slug = slug or f"cohort-{next(_numbers)}"
    return create_cohort(
        by=None,
        door="command",
        slug=slug,
        sites=sites or [a_site()],
        **({"name": slug, "groups": GROUPS} | fields),
    )


def a_relative_cohort(*sites: Site, **fields: Any) -> Cohort:
    relative = {"time_scale": "relative", "index_date": "day_zero", "consent_basis": "public_use"}
    return a_cohort(*sites, **(relative | fields))


def a_user(role: str = "administrator", site: Site | None = None, username: str = "") -> User:
    username = username or f"{role}-{next(_numbers)}"
    user, _password = create_user(by=None, door="command", username=username, role=role, site=site)
    return user


def a_coordinator(site: Site) -> User:
    return a_user("coordinator", site)


def a_client(user: User | None = None) -> APIClient:
    """An API client with the token of an account, or with none."""
    client = APIClient()
    if user is not None:
        client.credentials(HTTP_AUTHORIZATION=f"Token {issue_token(by=None, user=user)}")
    return client


def enrolment(
    cohort: Cohort, *, site: Site | None = None, group: str = "mhd", **fields: Any
) -> dict[str, Any]:
    """The arguments of an enrolment that is accepted."""
    chosen: dict[str, Any] = {
        "cohort": cohort,
        "site": site or cohort.sites.first(),
        "group": cohort.groups.get(code=group),
        "sex": "female",
        "birth_year": 1960,
    }
    if not cohort.is_relative:
        chosen["enrolled_on"] = ENROLLED
    if cohort.consent_basis == Cohort.ConsentBasis.WRITTEN:
        chosen["consent"] = {"form_code": "main", "version": "1", "signed_on": ENROLLED - DAY}
    return chosen | fields


def a_patient(cohort: Cohort | None = None, **fields: Any) -> Patient:
    return enrol_patient(by=None, door="command", **enrolment(cohort or a_cohort(), **fields))


def a_moment(patient: Patient, days: int = 10) -> dict[str, Any]:
    """So many days after enrolment, on the cohort's time scale."""
    if patient.cohort.is_relative:
        return {"occurred_months": round(Decimal(days) / 30, 2)}
    return {"occurred_on": ENROLLED + days * DAY}


def a_draw(patient: Patient, days: int = 10, results: Any = None, **fields: Any) -> LabDraw:
    """A draw with magnesium, or with {code: value} in the analytes' own units."""
    results = results or {"mg": "1.05"}
    units = {"mg": "mmol/L", "ca": "mmol/L", "p": "mmol/L", "albumin": "g/L"}
    entries = [{"analyte": code, "value": value, "unit": units[code]} for code, value in results.items()]
    return record_lab_draw(
        by=None, door="command", patient=patient, results=entries, **(a_moment(patient, days) | fields)
    )


def graded(*grades: int | None) -> dict[str, int | None]:
    """Grades of the eight segments in order; those not given are 0."""
    return dict(zip(SEGMENTS, (*grades, *(0,) * (8 - len(grades))), strict=True))


def a_reading(patient: Patient, days: int = 10, **fields: Any) -> CalcificationReading:
    chosen = a_moment(patient, days) | {"segments": graded(1, 2)} | fields
    return record_calcification(by=None, door="command", patient=patient, **chosen)


def an_outcome(patient: Patient, outcome_type: str = "mi", days: int = 10, **fields: Any) -> OutcomeEvent:
    chosen = a_moment(patient, days) | fields
    return record_outcome(by=None, door="command", patient=patient, outcome_type=outcome_type, **chosen)


def a_contact(patient: Patient, days: int = 10, **fields: Any) -> Contact:
    return record_contact(by=None, door="command", patient=patient, **(a_moment(patient, days) | fields))
