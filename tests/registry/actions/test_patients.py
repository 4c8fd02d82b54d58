"""Enrolling, correcting, withdrawing consent."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from registry.actions.patients import check_digit, correct_patient, enrol_patient, withdraw_consent
from registry.models import AuditEntry, Consent, OutcomeEvent, Patient
from tests.builders import (
    DAY,
    ENROLLED,
    a_cohort,
    a_contact,
    a_coordinator,
    a_draw,
    a_patient,
    a_relative_cohort,
    a_site,
    a_user,
    an_outcome,
    enrolment,
)
from tests.refusals import refused

pytestmark = pytest.mark.django_db


def test_enrolment_makes_the_patient_the_consent_and_their_trail() -> None:
    cohort = a_cohort()
    coordinator = a_coordinator(cohort.sites.get())

    patient = enrol_patient(by=coordinator, door="api", **enrolment(cohort, diabetes="type_2"))

    kept = Patient.objects.get(pk=patient.pk)
    assert (kept.cohort, kept.diabetes, kept.birth_year) == (cohort, "type_2", 1960)
    assert Consent.objects.get(patient=kept).signed_on == ENROLLED - DAY
    entries = AuditEntry.objects.filter(patient_id=kept.pk)
    assert set(entries.values_list("table_name", "operation", "actor", "door")) == {
        (table, "INSERT", coordinator.username, "api") for table in ("registry_patient", "registry_consent")
    }


def test_a_study_number_is_made_with_a_check_digit() -> None:
    patient = a_patient(a_cohort(a_site("ND")))

    site, digits, check = patient.study_id.split("-")
    assert (site, len(digits), int(check)) == ("ND", 6, check_digit(digits))


def test_the_check_digit_is_luhns() -> None:
    assert check_digit("7992739871") == 3
    assert {check_digit(f"1{wrong}3456") for wrong in range(10)} == set(range(10))


@pytest.mark.parametrize(
    ("fields", "codes", "naming"),
    [
        ({"sex": ""}, {"sex": "required"}, ""),
        ({"sex": "x"}, {"sex": "unknown"}, "“x”"),
        ({"birth_year": 1899}, {"birth_year": "range"}, "1899"),
        ({"birth_year": "last"}, {"birth_year": "invalid"}, "last"),
        ({"birth_month": 13}, {"birth_month": "range"}, "13"),
        ({"birth_year": 2024, "birth_month": 4}, {"enrolled_on": "date_order"}, "2024"),
        ({"enrolled_on": None}, {"enrolled_on": "required"}, ""),
        ({"enrolled_on": "soon"}, {"enrolled_on": "invalid"}, "soon"),
        ({"enrolled_on": ENROLLED - 2 * DAY}, {"enrolled_on": "consent"}, "2024-02-28"),
        ({"dialysis_started_on": ENROLLED + DAY}, {"dialysis_started_on": "date_order"}, "2024-03-02"),
        ({"dialysis_started_on": date(1959, 1, 1)}, {"dialysis_started_on": "date_order"}, "1959"),
        ({"sessions_per_week": 8}, {"sessions_per_week": "range"}, "8"),
        ({"age_reported": Decimal("130")}, {"age_reported": "range"}, "130"),
        ({"study_id": "Li Wei"}, {"study_id": "range"}, "Li Wei"),
        ({"consent": None}, {"consent": "consent"}, "written consent"),
        ({"consent": {"form_code": "main"}}, {"version": "required", "signed_on": "required"}, ""),
        ({"nickname": "Li"}, {"nickname": "not_allowed"}, "nickname"),
    ],
)
def test_what_enrolment_refuses(fields: dict[str, Any], codes: dict[str, str], naming: str) -> None:
    asked = enrolment(a_cohort()) | fields
    by = a_user("administrator")

    with refused(codes, naming=naming):
        enrol_patient(by=by, **asked)


def test_a_duplicate_study_number_is_refused() -> None:
    patient = a_patient(study_id="ND-1")
    asked = enrolment(patient.cohort, study_id="ND-1")

    with refused({"study_id": "duplicate"}, naming="ND-1"):
        enrol_patient(by=None, door="command", **asked)


def test_a_group_or_site_of_another_cohort_is_refused() -> None:
    cohort, other = a_cohort(), a_cohort()
    asked = enrolment(cohort) | {"group": other.groups.first(), "site": other.sites.get()}

    with refused({"group": "unknown", "site": "unknown"}):
        enrol_patient(by=None, door="command", **asked)


def test_a_control_has_no_dialysis_fields() -> None:
    asked = enrolment(a_cohort(), group="control", vascular_access="avf", modality="hd")

    with refused({"vascular_access": "not_allowed", "modality": "not_allowed"}):
        enrol_patient(by=None, door="command", **asked)


def test_a_cohorts_required_fields_are_required() -> None:
    cohort = a_cohort(required_fields=["smoking", "birth_year"])
    asked = enrolment(cohort, birth_year=None)

    with refused({"smoking": "required", "birth_year": "required"}):
        enrol_patient(by=None, door="command", **asked)
    assert a_patient(cohort, smoking="never").smoking == "never"


def test_a_cohort_in_months_keeps_no_dates() -> None:
    asked = enrolment(a_relative_cohort(), enrolled_on=ENROLLED)

    with refused({"enrolled_on": "not_allowed"}):
        enrol_patient(by=None, door="command", **asked)


def test_nothing_is_enrolled_tomorrow_where_the_site_is() -> None:
    now = timezone.now()
    ahead, behind = a_site(time_zone="Pacific/Kiritimati"), a_site(time_zone="Pacific/Pago_Pago")
    today_ahead = (now + timedelta(hours=14)).date()
    cohort = a_cohort(ahead, behind)

    assert a_patient(cohort, site=ahead, enrolled_on=today_ahead).pk
    asked = enrolment(cohort, site=behind, enrolled_on=today_ahead)
    with refused({"enrolled_on": "date_order"}, naming="still to come"):
        enrol_patient(by=None, door="command", **asked)


def test_only_ones_own_site_is_enrolled_at() -> None:
    cohort = a_cohort(a_site(), foreign := a_site())
    asked = enrolment(cohort)

    for user in (a_coordinator(foreign), a_user("analyst")):
        with pytest.raises(PermissionDenied):
            enrol_patient(by=user, **asked)
    assert not Patient.objects.exists()


def test_a_correction_keeps_its_reason() -> None:
    patient = a_patient(smoking="never")

    correct_patient(by=a_coordinator(patient.site), patient=patient, smoking="former", reason="Chart")

    assert Patient.objects.get(pk=patient.pk).smoking == "former"
    assert AuditEntry.objects.filter(patient_id=patient.pk).first().reason == "Chart"


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"smoking": "former", "reason": " "}, {"reason": "required"}),
        ({"smoking": "pipe", "reason": "Chart"}, {"smoking": "unknown"}),
        ({"study_id": "", "reason": "Chart"}, {"study_id": "required"}),
        ({"cohort": None, "reason": "Chart"}, {"cohort": "not_allowed"}),
        ({"enrolled_on": ENROLLED + 20 * DAY, "reason": "Chart"}, {"enrolled_on": "date_order"}),
    ],
)
def test_what_a_correction_refuses(changes: dict[str, Any], codes: dict[str, str]) -> None:
    patient = a_patient()
    an_outcome(patient, days=10)

    with refused(codes):
        correct_patient(by=None, door="command", patient=patient, **changes)


def test_withdrawal_ends_consent_and_follow_up_and_stops_new_data() -> None:
    patient = a_patient()
    a_draw(patient, days=5)

    withdraw_consent(
        by=a_coordinator(patient.site), patient=patient, withdrawn_on=ENROLLED + 10 * DAY, reason="Asked"
    )

    assert Consent.objects.get(patient=patient).withdrawn_on == ENROLLED + 10 * DAY
    end = OutcomeEvent.objects.get(patient=patient)
    assert (end.outcome_type_id, end.is_terminal, end.occurred_on) == (
        "withdrew_consent",
        True,
        ENROLLED + 10 * DAY,
    )
    assert a_contact(patient, days=10).pk
    with refused({"occurred_on": "consent"}, naming="2024-03-11"):
        a_draw(patient, days=11)


def test_withdrawal_after_another_end_keeps_that_end() -> None:
    patient = a_patient()
    an_outcome(patient, "transfer_out", days=5)

    withdraw_consent(
        by=None, door="command", patient=patient, withdrawn_on=ENROLLED + 10 * DAY, reason="Asked"
    )

    assert OutcomeEvent.objects.get(patient=patient, is_terminal=True).outcome_type_id == "transfer_out"


@pytest.mark.parametrize(
    ("withdrawn_on", "code"),
    [
        (ENROLLED - 2 * DAY, "date_order"),
        (ENROLLED - DAY, "date_order"),
        (date(2999, 1, 1), "date_order"),
        (None, "required"),
        ("x", "invalid"),
    ],
)
def test_what_a_withdrawal_refuses(withdrawn_on: Any, code: str) -> None:
    patient = a_patient()

    with refused({"withdrawn_on": code}):
        withdraw_consent(by=None, door="command", patient=patient, withdrawn_on=withdrawn_on, reason="Asked")


def test_consent_is_withdrawn_once() -> None:
    patient = a_patient()
    asked = {"by": None, "door": "command", "withdrawn_on": ENROLLED, "reason": "Asked"}
    withdraw_consent(patient=patient, **asked)

    with refused({"patient": "consent"}):
        withdraw_consent(patient=patient, **asked)
