"""Recording and correcting what happened to a patient."""

import re
from typing import Any

from django.utils.translation import gettext_lazy as _

from registry.actions.change import change
from registry.actions.dates import check_moment, last_day, latest_record
from registry.actions.patients import locked
from registry.actions.refusals import Refusals, refuse, require_known, require_reason
from registry.actions.writing import check_fields, insert, update
from registry.models import OutcomeEvent, OutcomeType, Patient, User
from registry.permissions import Permission, require

FIELDS = (
    "occurred_on",
    "occurred_months",
    "precision",
    "source",
    "icd10",
    "cause_reported",
    "is_adjudicated",
)
ICD10 = re.compile(r"[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?")


def record_outcome(
    *, by: User | None, patient: Patient, outcome_type: str, door: str = "form", **fields: Any
) -> OutcomeEvent:
    """Record an event, or the one end of a patient's follow-up."""
    require(by, Permission.RECORD_WRITE, site=patient.site)
    require_known(fields, FIELDS)
    kind = _known_type(outcome_type)
    with change(by=by, door=door, cohort=patient.cohort):
        patient = locked(patient)
        event = OutcomeEvent(patient=patient, outcome_type=kind, is_terminal=kind.is_terminal, **fields)
        _check(event)
        insert(event)
    return event


def correct_outcome(
    *, by: User | None, event: OutcomeEvent, reason: str, door: str = "form", **changes: Any
) -> OutcomeEvent:
    """Correct an event, its kind included, saying why."""
    require(by, Permission.RECORD_WRITE, site=event.patient.site)
    require_reason(reason)
    require_known(changes, (*FIELDS, "outcome_type"))
    if "outcome_type" in changes:
        changes["outcome_type"] = _known_type(changes["outcome_type"])
    with change(by=by, door=door, reason=reason, cohort=event.patient.cohort):
        patient = locked(event.patient)
        event = (
            OutcomeEvent.objects.select_for_update(of=("self",))
            .select_related("outcome_type")
            .get(pk=event.pk)
        )
        event.patient = patient
        for name, value in changes.items():
            setattr(event, name, value)
        event.is_terminal = event.outcome_type.is_terminal
        _check(event)
        update(event)
    return event


def remove_outcome(*, by: User | None, event: OutcomeEvent, reason: str, door: str = "form") -> None:
    """Take out an event that never happened to this patient; the audit trail keeps it."""
    require(by, Permission.RECORD_WRITE, site=event.patient.site)
    require_reason(reason)
    with change(by=by, door=door, reason=reason, cohort=event.patient.cohort):
        locked(event.patient)
        event.delete()


def _known_type(code: str) -> OutcomeType:
    kind = OutcomeType.objects.filter(code=code).first()
    if kind is None:
        refuse(
            "outcome_type",
            _("The dictionary has no outcome “%(value)s”. Choose one it has: %(allowed)s."),
            "unknown",
            value=code,
            allowed=", ".join(OutcomeType.objects.values_list("code", flat=True)),
        )
    return kind


def _check(event: OutcomeEvent) -> None:
    refusals = Refusals()
    event.icd10 = event.icd10.strip().upper() if isinstance(event.icd10, str) else event.icd10
    check_fields(event, refusals)
    if event.icd10 and not ICD10.fullmatch(event.icd10):
        refusals.add(
            "icd10",
            _("“%(value)s” is not an ICD-10 code. Write it like I21.4, or leave it empty."),
            "range",
            value=event.icd10,
        )
    refusals.raise_any()
    if event.is_terminal:
        _check_end(event, refusals)
    check_moment(
        event.patient,
        refusals,
        occurred_on=event.occurred_on,
        occurred_months=event.occurred_months,
        precision=event.precision,
        after_enrolment=True,
        ignoring=event,
    )
    refusals.raise_any()


def _check_end(event: OutcomeEvent, refusals: Refusals) -> None:
    """One end of follow-up, with no event after it, and after a death nothing at all."""
    patient = event.patient
    other = patient.outcome_events.filter(is_terminal=True).exclude(pk=event.pk).first()
    if other is not None:
        refusals.add(
            "outcome_type",
            _(
                "Follow-up has ended already with “%(other)s” at %(ended)s. "
                "Correct that event instead of adding “%(value)s”."
            ),
            "terminal",
            value=event.outcome_type.name,
            other=other.outcome_type.name,
            ended=other.occurred_months if other.occurred_on is None else other.occurred_on,
        )
    latest = latest_record(patient, excluding=event, of_events_only=not event.outcome_type.is_fatal)
    field = "occurred_months" if patient.cohort.is_relative else "occurred_on"
    moment = getattr(event, field)
    if latest is None or moment is None:
        return
    end = moment if patient.cohort.is_relative else last_day(moment, event.precision)
    if latest > end:
        refusals.add(
            field,
            _("“%(kind)s” at %(value)s: something is recorded later, at %(latest)s. Correct one of them."),
            "date_order",
            kind=event.outcome_type.name,
            value=moment,
            latest=latest,
        )
