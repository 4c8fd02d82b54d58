"""A lab draw: one row per analyte of the dictionary, its unit chosen beside the value."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from registry.forms.base import ActionForm, ReasonForm
from registry.models import Analyte, LabDraw, LabResult, Patient
from registry.presentation.rounding import number
from registry.presentation.units import unit_shown

DRAW_FIELDS = ("occurred_time", "dialysis", "interdialytic_gap", "is_fasting", "is_haemolysed", "laboratory")
KEEP_IT = _("The value is right: keep it")


@dataclass(frozen=True)
class ResultRow:
    """One analyte of the form, with what helps to type it right."""

    analyte: Analyte
    value: forms.BoundField
    unit: forms.BoundField
    confirmed: forms.BoundField
    is_asking: bool
    reference: str
    last: str


class Confirmation(forms.CheckboxInput):
    """A tick that keeps one value in its unit; sent with another, it says nothing."""

    def __init__(self, value: str, unit: str) -> None:
        self.asked = f"{value} {unit}"
        super().__init__(attrs={"value": self.asked})

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return data.get(name) == self.asked


class DrawContextForm(ActionForm):
    """When and how a draw was taken."""

    def __init__(self, *args: Any, patient: Patient, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_time_point(patient.cohort, label=_("Date of the draw"))
        self.add_model_fields(LabDraw, DRAW_FIELDS)
        if not patient.group.on_dialysis:
            self.fields["dialysis"].initial = LabDraw.Dialysis.NONE
            del self.fields["interdialytic_gap"]


class DrawForm(DrawContextForm):
    """A new lab draw of a patient."""

    def __init__(
        self,
        *args: Any,
        patient: Patient,
        analytes: list[Analyte],
        last_results: Mapping[str, LabResult],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, patient=patient, **kwargs)
        self.analytes = analytes
        self.last_results = last_results
        for analyte in analytes:
            self._add_analyte(analyte, patient.site.default_units.get(analyte.code, analyte.unit))

    def _add_analyte(self, analyte: Analyte, unit: str) -> None:
        units = [analyte.unit, *[other.unit for other in analyte.other_units.all()]]
        self.fields[f"value-{analyte.code}"] = forms.CharField(
            label=analyte.name,
            required=False,
            max_length=40,
            widget=forms.TextInput(attrs={"inputmode": "text", "autocomplete": "off"}),
        )
        self.fields[f"unit-{analyte.code}"] = forms.ChoiceField(
            label=_("Unit of %(analyte)s") % {"analyte": analyte.name},
            choices=[(each, unit_shown(each)) for each in units],
            initial=unit if unit in units else analyte.unit,
        )
        asked = (self.data.get(f"{name}-{analyte.code}", "") for name in ("value", "unit"))
        self.fields[f"confirmed-{analyte.code}"] = forms.BooleanField(
            label=KEEP_IT, required=False, widget=Confirmation(*asked)
        )

    def field_of(self, refused: str) -> str | None:
        return super().field_of(refused.replace("results.", "value-", 1))

    @property
    def heading_fields(self) -> list[forms.BoundField]:
        """The questions about the draw itself."""
        return [self[name] for name in self.fields if "-" not in name]

    def rows(self) -> Iterator[ResultRow]:
        for analyte in self.analytes:
            value, confirmed = self[f"value-{analyte.code}"], self[f"confirmed-{analyte.code}"]
            yield ResultRow(
                analyte=analyte,
                value=value,
                unit=self[f"unit-{analyte.code}"],
                confirmed=confirmed,
                is_asking=_is_asking(value, confirmed),
                reference=_reference(analyte),
                last=_last(analyte, self.last_results.get(analyte.code)),
            )

    def categories(self) -> list[tuple[str, list[ResultRow]]]:
        """The rows under their category, each in the dictionary's order."""
        grouped: dict[str, list[ResultRow]] = {}
        for row in self.rows():
            grouped.setdefault(row.analyte.category, []).append(row)
        return list(grouped.items())

    def draw(self) -> dict[str, Any]:
        """What the action asks for."""
        typed = self.cleaned_data
        filled = [analyte.code for analyte in self.analytes if typed.get(f"value-{analyte.code}")]
        return {
            **{name: value for name, value in typed.items() if "-" not in name},
            "results": [
                {"analyte": code, "value": typed[f"value-{code}"], "unit": typed[f"unit-{code}"]}
                for code in filled
            ],
            "confirmed": {code for code in filled if typed[f"confirmed-{code}"]},
        }


class ResultCorrectionForm(ReasonForm):
    """One result as it stands, to be corrected."""

    def __init__(self, *args: Any, result: LabResult, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        analyte = result.analyte
        units = [analyte.unit, *[other.unit for other in analyte.other_units.all()]]
        self.fields["value"] = forms.CharField(
            label=analyte.name, max_length=40, initial=f"{result.comparator}{result.reported_value}"
        )
        self.fields["unit"] = forms.ChoiceField(
            label=_("Unit"),
            choices=[(each, unit_shown(each)) for each in units],
            initial=result.reported_unit,
        )
        self.fields["confirmed"] = forms.BooleanField(
            label=KEEP_IT,
            required=False,
            widget=Confirmation(self.data.get("value", ""), self.data.get("unit", "")),
        )
        self.order_fields(["value", "unit", "confirmed", "reason"])

    def __iter__(self) -> Iterator[forms.BoundField]:
        """The tick stands on the page only where it was asked for."""
        is_asking = _is_asking(self["value"], self["confirmed"])
        return (bound for bound in super().__iter__() if is_asking or bound.name != "confirmed")

    def field_of(self, refused: str) -> str | None:
        return "value" if refused.startswith("results.") else super().field_of(refused)


def _is_asking(value: forms.BoundField, confirmed: forms.BoundField) -> bool:
    """Whether a person is asked to keep this value, or has just said so."""
    return bool(confirmed.value()) or any(error.code == "soft_limit" for error in value.errors.as_data())


def _reference(analyte: Analyte) -> str:
    low, high = analyte.reference_low, analyte.reference_high
    if low is not None and high is not None:
        return f"{number(low, analyte.decimals)}–{number(high, analyte.decimals)} {unit_shown(analyte.unit)}"
    if low is not None:
        return f"≥ {number(low, analyte.decimals)} {unit_shown(analyte.unit)}"
    if high is not None:
        return f"≤ {number(high, analyte.decimals)} {unit_shown(analyte.unit)}"
    return ""


def _last(analyte: Analyte, result: LabResult | None) -> str:
    if result is None:
        return ""
    return f"{result.comparator}{number(result.value, analyte.decimals)} {unit_shown(analyte.unit)}"
