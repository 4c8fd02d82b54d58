"""A new analyte of the dictionary: what a data manager adds without a programmer."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from registry.forms.base import ActionForm
from registry.models import Analyte, CohortGroup

DESCRIPTION = ("code", "name", "short_name", "category", "unit", "decimals", "loinc")
LIMITS = ("reference_low", "reference_high", "hard_min", "hard_max")
CONTEXT = ("timing", "dialysis_only", "is_right_skewed", "source")


class AnalyteForm(ActionForm):
    """An analyte with its other units and soft limits."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_model_fields(Analyte, (*DESCRIPTION, *LIMITS))
        for limits, label in CohortGroup.Limits.choices:
            for end, question in (("low", _("asked about below")), ("high", _("asked about above"))):
                self.fields[f"{limits}-{end}"] = forms.DecimalField(
                    label=f"{label}: {question}", required=False, max_digits=18, decimal_places=8
                )
        self.fields["other_units"] = forms.CharField(
            label=_("Other units"),
            required=False,
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text=_("One a line, with the factor to the analyte's unit, such as: mg/dL = 0.411438"),
        )
        self.add_model_fields(Analyte, CONTEXT)

    def clean_other_units(self) -> dict[str, Decimal]:
        factors = {}
        for line in self.cleaned_data["other_units"].splitlines():
            if not line.strip():
                continue
            unit, _equals, factor = (part.strip() for part in line.rpartition("="))
            try:
                factors[unit] = Decimal(factor)
            except InvalidOperation:
                unit = ""
            if not unit:
                raise ValidationError(
                    _("“%(line)s” is no unit with its factor. Write it such as: mg/dL = 0.411438"),
                    code="not_a_number",
                    params={"line": line},
                )
        return factors

    def analyte(self) -> dict[str, Any]:
        """What the action asks for."""
        typed = {name: value for name, value in self.cleaned_data.items() if "-" not in name}
        soft_limits = {}
        for limits in CohortGroup.Limits.values:
            low, high = self.cleaned_data[f"{limits}-low"], self.cleaned_data[f"{limits}-high"]
            if low is not None and high is not None:
                soft_limits[limits] = (low, high)
        return {**typed, "soft_limits": soft_limits}
