"""Recording that a patient was seen or heard of."""

from typing import Any

from registry.actions.change import change
from registry.actions.dates import check_moment
from registry.actions.patients import locked
from registry.actions.refusals import Refusals, require_known, require_reason
from registry.actions.writing import check_fields, insert, update
from registry.models import Contact, Patient, User
from registry.permissions import Permission, require

FIELDS = ("occurred_on", "occurred_months", "kind", "note")


def record_contact(*, by: User | None, patient: Patient, door: str = "form", **fields: Any) -> Contact:
    """Record one contact."""
    require(by, Permission.RECORD_WRITE, site=patient.site)
    require_known(fields, FIELDS)
    with change(by=by, door=door, cohort=patient.cohort):
        contact = Contact(patient=locked(patient), **fields)
        _check(contact)
        insert(contact)
    return contact


def correct_contact(
    *, by: User | None, contact: Contact, reason: str, door: str = "form", **changes: Any
) -> Contact:
    """Correct a contact, saying why."""
    require(by, Permission.RECORD_WRITE, site=contact.patient.site)
    require_reason(reason)
    require_known(changes, FIELDS)
    with change(by=by, door=door, reason=reason, cohort=contact.patient.cohort):
        patient = locked(contact.patient)
        contact = Contact.objects.select_for_update().get(pk=contact.pk)
        contact.patient = patient
        for name, value in changes.items():
            setattr(contact, name, value)
        _check(contact)
        update(contact)
    return contact


def _check(contact: Contact) -> None:
    refusals = Refusals()
    check_fields(contact, refusals)
    if not refusals.by_field:
        check_moment(
            contact.patient,
            refusals,
            occurred_on=contact.occurred_on,
            occurred_months=contact.occurred_months,
        )
    refusals.raise_any()
