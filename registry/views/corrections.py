"""Corrections of what was measured and what happened, each with its reason; and what was entered in error."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from registry.actions.calcification import correct_calcification
from registry.actions.contacts import correct_contact
from registry.actions.labs import correct_lab_draw, correct_lab_result, remove_lab_draw
from registry.actions.outcomes import correct_outcome, remove_outcome
from registry.forms.base import ActionForm, ReasonForm
from registry.forms.corrections import (
    CalcificationCorrectionForm,
    ContactCorrectionForm,
    DrawCorrectionForm,
    OutcomeCorrectionForm,
)
from registry.forms.draws import ResultCorrectionForm
from registry.models import LabResult, Patient
from registry.views.entry import entry_page
from registry.views.fetch import the_patient, the_user
from registry.views.patients import address_of


def _correction_page(
    request: HttpRequest,
    patient: Patient,
    form: ActionForm,
    save: Callable[[], Any],
    *,
    what: str,
    when: str,
    template: str = "registry/form.html",
    **context: Any,
) -> HttpResponse:
    return entry_page(
        request,
        form,
        save,
        template=template,
        saved=lambda _corrected: (
            _("The correction is saved: %(what)s. The statistics follow in seconds.") % {"what": what},
            address_of(patient),
        ),
        cohort=patient.cohort,
        patient=patient,
        heading=_("Correct %(what)s of %(when)s") % {"what": what, "when": when},
        button=_("Save the correction"),
        **context,
    )


def _removal_page(
    request: HttpRequest,
    patient: Patient,
    form: ReasonForm,
    remove: Callable[[], None],
    *,
    what: str,
    when: str,
) -> HttpResponse:
    return entry_page(
        request,
        form,
        remove,
        template="registry/form.html",
        saved=lambda _removed: (
            _("Taken out: %(what)s of %(when)s. The statistics follow in seconds.")
            % {"what": what, "when": when},
            address_of(patient),
        ),
        cohort=patient.cohort,
        patient=patient,
        heading=_("Take out %(what)s of %(when)s") % {"what": what, "when": when},
        lead=_("For what was never this patient's. The list of changes keeps it, with your reason."),
        button=_("Take it out"),
    )


def draw(request: HttpRequest, slug: str, study_id: str, pk: int) -> HttpResponse:
    """When and how a draw was taken."""
    patient = the_patient(request, slug, study_id)
    standing = get_object_or_404(patient.lab_draws, pk=pk)
    form = DrawCorrectionForm(request.POST or None, patient=patient, standing=standing)
    return _correction_page(
        request,
        patient,
        form,
        lambda: correct_lab_draw(by=the_user(request), draw=standing, **form.values()),
        what=_("the lab draw"),
        when=standing.when,
        removal=reverse("draw-remove", args=[slug, study_id, pk]),
    )


def draw_removal(request: HttpRequest, slug: str, study_id: str, pk: int) -> HttpResponse:
    """A draw that was never this patient's, with its results."""
    patient = the_patient(request, slug, study_id)
    standing = get_object_or_404(patient.lab_draws, pk=pk)
    form = ReasonForm(request.POST or None)
    return _removal_page(
        request,
        patient,
        form,
        lambda: remove_lab_draw(by=the_user(request), draw=standing, **form.values()),
        what=_("the lab draw"),
        when=standing.when,
    )


def result(request: HttpRequest, slug: str, study_id: str, pk: int) -> HttpResponse:
    """One result of a draw."""
    patient = the_patient(request, slug, study_id)
    standing = get_object_or_404(
        LabResult.objects.select_related("analyte", "draw").prefetch_related("analyte__other_units"),
        pk=pk,
        draw__patient=patient,
    )
    form = ResultCorrectionForm(request.POST or None, result=standing)
    return _correction_page(
        request,
        patient,
        form,
        lambda: correct_lab_result(by=the_user(request), result=standing, **form.values()),
        what=standing.analyte.name,
        when=standing.draw.when,
    )


def calcification(request: HttpRequest, slug: str, study_id: str, pk: int) -> HttpResponse:
    """A reading of the lumbar aorta."""
    patient = the_patient(request, slug, study_id)
    standing = get_object_or_404(patient.calcification_readings, pk=pk)
    form = CalcificationCorrectionForm(request.POST or None, patient=patient, standing=standing)
    return _correction_page(
        request,
        patient,
        form,
        lambda: correct_calcification(by=the_user(request), reading=standing, **form.reading()),
        what=_("the calcification reading"),
        when=standing.when,
        template="registry/calcification.html",
    )


def outcome(request: HttpRequest, slug: str, study_id: str, pk: int) -> HttpResponse:
    """An event or the end of follow-up, its kind and date included."""
    patient = the_patient(request, slug, study_id)
    standing = get_object_or_404(patient.outcome_events.select_related("outcome_type"), pk=pk)
    form = OutcomeCorrectionForm(request.POST or None, patient=patient, standing=standing)
    return _correction_page(
        request,
        patient,
        form,
        lambda: correct_outcome(by=the_user(request), event=standing, **form.values()),
        what=standing.outcome_type.name,
        when=standing.when,
        removal=reverse("outcome-remove", args=[slug, study_id, pk]),
    )


def outcome_removal(request: HttpRequest, slug: str, study_id: str, pk: int) -> HttpResponse:
    """An event that never happened to this patient."""
    patient = the_patient(request, slug, study_id)
    standing = get_object_or_404(patient.outcome_events.select_related("outcome_type"), pk=pk)
    form = ReasonForm(request.POST or None)
    return _removal_page(
        request,
        patient,
        form,
        lambda: remove_outcome(by=the_user(request), event=standing, **form.values()),
        what=standing.outcome_type.name,
        when=standing.when,
    )


def contact(request: HttpRequest, slug: str, study_id: str, pk: int) -> HttpResponse:
    """A day on which the patient was seen or heard of."""
    patient = the_patient(request, slug, study_id)
    standing = get_object_or_404(patient.contacts, pk=pk)
    form = ContactCorrectionForm(request.POST or None, patient=patient, standing=standing)
    return _correction_page(
        request,
        patient,
        form,
        lambda: correct_contact(by=the_user(request), contact=standing, **form.values()),
        what=_("the contact"),
        when=standing.when,
    )
