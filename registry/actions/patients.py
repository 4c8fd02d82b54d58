"""Enrolling patients, correcting what is known of them, withdrawing consent."""

import re
import secrets
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from registry.actions.change import change
from registry.actions.dates import check_enrolment, today_at
from registry.actions.refusals import Refusals, refuse, require_filled, require_known, require_reason
from registry.actions.writing import check_fields, insert, update
from registry.models import Cohort, CohortGroup, Consent, OutcomeEvent, OutcomeType, Patient, Site, User
from registry.permissions import Permission, require

DIALYSIS_FIELDS = (
    "dialysis_started_on",
    "modality",
    "sessions_per_week",
    "session_minutes",
    "vascular_access",
)
FIELDS = (
    "source_id",
    "sex",
    "birth_year",
    "birth_month",
    "age_reported",
    "enrolled_on",
    *DIALYSIS_FIELDS,
    "diabetes",
    "hypertension",
    "smoking",
    "prior_cvd",
)
STUDY_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


def enrol_patient(
    *,
    by: User | None,
    cohort: Cohort,
    site: Site,
    group: CohortGroup,
    study_id: str = "",
    consent: Mapping[str, Any] | None = None,
    door: str = "form",
    **fields: Any,
) -> Patient:
    """Enrol one patient, under the study number given or one made for the site."""
    require(by, Permission.RECORD_WRITE, site=site)
    require_known(fields, FIELDS)
    with change(by=by, door=door, cohort=cohort):
        cohort = _held(cohort)
        patient = Patient(cohort=cohort, site=site, group=group, study_id=study_id.strip(), **fields)
        refusals = Refusals()
        signed = _consent(patient, consent, refusals)
        _check(patient, refusals, signed_on=signed.signed_on if signed else None)
        refusals.raise_any()
        if not patient.study_id:
            patient.study_id = make_study_id(cohort, site)
        insert(patient)
        if signed is not None:
            insert(signed)
    return patient


def correct_patient(
    *, by: User | None, patient: Patient, reason: str, door: str = "form", **changes: Any
) -> Patient:
    """Correct what is known of a patient, saying why."""
    require(by, Permission.RECORD_WRITE, site=patient.site)
    require_reason(reason)
    require_known(changes, (*FIELDS, "study_id", "group", "site"))
    if "site" in changes:
        require(by, Permission.RECORD_WRITE, site=changes["site"])
    with change(by=by, door=door, reason=reason, cohort=patient.cohort):
        _held(patient.cohort)
        patient = locked(patient)
        for name, value in changes.items():
            setattr(patient, name, value)
        refusals = Refusals()
        require_filled({"study_id": patient.study_id}, ["study_id"])
        signed_on = min((consent.signed_on for consent in patient.consents.all()), default=None)
        _check(patient, refusals, signed_on=signed_on)
        _check_events_follow(patient, refusals)
        refusals.raise_any()
        update(patient)
    return patient


def withdraw_consent(
    *, by: User | None, patient: Patient, withdrawn_on: date, reason: str, door: str = "form"
) -> Patient:
    """End a patient's consent from this day on, and with it the follow-up; what was recorded before stays."""
    require(by, Permission.RECORD_WRITE, site=patient.site)
    require_reason(reason)
    with change(by=by, door=door, reason=reason, cohort=patient.cohort):
        patient = locked(patient)
        standing = list(patient.consents.filter(withdrawn_on=None))
        withdrawn_on = _check_withdrawal(patient, standing, withdrawn_on)
        for consent in standing:
            update(consent)
        has_ended = patient.outcome_events.filter(is_terminal=True).exists()
        if not has_ended and not patient.cohort.is_relative:
            kind = OutcomeType.objects.get(code="withdrew_consent")
            insert(
                OutcomeEvent(patient=patient, outcome_type=kind, is_terminal=True, occurred_on=withdrawn_on)
            )
    return patient


def make_study_id(cohort: Cohort, site: Site) -> str:
    """A study number that says nothing of the person: site, six random digits, check digit."""
    while True:
        digits = f"{secrets.randbelow(1_000_000):06d}"
        study_id = f"{site.code}-{digits}-{check_digit(digits)}"
        if not Patient.objects.filter(cohort=cohort, study_id=study_id).exists():
            return study_id


def check_digit(digits: str) -> int:
    """Luhn's check digit, which catches every single wrong digit and most swapped neighbours."""
    doubled = [int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits))]
    return -sum(value - 9 if value > 9 else value for value in doubled) % 10


def locked(patient: Patient) -> Patient:
    """The patient, held until the end of the transaction, so that dates checked stay true."""
    return (
        Patient.objects.select_related("cohort", "site", "group")
        .select_for_update(of=("self",))
        .get(pk=patient.pk)
    )


def _held(cohort: Cohort) -> Cohort:
    """The cohort, its definition held until the end of the transaction; other patients need not wait."""
    return Cohort.objects.raw("SELECT * FROM registry_cohort WHERE id = %s FOR SHARE", [cohort.pk])[0]


def _check(patient: Patient, refusals: Refusals, *, signed_on: date | None) -> None:
    _check_fields(patient, refusals)
    if refusals.by_field:
        return
    _check_design(patient, refusals)
    check_enrolment(patient, refusals, signed_on=signed_on)
    for name in patient.cohort.required_fields:
        if name not in refusals.by_field and getattr(patient, name, None) in (None, ""):
            refusals.add(name, _("This cohort needs it and it was left empty. Fill it in."), "required")


def _check_fields(patient: Patient, refusals: Refusals) -> None:
    """A study number may still be made; one that is given has only harmless characters."""
    given = patient.study_id
    if given and not STUDY_ID.fullmatch(given):
        refusals.add(
            "study_id",
            _("“%(value)s” is not a study number: use letters, digits, dots and hyphens, 40 at most."),
            "range",
            value=given,
        )
    patient.study_id = given or "-"
    check_fields(patient, refusals)
    patient.study_id = given


def _check_design(patient: Patient, refusals: Refusals) -> None:
    """Group and site belong to the cohort, and dialysis fields to a group on dialysis."""
    if patient.group.cohort_id != patient.cohort_id:
        refusals.add(
            "group",
            _("The group “%(value)s” is not of this cohort. Choose one of its groups."),
            "unknown",
            value=patient.group.code,
        )
    if not patient.cohort.sites.filter(pk=patient.site_id).exists():
        refusals.add(
            "site",
            _("The site “%(value)s” takes no part in this cohort. Choose one that does."),
            "unknown",
            value=patient.site.code,
        )
    if patient.group.on_dialysis:
        return
    for name in DIALYSIS_FIELDS:
        if getattr(patient, name) not in (None, ""):
            refusals.add(
                name,
                _("“%(value)s”: the group “%(group)s” is not on dialysis. Leave it empty."),
                "not_allowed",
                value=getattr(patient, name),
                group=patient.group.name,
            )


def _consent(patient: Patient, given: Mapping[str, Any] | None, refusals: Refusals) -> Consent | None:
    if given is None:
        if patient.cohort.consent_basis == Cohort.ConsentBasis.WRITTEN:
            refusals.add(
                "consent",
                _("This cohort needs written consent. Enter form, version and the day it was signed."),
                "consent",
            )
        return None
    require_known(given, ("form_code", "version", "signed_on"))
    require_filled(given, ("form_code", "version", "signed_on"))
    consent = Consent(patient=patient, **given)
    check_fields(consent, refusals)
    if isinstance(consent.signed_on, date) and consent.signed_on > today_at(patient.site):
        refusals.add(
            "signed_on",
            _("%(value)s is still to come. Enter the day the form was signed."),
            "date_order",
            value=consent.signed_on,
        )
    return consent


def _check_withdrawal(patient: Patient, standing: list[Consent], withdrawn_on: date | None) -> date:
    """The day, as read; it is written into the consents that stand."""
    if not standing:
        refuse("patient", _("There is no standing consent of this patient to withdraw."), "consent")
    require_filled({"withdrawn_on": withdrawn_on}, ["withdrawn_on"])
    refusals = Refusals()
    for consent in standing:
        consent.withdrawn_on = withdrawn_on
        check_fields(consent, refusals)
    refusals.raise_any()
    day = max(consent.withdrawn_on for consent in standing if consent.withdrawn_on is not None)
    signed_on = max(consent.signed_on for consent in standing)
    today = today_at(patient.site)
    if not signed_on <= day <= today:
        refuse(
            "withdrawn_on",
            _("%(value)s is not between the signature on %(signed)s and today, %(today)s. Correct the date."),
            "date_order",
            value=day,
            signed=signed_on,
            today=today,
        )
    if patient.enrolled_on is not None and day < patient.enrolled_on:
        refuse(
            "withdrawn_on",
            _(
                "%(value)s is before the enrolment on %(enrolled)s, with which follow-up begins. "
                "Correct this date or the day of enrolment."
            ),
            "date_order",
            value=day,
            enrolled=patient.enrolled_on,
        )
    return day


def _check_events_follow(patient: Patient, refusals: Refusals) -> None:
    first = patient.outcome_events.exclude(occurred_on=None).order_by("occurred_on").first()
    if first is None or first.occurred_on is None or patient.enrolled_on is None:
        return
    if first.occurred_on < patient.enrolled_on:
        refusals.add(
            "enrolled_on",
            _("%(value)s is after an event on %(first)s, but follow-up begins here. Correct one."),
            "date_order",
            value=patient.enrolled_on,
            first=first.occurred_on,
        )
