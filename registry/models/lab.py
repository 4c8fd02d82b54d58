"""Lab draws and their results: tall, one row per analyte, with what was reported kept beside."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.models.analyte import Analyte
from registry.models.cohort import TimePoint
from registry.models.patient import Patient


class LabDraw(TimePoint):
    """One blood draw or bedside measurement, at the site's local date and time."""

    class Dialysis(models.TextChoices):
        PRE = "pre", _("Before dialysis")
        POST = "post", _("After dialysis")
        NONE = "none", _("Not on dialysis")
        UNKNOWN = "unknown", _("Not recorded")

    class Gap(models.TextChoices):
        SHORT = "short", _("Short (1 day between sessions)")
        LONG = "long", _("Long (2 days between sessions)")
        UNKNOWN = "unknown", _("Not recorded")

    patient = models.ForeignKey(
        Patient, on_delete=models.CASCADE, related_name="lab_draws", verbose_name=_("patient")
    )
    occurred_time = models.TimeField(_("time of day"), null=True, blank=True)
    dialysis = models.CharField(
        _("before or after dialysis"), max_length=8, choices=Dialysis, default=Dialysis.UNKNOWN
    )
    interdialytic_gap = models.CharField(
        _("interdialytic gap"), max_length=8, choices=Gap, default=Gap.UNKNOWN
    )
    is_fasting = models.BooleanField(_("fasting"), null=True, blank=True)
    is_haemolysed = models.BooleanField(_("haemolysed"), default=False)
    laboratory = models.CharField(_("laboratory"), max_length=100, blank=True)

    class Meta(TimePoint.Meta):
        verbose_name = _("lab draw")
        verbose_name_plural = _("lab draws")
        constraints = [
            *TimePoint.Meta.constraints,
            models.UniqueConstraint(
                fields=["patient", "occurred_on", "occurred_months", "occurred_time", "dialysis"],
                name="lab_draw_once",
                nulls_distinct=False,
            ),
        ]


class LabResult(models.Model):
    """One analyte of one draw, in the analyte's unit, exactly converted from what was reported."""

    class Comparator(models.TextChoices):
        EXACT = "", "="
        BELOW = "<", "<"
        AT_MOST = "<=", "≤"
        ABOVE = ">", ">"
        AT_LEAST = ">=", "≥"

    draw = models.ForeignKey(
        LabDraw, on_delete=models.CASCADE, related_name="results", verbose_name=_("lab draw")
    )
    analyte = models.ForeignKey(
        Analyte, on_delete=models.PROTECT, related_name="results", verbose_name=_("analyte")
    )
    value = models.DecimalField(_("value"), max_digits=24, decimal_places=12)
    comparator = models.CharField(_("comparator"), max_length=2, choices=Comparator, blank=True, default="")
    reported_value = models.CharField(_("value as reported"), max_length=40)
    reported_unit = models.CharField(_("unit as reported"), max_length=30)
    is_flagged = models.BooleanField(
        _("outside soft limits"), default=False, help_text=_("Kept by an import; waits for someone to look.")
    )
    is_confirmed = models.BooleanField(
        _("confirmed"), default=False, help_text=_("Someone looked and kept it.")
    )

    class Meta:
        verbose_name = _("lab result")
        verbose_name_plural = _("lab results")
        ordering = ["draw", "analyte"]
        constraints = [
            models.UniqueConstraint(fields=["draw", "analyte"], name="lab_result_once_in_draw"),
            models.CheckConstraint(
                condition=Q(comparator__in=["", "<", "<=", ">", ">="]), name="lab_result_comparator_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.analyte_id} {self.comparator}{self.value}"
