"""What happened to a patient: repeatable events, and exactly one end of follow-up."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.models.analyte import OutcomeType
from registry.models.cohort import TimePoint
from registry.models.patient import Patient


class OutcomeEvent(TimePoint):
    """An event with its date, cause and certainty; a terminal one is the patient's status."""

    class Precision(models.TextChoices):
        DAY = "day", _("Day")
        MONTH = "month", _("Month")
        YEAR = "year", _("Year")

    class Source(models.TextChoices):
        CHART = "chart", _("Hospital chart")
        CERTIFICATE = "certificate", _("Death certificate")
        FAMILY = "family", _("Family")
        REGISTRY = "registry", _("Another registry or linkage")
        UNKNOWN = "unknown", _("Not recorded")

    patient = models.ForeignKey(
        Patient, on_delete=models.CASCADE, related_name="outcome_events", verbose_name=_("patient")
    )
    outcome_type = models.ForeignKey(
        OutcomeType, on_delete=models.PROTECT, related_name="events", verbose_name=_("outcome")
    )
    is_terminal = models.BooleanField(_("ends follow-up"), editable=False)
    precision = models.CharField(
        _("date known to the"), max_length=5, choices=Precision, default=Precision.DAY
    )
    source = models.CharField(_("source"), max_length=12, choices=Source, default=Source.UNKNOWN)
    icd10 = models.CharField(_("ICD-10 code"), max_length=8, blank=True)
    cause_reported = models.CharField(_("cause as reported"), max_length=60, blank=True)
    is_adjudicated = models.BooleanField(_("adjudicated"), default=False)

    class Meta(TimePoint.Meta):
        verbose_name = _("outcome event")
        verbose_name_plural = _("outcome events")
        constraints = [
            *TimePoint.Meta.constraints,
            models.UniqueConstraint(
                fields=["patient"], condition=Q(is_terminal=True), name="outcome_one_terminal_status"
            ),
        ]

    def __str__(self) -> str:
        return str(self.outcome_type_id)
