"""What is always true of a row, kept by the database itself: each rule satisfied and violated."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from registry.models import (
    AnalyteSoftLimits,
    AnalyteUnit,
    CalcificationReading,
    Cohort,
    CohortGroup,
    Consent,
    Contact,
    LabDraw,
    LabResult,
    Membership,
    OutcomeEvent,
    Patient,
)
from registry.models.calcification import SEGMENTS
from tests.builders import DAY, ENROLLED, a_draw, a_patient, a_site, a_user, an_outcome

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient() -> Patient:
    return a_patient()


def accepted(write: Callable[[], Any]) -> None:
    with transaction.atomic():
        write()


def refused(write: Callable[[], Any], constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        write()


@pytest.mark.parametrize(
    ("constraint", "good", "bad"),
    [
        ("patient_birth_year_plausible", {"birth_year": 1900}, {"birth_year": 1899}),
        ("patient_birth_month_exists", {"birth_month": 12}, {"birth_month": 13}),
        ("patient_age_plausible", {"age_reported": 120}, {"age_reported": Decimal("120.01")}),
        ("patient_born_before_enrolment", {"birth_year": ENROLLED.year}, {"birth_year": ENROLLED.year + 1}),
        (
            "patient_born_before_dialysis",
            {"dialysis_started_on": "1960-01-01"},
            {"dialysis_started_on": "1959-12-31"},
        ),
        (
            "patient_dialysis_before_enrolment",
            {"dialysis_started_on": ENROLLED},
            {"dialysis_started_on": ENROLLED + DAY},
        ),
        ("patient_sessions_per_week_plausible", {"sessions_per_week": 7}, {"sessions_per_week": 8}),
        ("patient_session_minutes_plausible", {"session_minutes": 10}, {"session_minutes": 9}),
    ],
)
def test_a_patient(patient: Patient, constraint: str, good: dict[str, Any], bad: dict[str, Any]) -> None:
    rows = Patient.objects.filter(pk=patient.pk)

    accepted(lambda: rows.update(**good))
    refused(lambda: rows.update(**bad), constraint)


def test_study_and_source_numbers_stand_once_in_a_cohort(patient: Patient) -> None:
    other = a_patient(patient.cohort)
    elsewhere = a_patient()
    Patient.objects.filter(pk=patient.pk).update(source_id="A1")

    accepted(
        lambda: Patient.objects.filter(pk=elsewhere.pk).update(study_id=patient.study_id, source_id="A1")
    )
    accepted(lambda: Patient.objects.filter(pk=other.pk).update(source_id=""))
    mine = Patient.objects.filter(pk=other.pk)
    refused(lambda: mine.update(study_id=patient.study_id), "patient_study_id_once_in_cohort")
    refused(lambda: mine.update(source_id="A1"), "patient_source_id_once_in_cohort")


def test_consent_is_withdrawn_after_it_was_signed(patient: Patient) -> None:
    consent = Consent.objects.filter(patient=patient)
    signed_on = consent.get().signed_on

    accepted(lambda: consent.update(withdrawn_on=signed_on))
    refused(lambda: consent.update(withdrawn_on=signed_on - DAY), "consent_withdrawn_after_signing")


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        (LabDraw, {}),
        (CalcificationReading, {}),
        (Contact, {}),
        (OutcomeEvent, {"outcome_type_id": "mi", "is_terminal": False}),
    ],
)
def test_a_moment_is_on_one_time_scale(patient: Patient, model: Any, fields: dict[str, Any]) -> None:
    def row(**when: Any) -> Callable[[], Any]:
        return lambda: model.objects.create(patient=patient, **fields, **when)

    constraint = f"{model.__name__.lower()}_one_time_scale"
    accepted(row(occurred_on=ENROLLED))
    accepted(row(occurred_months=3))
    refused(row(), constraint)
    refused(row(occurred_on=ENROLLED, occurred_months=3), constraint)


def test_a_draw_stands_once(patient: Patient) -> None:
    def draw(**fields: Any) -> Callable[[], Any]:
        return lambda: LabDraw.objects.create(patient=patient, occurred_on=ENROLLED, **fields)

    accepted(draw(dialysis="pre"))
    accepted(draw(dialysis="post"))
    accepted(draw(dialysis="pre", occurred_time="08:00"))
    refused(draw(dialysis="pre"), "lab_draw_once")


def test_a_result_stands_once_with_a_known_comparator(patient: Patient) -> None:
    draw = a_draw(patient)

    def result(**fields: Any) -> Callable[[], Any]:
        rest = {"value": 1, "reported_value": "1", "reported_unit": "mmol/L"}
        return lambda: LabResult.objects.create(draw=draw, **rest, **fields)

    accepted(result(analyte_id="ca", comparator="<="))
    refused(result(analyte_id="ca"), "lab_result_once_in_draw")
    refused(result(analyte_id="p", comparator="~"), "lab_result_comparator_known")


@pytest.mark.parametrize("segment", SEGMENTS)
def test_a_segment_is_graded_0_to_3(patient: Patient, segment: str) -> None:
    reading = CalcificationReading.objects.create(patient=patient, occurred_on=ENROLLED)
    rows = CalcificationReading.objects.filter(pk=reading.pk)

    accepted(lambda: rows.update(**{segment: 3}))
    refused(lambda: rows.update(**{segment: 4}), f"calcification_{segment}_within_3")


def test_a_total_is_at_most_24(patient: Patient) -> None:
    reading = CalcificationReading.objects.create(patient=patient, occurred_on=ENROLLED)
    rows = CalcificationReading.objects.filter(pk=reading.pk)

    accepted(lambda: rows.update(total_reported=24))
    refused(lambda: rows.update(total_reported=25), "calcification_total_within_24")


def test_follow_up_ends_once(patient: Patient) -> None:
    an_outcome(patient, "lost")

    def event(**fields: Any) -> Callable[[], Any]:
        return lambda: OutcomeEvent.objects.create(patient=patient, occurred_on=ENROLLED, **fields)

    accepted(event(outcome_type_id="mi", is_terminal=False))
    refused(event(outcome_type_id="death_cv", is_terminal=True), "outcome_one_terminal_status")


def test_a_cohort_in_months_counts_from_day_0() -> None:
    def cohort(slug: str, **fields: Any) -> Callable[[], Any]:
        return lambda: Cohort.objects.create(slug=slug, name=slug, **fields)

    accepted(cohort("months", time_scale="relative", index_date="day_zero"))
    refused(cohort("odd", time_scale="relative"), "cohort_relative_time_has_day_zero")


def test_a_group_code_stands_once_in_a_cohort(patient: Patient) -> None:
    def group(code: str) -> Callable[[], Any]:
        return lambda: CohortGroup.objects.create(cohort=patient.cohort, code=code, name=code, limits="mhd")

    accepted(group("other"))
    refused(group("mhd"), "group_code_once_in_cohort")


def test_a_role_is_known_stands_once_and_a_coordinators_has_a_site() -> None:
    site, user = a_site(), a_user("analyst")

    def role(name: str, at: Any = None) -> Callable[[], Any]:
        return lambda: Membership.objects.create(user=user, role=name, site=at)

    accepted(role("coordinator", site))
    refused(role("coordinator", site), "membership_once")
    refused(role("analyst"), "membership_once")
    refused(role("coordinator"), "membership_site_for_coordinators_alone")
    refused(role("administrator", site), "membership_site_for_coordinators_alone")
    refused(role("owner"), "membership_role_known")


def test_limits_and_factors_of_an_analyte() -> None:
    def unit(unit: str, factor: int) -> Callable[[], Any]:
        return lambda: AnalyteUnit.objects.create(analyte_id="mg", unit=unit, factor=factor)

    accepted(unit("ug/L", 1))
    refused(unit("ug/L", 2), "analyte_unit_once")
    refused(unit("ng/L", 0), "analyte_unit_factor_positive")
    limits = AnalyteSoftLimits.objects.filter(analyte="mg", limits="mhd")
    accepted(lambda: limits.update(low=0.5, high=0.6))
    refused(lambda: limits.update(low=0.6, high=0.6), "analyte_soft_limits_ordered")
    refused(
        lambda: AnalyteSoftLimits.objects.create(analyte_id="mg", limits="mhd", low=0, high=1),
        "analyte_soft_limits_once",
    )
    analyte = limits.get().analyte
    analyte.hard_max = analyte.hard_min
    refused(analyte.save, "analyte_hard_limits_ordered")
