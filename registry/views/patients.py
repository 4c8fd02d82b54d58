"""One patient: enrolment, the course over time, corrections, the end of consent."""

from django.core.paginator import Paginator
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry.actions.patients import correct_patient, enrol_patient, withdraw_consent
from registry.forms.patients import EnrolmentForm, PatientCorrectionForm, WithdrawalForm
from registry.models import AuditEntry, Patient
from registry.permissions import Permission, require, visible_sites
from registry.views.course import course_of
from registry.views.entry import entry_page
from registry.views.fetch import the_cohort, the_patient, the_user

CHANGES_PER_PAGE = 100


def address_of(patient: Patient) -> str:
    return reverse("patient", args=[patient.cohort.slug, patient.study_id])


def patient(request: HttpRequest, slug: str, study_id: str) -> HttpResponse:
    """Who the patient is and what was measured when, on one time axis."""
    shown = the_patient(request, slug, study_id)
    return render(
        request,
        "registry/patient.html",
        {
            "cohort": shown.cohort,
            "patient": shown,
            "course": course_of(shown),
            "consents": shown.consents.all(),
        },
    )


def enrol(request: HttpRequest, slug: str) -> HttpResponse:
    """A new patient."""
    user, cohort = the_user(request), the_cohort(request, slug)
    require(user, Permission.RECORD_WRITE)
    sites = visible_sites(user).filter(cohorts=cohort)
    form = EnrolmentForm(request.POST or None, cohort=cohort, sites=sites)
    return entry_page(
        request,
        form,
        lambda: enrol_patient(by=user, cohort=cohort, **form.enrolment()),
        template="registry/enrol.html",
        saved=lambda enrolled: (
            _("%(study_id)s is enrolled. Next: the first lab draw.") % {"study_id": enrolled.study_id},
            reverse("draw-add", args=[slug, enrolled.study_id]),
        ),
        cohort=cohort,
    )


def correct(request: HttpRequest, slug: str, study_id: str) -> HttpResponse:
    """A correction of what was entered at enrolment."""
    shown = the_patient(request, slug, study_id)
    form = PatientCorrectionForm(request.POST or None, patient=shown)
    return entry_page(
        request,
        form,
        lambda: correct_patient(
            by=the_user(request), patient=shown, reason=form.cleaned_data["reason"], **form.changes()
        ),
        template="registry/form.html",
        saved=lambda _corrected: (
            _("The enrolment of %(study_id)s is corrected.") % {"study_id": study_id},
            address_of(shown),
        ),
        cohort=shown.cohort,
        patient=shown,
        heading=_("Correct the enrolment of %(study_id)s") % {"study_id": study_id},
        button=_("Save the correction"),
    )


def withdraw(request: HttpRequest, slug: str, study_id: str) -> HttpResponse:
    """The end of a patient's consent."""
    shown = the_patient(request, slug, study_id)
    form = WithdrawalForm(request.POST or None)
    return entry_page(
        request,
        form,
        lambda: withdraw_consent(by=the_user(request), patient=shown, **form.values()),
        template="registry/form.html",
        saved=lambda withdrawn: (_said_of_withdrawal(withdrawn), address_of(shown)),
        cohort=shown.cohort,
        patient=shown,
        heading=_("Withdraw the consent of %(study_id)s") % {"study_id": study_id},
        button=_("Withdraw the consent"),
    )


def _said_of_withdrawal(patient: Patient) -> str:
    """That the consent has ended, and how much is dated after it already."""
    said = _("The consent of %(study_id)s is withdrawn; nothing later can be recorded.") % {
        "study_id": patient.study_id
    }
    ended = patient.consents.aggregate(last=Max("withdrawn_on"))["last"]
    draws, readings, events = (
        rows.filter(occurred_on__gt=ended).count()
        for rows in (patient.lab_draws, patient.calcification_readings, patient.outcome_events)
    )
    if not (draws or readings or events):
        return said
    counted = [
        ngettext("%(n)s lab draw", "%(n)s lab draws", draws) % {"n": draws},
        ngettext("%(n)s calcification reading", "%(n)s calcification readings", readings) % {"n": readings},
        ngettext("%(n)s outcome", "%(n)s outcomes", events) % {"n": events},
    ]
    left_out = _("Already dated after %(day)s and left out of the analyses: %(counted)s.")
    return f"{said} {left_out % {'day': ended, 'counted': ', '.join(counted)}}"


def changes(request: HttpRequest, slug: str, study_id: str) -> HttpResponse:
    """Every change of the patient's record: who, when, old, new, why, through which door."""
    shown = the_patient(request, slug, study_id)
    entries = AuditEntry.objects.filter(patient_id=shown.pk)
    page = Paginator(entries, CHANGES_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "registry/changes.html", {"cohort": shown.cohort, "patient": shown, "page": page})
