"""What an administrator decides: sites, cohorts and their definitions."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from registry.forms.base import ActionForm, ReasonForm
from registry.models import Cohort, CohortGroup, Site

DEFINITION = (
    "name",
    "description",
    "index_date",
    "baseline_days_before",
    "baseline_days_after",
    "data_lock_on",
    "follow_up_months",
    "small_cell_minimum",
    "plan",
)


class SiteForm(ActionForm):
    """A new site."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_model_fields(Site, ("code", "name", "time_zone"))
        self.fields["default_units"] = forms.CharField(
            label=_("Units its laboratory reports in"),
            required=False,
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text=_("One analyte a line where it is not the dictionary's unit, such as: p = mg/dL"),
        )

    def clean_default_units(self) -> dict[str, str]:
        units = {}
        for line in filter(str.strip, self.cleaned_data["default_units"].splitlines()):
            analyte, equals, unit = (part.strip() for part in line.partition("="))
            if not (analyte and equals and unit):
                raise ValidationError(
                    _("“%(line)s” is no analyte with its unit. Write it such as: p = mg/dL"),
                    code="unit",
                    params={"line": line},
                )
            units[analyte] = unit
        return units


class CohortForm(ActionForm):
    """A new cohort of haemodialysis patients and controls."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_model_fields(Cohort, ("slug",))
        self.fields["sites"] = forms.ModelMultipleChoiceField(
            Site.objects.all(), label=_("Sites"), widget=forms.CheckboxSelectMultiple
        )
        for limits, label in CohortGroup.Limits.choices:
            self.fields[f"group-{limits}"] = forms.CharField(
                label=_("Name of the group: %(kind)s") % {"kind": label},
                initial=label,
                required=False,
                max_length=100,
                help_text=_("Leave empty where the cohort has no such group."),
            )
        self.add_model_fields(Cohort, ("time_scale", "consent_basis", *DEFINITION))
        self.fields["plan"] = _plan_field()

    def cohort(self) -> dict[str, Any]:
        """What the action asks for."""
        groups = [
            {
                "code": limits,
                "name": self.cleaned_data[f"group-{limits}"],
                "limits": limits,
                "on_dialysis": limits == CohortGroup.Limits.MHD,
            }
            for limits in CohortGroup.Limits.values
            if self.cleaned_data[f"group-{limits}"]
        ]
        typed = {name: value for name, value in self.cleaned_data.items() if "-" not in name}
        return {**typed, "groups": groups}

    def field_of(self, refused: str) -> str | None:
        return super().field_of("group-mhd" if refused == "groups" else refused)


class DefinitionForm(ReasonForm):
    """How a cohort is analysed, to be changed."""

    def __init__(self, *args: Any, cohort: Cohort, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_model_fields(Cohort, DEFINITION)
        self.fields["plan"] = _plan_field()
        self.fields["sites"] = forms.ModelMultipleChoiceField(
            Site.objects.all(), label=_("Sites"), widget=forms.CheckboxSelectMultiple
        )
        self.initial = {name: getattr(cohort, name) for name in DEFINITION}
        self.initial["sites"] = list(cohort.sites.all())
        self.order_fields([*DEFINITION, "sites", "reason"])


def _plan_field() -> forms.ChoiceField:
    plan = Cohort._meta.get_field("plan")
    return forms.ChoiceField(
        label=capfirst(plan.verbose_name),
        help_text=plan.help_text,
        choices=[("", _("None: no question is asked")), *((name, name) for name in settings.CALCIS_PLANS)],
        required=False,
    )
