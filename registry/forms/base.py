"""What every form of the record shares."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.models import fields_for_model
from django.utils.translation import gettext_lazy as _

from registry.models import Cohort

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class DateInput(forms.DateInput):
    """The browser's own date field, which speaks ISO dates."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    """The browser's own time field."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class ActionForm(forms.Form):
    """A form whose rules live in an action: it shows beside each field what the action refused."""

    required_css_class = "required"

    def add_model_fields(self, model: type[models.Model], names: Iterable[str]) -> None:
        """Take label, hint, choices and type of fields from the model, so that they are written once."""
        made = fields_for_model(model, list(names))
        for name in names:
            field = made[name]
            if isinstance(field, forms.DateField):
                field.widget = DateInput()
            elif isinstance(field, forms.TimeField):
                field.widget = TimeInput()
            self.fields[name] = field

    def add_time_point(self, cohort: Cohort, label: "StrOrPromise") -> None:
        """Ask for a date in a calendar cohort, for months since day 0 in a relative one."""
        if cohort.is_relative:
            self.fields["occurred_months"] = forms.DecimalField(
                label=_("Months since day 0"), min_value=0, max_digits=7, decimal_places=2
            )
        else:
            self.fields["occurred_on"] = forms.DateField(label=label, widget=DateInput())

    def field_of(self, refused: str) -> str | None:
        """The form field that shows a refusal of the action's field."""
        return refused if refused in self.fields else None

    def add_refusal(self, refusal: ValidationError) -> None:
        """Show what the action refused, each message beside its field."""
        if not hasattr(refusal, "error_dict"):
            self.add_error(None, refusal)
            return
        for refused, errors in refusal.error_dict.items():
            for error in errors:
                self.add_error(self.field_of(refused), error)

    def values(self, names: Iterable[str] | None = None) -> Mapping[str, Any]:
        """What was typed, ready for the action."""
        return {name: self.cleaned_data[name] for name in (names or self.cleaned_data)}

    def __getitem__(self, name: str) -> forms.BoundField:
        bound = super().__getitem__(name)
        if bound.errors:
            bound.field.widget.attrs["aria-invalid"] = "true"
            bound.field.widget.attrs["aria-errormessage"] = f"{bound.auto_id}-error"
        return bound


class ReasonForm(ActionForm):
    """A correction: what changes, and why."""

    reason = forms.CharField(
        label=_("Reason for the change"),
        max_length=500,
        help_text=_("Kept with the old and the new value, such as: misread the laboratory's sheet."),
    )
    field_order: Iterable[str] | None = None
