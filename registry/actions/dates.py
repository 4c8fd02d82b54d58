"""Birth, dialysis, enrolment, events, end: the order of a patient's dates, and the days open to records."""

import calendar
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.actions.refusals import Refusals
from registry.models import Cohort, Consent, OutcomeEvent, Patient, Site


def today_at(site: Site) -> date:
    """Today's date where the site is."""
    return timezone.localtime(timezone=ZoneInfo(site.time_zone)).date()


def first_day(day: date, precision: str) -> date:
    """The first day a date known to the month or year may mean."""
    if precision == OutcomeEvent.Precision.YEAR:
        return date(day.year, 1, 1)
    return day.replace(day=1) if precision == OutcomeEvent.Precision.MONTH else day


def last_day(day: date, precision: str) -> date:
    """The last day a date known to the month or year may mean."""
    if precision == OutcomeEvent.Precision.YEAR:
        return date(day.year, 12, 31)
    if precision == OutcomeEvent.Precision.MONTH:
        return day.replace(day=calendar.monthrange(day.year, day.month)[1])
    return day


def check_enrolment(patient: Patient, refusals: Refusals, *, signed_on: date | None = None) -> None:
    """Birth, start of dialysis and consent come before enrolment, and none of them is still to come."""
    today = today_at(patient.site)
    for field in ("dialysis_started_on", "enrolled_on"):
        day = getattr(patient, field)
        if day is None:
            continue
        if patient.cohort.is_relative:
            _refuse_calendar(field, day, refusals)
        if day > today:
            _refuse_future(field, day, today, refusals)
        if patient.birth_year is not None and day < _born(patient):
            refusals.add(
                field,
                _("%(value)s is before the birth in %(year)s. Correct one of them."),
                "date_order",
                value=day,
                year=patient.birth_year,
            )
    if patient.enrolled_on is None:
        if not patient.cohort.is_relative:
            refusals.add("enrolled_on", _("This is needed and was left empty. Fill it in."), "required")
        return
    if patient.dialysis_started_on is not None and patient.dialysis_started_on > patient.enrolled_on:
        refusals.add(
            "dialysis_started_on",
            _("Dialysis started on %(value)s, after enrolment on %(enrolled)s. Correct one of them."),
            "date_order",
            value=patient.dialysis_started_on,
            enrolled=patient.enrolled_on,
        )
    if signed_on is not None and signed_on > patient.enrolled_on:
        refusals.add(
            "enrolled_on",
            _("Enrolment on %(value)s is before the consent signed on %(signed)s. Correct one of them."),
            "consent",
            value=patient.enrolled_on,
            signed=signed_on,
        )


def check_moment(
    patient: Patient,
    refusals: Refusals,
    *,
    occurred_on: date | None,
    occurred_months: Decimal | None,
    precision: str = OutcomeEvent.Precision.DAY,
    after_enrolment: bool = False,
    ignoring: OutcomeEvent | None = None,
) -> None:
    """Whether the patient's record may hold something at this date, or at these months since day 0."""
    if patient.cohort.is_relative:
        if occurred_on is not None:
            _refuse_calendar("occurred_on", occurred_on, refusals)
        if occurred_months is None:
            refusals.add(
                "occurred_months", _("This cohort counts months since day 0. Enter them."), "required"
            )
    else:
        if occurred_months is not None:
            refusals.add(
                "occurred_months",
                _("%(value)s months: this cohort has calendar dates. Enter the date instead."),
                "not_allowed",
                value=occurred_months,
            )
        if occurred_on is None:
            refusals.add("occurred_on", _("The date is needed and was left empty. Enter it."), "required")
        else:
            _check_day(patient, refusals, occurred_on, precision, after_enrolment=after_enrolment)
    _check_before_end(patient, refusals, occurred_on, occurred_months, precision, after_enrolment, ignoring)


def latest_record(patient: Patient, *, excluding: OutcomeEvent, of_events_only: bool) -> Any:
    """The last date, or months, at which anything else is recorded of the patient; None where nothing is."""
    field = "occurred_months" if patient.cohort.is_relative else "occurred_on"
    moments = [patient.outcome_events.exclude(pk=excluding.pk).aggregate(latest=Max(field))["latest"]]
    if not of_events_only:
        moments += [
            patient.lab_draws.aggregate(latest=Max(field))["latest"],
            patient.calcification_readings.aggregate(latest=Max(field))["latest"],
            patient.contacts.aggregate(latest=Max(field))["latest"],
        ]
    return max((moment for moment in moments if moment is not None), default=None)


def _check_day(
    patient: Patient, refusals: Refusals, day: date, precision: str, *, after_enrolment: bool
) -> None:
    today = today_at(patient.site)
    latest = last_day(day, precision)
    if first_day(day, precision) > today:
        _refuse_future("occurred_on", day, today, refusals)
    if patient.birth_year is not None and latest < _born(patient):
        refusals.add(
            "occurred_on",
            _("%(value)s is before the birth in %(year)s. Correct one of them."),
            "date_order",
            value=day,
            year=patient.birth_year,
        )
    if after_enrolment and patient.enrolled_on is not None and latest < patient.enrolled_on:
        refusals.add(
            "occurred_on",
            _("%(value)s is before enrolment on %(enrolled)s. Follow-up begins there; correct the date."),
            "date_order",
            value=day,
            enrolled=patient.enrolled_on,
        )
    if patient.cohort.consent_basis == Cohort.ConsentBasis.WRITTEN:
        _check_consent(patient, refusals, day, latest)


def _check_consent(patient: Patient, refusals: Refusals, day: date, latest: date) -> None:
    consents = list(Consent.objects.filter(patient=patient))
    if not consents:
        refusals.add("patient", _("There is no signed consent of this patient. Record it first."), "consent")
        return
    signed_on = min(consent.signed_on for consent in consents)
    if latest < signed_on:
        refusals.add(
            "occurred_on",
            _("%(value)s is before the consent signed on %(signed)s; nothing may be kept from then."),
            "consent",
            value=day,
            signed=signed_on,
        )
    withdrawals = [consent.withdrawn_on for consent in consents]
    if None not in withdrawals and day > max(withdrawn for withdrawn in withdrawals if withdrawn):
        refusals.add(
            "occurred_on",
            _("%(value)s is after consent was withdrawn on %(withdrawn)s; nothing may be kept from then."),
            "consent",
            value=day,
            withdrawn=max(withdrawn for withdrawn in withdrawals if withdrawn),
        )


def _check_before_end(
    patient: Patient,
    refusals: Refusals,
    occurred_on: date | None,
    occurred_months: Decimal | None,
    precision: str,
    is_event: bool,
    ignoring: OutcomeEvent | None,
) -> None:
    """Nothing follows a death, and no event the end of follow-up."""
    ends = OutcomeEvent.objects.filter(patient=patient, is_terminal=True).select_related("outcome_type")
    end = ends.exclude(pk=ignoring.pk).first() if ignoring is not None else ends.first()
    if end is None or not (end.outcome_type.is_fatal or is_event):
        return
    if occurred_on is not None and end.occurred_on is not None:
        is_after = first_day(occurred_on, precision) > last_day(end.occurred_on, end.precision)
    elif occurred_months is not None and end.occurred_months is not None:
        is_after = occurred_months > end.occurred_months
    else:
        return
    if is_after:
        refusals.add(
            "occurred_months" if occurred_on is None else "occurred_on",
            _("%(value)s is after “%(end)s” at %(ended)s. Correct one of them."),
            "date_order",
            value=occurred_months if occurred_on is None else occurred_on,
            end=end.outcome_type.name,
            ended=end.occurred_months if end.occurred_on is None else end.occurred_on,
        )


def _born(patient: Patient) -> date:
    return date(patient.birth_year or 1, patient.birth_month or 1, 1)


def _refuse_future(field: str, day: date, today: date, refusals: Refusals) -> None:
    refusals.add(
        field,
        _("%(value)s is still to come: at the site it is %(today)s. Correct the date."),
        "date_order",
        value=day,
        today=today,
    )


def _refuse_calendar(field: str, day: date, refusals: Refusals) -> None:
    refusals.add(
        field,
        _("%(value)s: this cohort counts months since day 0 and keeps no dates. Leave it empty."),
        "not_allowed",
        value=day,
    )
