"""What is measured and what happens: lab draws, readings, outcomes, contacts."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry.actions.calcification import record_calcification
from registry.actions.contacts import record_contact
from registry.actions.labs import record_lab_draw
from registry.actions.outcomes import record_outcome
from registry.forms.course import CalcificationForm, ContactForm, OutcomeForm
from registry.forms.draws import DrawForm
from registry.models import Analyte, LabResult, Patient
from registry.presentation.rounding import MISSING
from registry.views.entry import entry_page
from registry.views.fetch import the_patient, the_user
from registry.views.patients import address_of


def _measured_for(patient: Patient) -> list[Analyte]:
    analytes = Analyte.objects.filter(derived_formula="").prefetch_related("other_units")
    if not patient.group.on_dialysis:
        analytes = analytes.filter(dialysis_only=False)
    return list(analytes)


def _last_results(patient: Patient) -> dict[str, LabResult]:
    latest = (
        LabResult.objects.filter(draw__patient=patient)
        .order_by("analyte_id", "-draw__occurred_on", "-draw__occurred_months", "-draw_id")
        .distinct("analyte_id")
    )
    return {result.analyte_id: result for result in latest}


def add_draw(request: HttpRequest, slug: str, study_id: str) -> HttpResponse:
    """A lab draw with its results."""
    patient = the_patient(request, slug, study_id)
    form = DrawForm(
        request.POST or None,
        patient=patient,
        analytes=_measured_for(patient),
        last_results=_last_results(patient),
    )
    return entry_page(
        request,
        form,
        lambda: record_lab_draw(by=the_user(request), patient=patient, **form.draw()),
        template="registry/draw.html",
        saved=lambda draw: (
            ngettext(
                "The draw of %(when)s is saved with %(n)s result. The statistics follow in seconds.",
                "The draw of %(when)s is saved with %(n)s results. The statistics follow in seconds.",
                draw.results.count(),
            )
            % {"when": draw.when, "n": draw.results.count()},
            address_of(patient),
        ),
        cohort=patient.cohort,
        patient=patient,
    )


def add_calcification(request: HttpRequest, slug: str, study_id: str) -> HttpResponse:
    """A reading of the lumbar aorta."""
    patient = the_patient(request, slug, study_id)
    form = CalcificationForm(request.POST or None, patient=patient)
    return entry_page(
        request,
        form,
        lambda: record_calcification(by=the_user(request), patient=patient, **form.reading()),
        template="registry/calcification.html",
        saved=lambda reading: (
            _("The reading of %(when)s is saved: AAC-24 %(total)s.")
            % {"when": reading.when, "total": MISSING if reading.aac24 is None else reading.aac24},
            address_of(patient),
        ),
        cohort=patient.cohort,
        patient=patient,
        heading=_("Record a calcification reading of %(study_id)s") % {"study_id": study_id},
        button=_("Save the reading"),
    )


def add_outcome(request: HttpRequest, slug: str, study_id: str) -> HttpResponse:
    """An event or the end of follow-up."""
    patient = the_patient(request, slug, study_id)
    form = OutcomeForm(request.POST or None, patient=patient)
    return entry_page(
        request,
        form,
        lambda: record_outcome(by=the_user(request), patient=patient, **form.values()),
        template="registry/form.html",
        saved=lambda event: (
            _("Saved: %(outcome)s.") % {"outcome": event.outcome_type.name},
            address_of(patient),
        ),
        cohort=patient.cohort,
        patient=patient,
        heading=_("Record an outcome of %(study_id)s") % {"study_id": study_id},
        button=_("Save the outcome"),
    )


def add_contact(request: HttpRequest, slug: str, study_id: str) -> HttpResponse:
    """A day on which the patient was seen or heard of."""
    patient = the_patient(request, slug, study_id)
    form = ContactForm(request.POST or None, patient=patient)
    return entry_page(
        request,
        form,
        lambda: record_contact(by=the_user(request), patient=patient, **form.values()),
        template="registry/form.html",
        saved=lambda _contact: (
            _("The contact is saved. %(study_id)s counts as followed up to that day.")
            % {"study_id": study_id},
            address_of(patient),
        ),
        cohort=patient.cohort,
        patient=patient,
        heading=_("Record a contact with %(study_id)s") % {"study_id": study_id},
        button=_("Save the contact"),
    )
