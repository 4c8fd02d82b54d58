"""What happens to a patient over the years: readings, outcomes, contacts."""

from typing import Any

from django import forms
from django.forms.models import fields_for_model
from django.utils.translation import gettext_lazy as _

from registry.forms.base import ActionForm
from registry.models import CalcificationReading, Contact, OutcomeEvent, OutcomeType, Patient
from registry.models.calcification import SEGMENTS

UNREADABLE = "unreadable"


class CalcificationForm(ActionForm):
    """A reading of the lumbar aorta by its eight wall segments, or a published total."""

    def __init__(self, *args: Any, patient: Patient, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_time_point(patient.cohort, label=_("Date of the image"))
        self.add_model_fields(CalcificationReading, ("modality", "reader"))
        grades = [
            ("", _("not read")),
            (UNREADABLE, _("could not be read")),
            *CalcificationReading.Grade.choices,
        ]
        for segment, graded in fields_for_model(CalcificationReading, SEGMENTS).items():
            self.fields[segment] = forms.ChoiceField(label=graded.label, choices=grades, required=False)
        self.fields["total_reported"] = forms.IntegerField(
            label=_("Total, where no segments are known"),
            required=False,
            min_value=0,
            max_value=24,
            help_text=_("Only for a score that came as a total. Segments are summed by the registry."),
        )

    def levels(self) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        """Each vertebra with its anterior and posterior wall."""
        return [
            (f"L{level}", self[f"l{level}_anterior"], self[f"l{level}_posterior"]) for level in (1, 2, 3, 4)
        ]

    @property
    def heading_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in (*SEGMENTS, "total_reported", "reason")]

    def reading(self) -> dict[str, Any]:
        """What the action asks for."""
        typed = dict(self.cleaned_data)
        graded = {segment: typed.pop(segment) for segment in SEGMENTS}
        return {
            **typed,
            "segments": {
                name: None if grade in ("", UNREADABLE) else int(grade) for name, grade in graded.items()
            },
            "unreadable": [name for name, grade in graded.items() if grade == UNREADABLE],
        }


class OutcomeForm(ActionForm):
    """An event, or the end of follow-up."""

    def __init__(self, *args: Any, patient: Patient, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        types = OutcomeType.objects.all()
        self.fields["outcome_type"] = forms.ChoiceField(
            label=_("What happened"),
            choices=[
                ("", "---------"),
                (_("Events"), [(each.code, each.name) for each in types if not each.is_terminal]),
                (_("End of follow-up"), [(each.code, each.name) for each in types if each.is_terminal]),
            ],
            help_text=_("A patient has one end of follow-up; everything else is an event."),
        )
        self.add_time_point(patient.cohort, label=_("Date"))
        names = ["source", "icd10", "cause_reported", "is_adjudicated"]
        self.add_model_fields(OutcomeEvent, names if patient.cohort.is_relative else ["precision", *names])


class ContactForm(ActionForm):
    """A day on which the patient was seen or heard of."""

    def __init__(self, *args: Any, patient: Patient, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_time_point(patient.cohort, label=_("Date"))
        self.add_model_fields(Contact, ("kind", "note"))
