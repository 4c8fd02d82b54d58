"""Enrolment, correction of enrolment, withdrawal of consent."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from registry.forms.base import ActionForm, DateInput, ReasonForm
from registry.models import Cohort, Patient, Site

PERSON = ("sex", "birth_year", "birth_month")
DIALYSIS = ("dialysis_started_on", "modality", "sessions_per_week", "session_minutes", "vascular_access")
HISTORY = ("diabetes", "hypertension", "smoking", "prior_cvd")
CONSENT = ("form_code", "version", "signed_on")


def enrolment_fields(cohort: Cohort) -> tuple[str, ...]:
    """The enrolment questions of a cohort, in the order they are asked."""
    when = ("age_reported",) if cohort.is_relative else ("enrolled_on",)
    return (*PERSON, *when, *DIALYSIS, *HISTORY)


class EnrolmentForm(ActionForm):
    """A new patient of a cohort."""

    def __init__(self, *args: Any, cohort: Cohort, sites: QuerySet[Site], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"] = forms.ModelChoiceField(
            sites, label=_("Site"), initial=sites[0] if len(sites) == 1 else None
        )
        self.fields["group"] = forms.ModelChoiceField(cohort.groups.all(), label=_("Group"))
        self.fields["study_id"] = forms.CharField(
            label=_("Study number"),
            max_length=40,
            required=False,
            help_text=_("Leave empty to have one made. Never a hospital number or initials."),
        )
        self.add_model_fields(Patient, enrolment_fields(cohort))
        for name in cohort.required_fields:
            if name in self.fields:
                self.fields[name].required = name not in DIALYSIS
        self.needs_consent = cohort.consent_basis == Cohort.ConsentBasis.WRITTEN
        if self.needs_consent:
            self.fields["form_code"] = forms.CharField(label=_("Consent form"), max_length=40)
            self.fields["version"] = forms.CharField(label=_("Version of the form"), max_length=20)
            self.fields["signed_on"] = forms.DateField(
                label=_("Signed on"),
                widget=DateInput(),
                help_text=_("Nothing from before this day may be entered."),
            )

    def field_of(self, refused: str) -> str | None:
        return super().field_of(refused.removeprefix("consent."))

    def enrolment(self) -> dict[str, Any]:
        """What the action asks for."""
        typed = dict(self.cleaned_data)
        consent = {name: typed.pop(name) for name in CONSENT} if self.needs_consent else None
        return {**typed, "consent": consent}


class PatientCorrectionForm(ReasonForm):
    """Enrolment fields as they stand, to be corrected."""

    def __init__(self, *args: Any, patient: Patient, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.patient = patient
        self.names = enrolment_fields(patient.cohort)
        self.fields["group"] = forms.ModelChoiceField(patient.cohort.groups.all(), label=_("Group"))
        self.add_model_fields(Patient, self.names)
        self.initial = {name: getattr(patient, name) for name in ("group", *self.names)}
        self.order_fields(["group", *self.names, "reason"])

    def changes(self) -> dict[str, Any]:
        """The fields that differ from the record."""
        return {
            name: self.cleaned_data[name]
            for name in ("group", *self.names)
            if self.cleaned_data[name] != getattr(self.patient, name)
        }


class WithdrawalForm(ReasonForm):
    """The end of a patient's consent."""

    withdrawn_on = forms.DateField(
        label=_("Withdrawn on"),
        widget=DateInput(),
        help_text=_(
            "After this day nothing more may be recorded, and the patient's follow-up ends with it. "
            "What has a later date already stays in the record and is left out of the analyses."
        ),
    )
    field_order = ("withdrawn_on", "reason")
