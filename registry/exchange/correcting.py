"""The record brought to what a file says, row by row through the actions, for a reason."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registry.actions.bulk import Refusal
from registry.actions.calcification import correct_calcification
from registry.actions.contacts import correct_contact
from registry.actions.labs import correct_lab_draw, correct_lab_result
from registry.actions.outcomes import correct_outcome
from registry.actions.patients import correct_patient
from registry.actions.refusals import refuse
from registry.exchange.comparing import Difference
from registry.models import CalcificationReading, Contact, LabDraw, LabResult, OutcomeEvent, Patient, User
from registry.models.calcification import SEGMENTS


def correct_record(
    *, by: User | None, differences: Iterable[Difference], reason: str, door: str
) -> tuple[int, list[Refusal]]:
    """Correct each recorded row that differs; returns how many were, and what the actions refused."""
    by_row: dict[tuple[str, int], list[Difference]] = {}
    for difference in differences:
        by_row.setdefault((difference.table, difference.pk), []).append(difference)
    refusals: list[Refusal] = []
    for about_one in by_row.values():
        try:
            with transaction.atomic():
                _correct_row(about_one, {"by": by, "reason": reason, "door": door})
        except ValidationError as refusal:
            refusals += _refusals(about_one, refusal)
    return len(by_row), refusals


def _correct_row(differences: list[Difference], how: dict[str, Any]) -> None:
    first = differences[0]
    said: dict[str, Any] = {difference.field: difference.said for difference in differences}
    match first.table:
        case "patients":
            patient = Patient.objects.select_related("cohort", "site", "group").get(pk=first.pk)
            correct_patient(patient=patient, **how, **_with_links(patient, said))
        case "draws":
            correct_lab_draw(draw=LabDraw.objects.get(pk=first.pk), **how, **said)
        case "results":
            result = LabResult.objects.get(pk=first.pk)
            correct_lab_result(result=result, value=first.said, unit=first.unit, **how)
        case "readings":
            reading = CalcificationReading.objects.get(pk=first.pk)
            grades = {name: int(said.pop(name)) for name in SEGMENTS if name in said}
            if "unreadable" in said:
                said["unreadable"] = said["unreadable"].split(",")
            correct_calcification(reading=reading, segments=grades, **how, **said)
        case "outcomes":
            correct_outcome(event=OutcomeEvent.objects.get(pk=first.pk), **how, **said)
        case "contacts":
            correct_contact(contact=Contact.objects.get(pk=first.pk), **how, **said)
        case _:
            refuse(
                first.field,
                _("“%(value)s”: a signed consent is not corrected by file. Leave it as recorded."),
                "not_allowed",
                value=first.said,
            )


def _with_links(patient: Patient, said: dict[str, Any]) -> dict[str, Any]:
    """The changes with site and group as rows of the cohort in place of their codes."""
    if "site" in said:
        site = patient.cohort.sites.filter(code=said["site"]).first()
        if site is None:
            message = _("The site “%(value)s” takes no part in this cohort. Choose one that does.")
            refuse("site", message, "unknown", value=said["site"])
        said["site"] = site
    if "group" in said:
        group = patient.cohort.groups.filter(code=said["group"]).first()
        if group is None:
            message = _("The group “%(value)s” is not of this cohort. Choose one of its groups.")
            refuse("group", message, "unknown", value=said["group"])
        said["group"] = group
    return said


def _refusals(differences: list[Difference], refusal: ValidationError) -> list[Refusal]:
    said = {difference.field: difference.said for difference in differences}
    first = differences[0]
    return [
        Refusal(
            row=first.row,
            field=name,
            value=said.get(name, first.said),
            message=" ".join(error.messages),
            code=error.code or "",
            study_id=first.study_id,
        )
        for name, errors in refusal.error_dict.items()
        for error in errors
    ]
