"""Recording and correcting readings of the abdominal aorta."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from registry.actions.change import change
from registry.actions.dates import check_moment
from registry.actions.patients import locked
from registry.actions.refusals import Refusals, require_known, require_reason
from registry.actions.writing import check_fields, insert, update
from registry.models import CalcificationReading, Patient, User
from registry.models.calcification import SEGMENTS
from registry.permissions import Permission, require

FIELDS = ("occurred_on", "occurred_months", "modality", "reader", "unreadable", "total_reported")
DOORS_OF_PUBLISHED_SCORES = ("import", "command")


def record_calcification(
    *,
    by: User | None,
    patient: Patient,
    segments: Mapping[str, int | None] | None = None,
    door: str = "form",
    **fields: Any,
) -> CalcificationReading:
    """Record one reading: every segment graded or marked unreadable, or a published total alone."""
    require(by, Permission.RECORD_WRITE, site=patient.site)
    require_known(fields, FIELDS)
    require_known(segments or {}, SEGMENTS)
    with change(by=by, door=door, cohort=patient.cohort):
        patient = locked(patient)
        reading = CalcificationReading(patient=patient, **fields, **(segments or {}))
        _check(reading, door)
        insert(reading)
    return reading


def correct_calcification(
    *,
    by: User | None,
    reading: CalcificationReading,
    reason: str,
    segments: Mapping[str, int | None] | None = None,
    door: str = "form",
    **changes: Any,
) -> CalcificationReading:
    """Correct a reading, saying why; segments not named stay as they are."""
    require(by, Permission.RECORD_WRITE, site=reading.patient.site)
    require_reason(reason)
    require_known(changes, FIELDS)
    require_known(segments or {}, SEGMENTS)
    with change(by=by, door=door, reason=reason, cohort=reading.patient.cohort):
        patient = locked(reading.patient)
        reading = CalcificationReading.objects.select_for_update().get(pk=reading.pk)
        had_total = reading.total_reported is not None
        reading.patient = patient
        for name, value in {**changes, **(segments or {})}.items():
            setattr(reading, name, value)
        _check(reading, "import" if had_total else door)
        update(reading)
    return reading


def _check(reading: CalcificationReading, door: str) -> None:
    refusals = Refusals()
    _check_grades(reading, refusals)
    if not refusals.by_field:
        check_fields(reading, refusals)
    if not refusals.by_field:
        check_moment(
            reading.patient,
            refusals,
            occurred_on=reading.occurred_on,
            occurred_months=reading.occurred_months,
        )
        _check_total(reading, door, refusals)
    refusals.raise_any()


def _check_grades(reading: CalcificationReading, refusals: Refusals) -> None:
    """A segment has a grade or is marked unreadable; only a published total goes without both."""
    grades = {segment: getattr(reading, segment) for segment in SEGMENTS}
    for segment, grade in grades.items():
        is_grade = isinstance(grade, int) and not isinstance(grade, bool) and 0 <= grade <= 3
        if grade is not None and not is_grade:
            refusals.add(
                segment,
                _("“%(value)s” is not a grade: 0 is none, 1 up to one third, 2 up to two thirds, 3 more."),
                "range",
                value=grade,
            )
        elif grade is not None and segment in reading.unreadable:
            refusals.add(
                segment,
                _("It has grade %(value)s and is marked unreadable. Keep one of the two."),
                "not_allowed",
                value=grade,
            )
    for segment in reading.unreadable:
        if segment not in SEGMENTS:
            refusals.add(
                "unreadable",
                _("“%(value)s” is not a segment. The segments are: %(allowed)s."),
                "unknown",
                value=segment,
                allowed=", ".join(SEGMENTS),
            )
    is_total_only = reading.total_reported is not None and set(grades.values()) == {None}
    if is_total_only:
        return
    for segment, grade in grades.items():
        if grade is None and segment not in reading.unreadable:
            refusals.add(
                segment, _("It has no grade. Enter 0 to 3, or mark the segment as unreadable."), "required"
            )


def _check_total(reading: CalcificationReading, door: str, refusals: Refusals) -> None:
    total = reading.total_reported
    if total is None:
        return
    if total > 24:
        refusals.add(
            "total_reported",
            _("%(value)s is not a total: eight segments of 0 to 3 add up to 24 at most."),
            "range",
            value=total,
        )
    is_own_reading = reading.segment_sum is not None or reading.unreadable
    if is_own_reading and door not in DOORS_OF_PUBLISHED_SCORES:
        refusals.add(
            "total_reported",
            _("%(value)s: the total of an own reading follows from its segments. Leave it empty."),
            "not_allowed",
            value=total,
        )
