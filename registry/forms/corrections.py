"""What stands in a patient's record, to be corrected: the questions of its entry, and why."""

from typing import Any

from django.forms.models import model_to_dict

from registry.forms.base import ReasonForm
from registry.forms.course import UNREADABLE, CalcificationForm, ContactForm, OutcomeForm
from registry.forms.draws import DrawContextForm
from registry.models import CalcificationReading
from registry.models.cohort import TimePoint


class CorrectionForm(ReasonForm):
    """The form of an entry, filled in with what stands."""

    def __init__(self, *args: Any, standing: TimePoint, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = model_to_dict(standing)
        self.order_fields([name for name in self.fields if name != "reason"])


class DrawCorrectionForm(CorrectionForm, DrawContextForm):
    """When and how a draw was taken."""


class OutcomeCorrectionForm(CorrectionForm, OutcomeForm):
    """An event or the end of follow-up, its kind included."""


class ContactCorrectionForm(CorrectionForm, ContactForm):
    """A contact."""


class CalcificationCorrectionForm(CorrectionForm, CalcificationForm):
    """A reading, with all its segments."""

    def __init__(self, *args: Any, standing: CalcificationReading, **kwargs: Any) -> None:
        super().__init__(*args, standing=standing, **kwargs)
        self.initial = {**self.initial, **dict.fromkeys(standing.unreadable, UNREADABLE)}
