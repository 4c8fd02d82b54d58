"""Follow-up contacts: what keeps "alive at last contact" honest."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.models.cohort import TimePoint
from registry.models.patient import Patient


class Contact(TimePoint):
    """One day on which the patient was seen or heard of."""

    class Kind(models.TextChoices):
        SESSION = "session", _("Dialysis session")
        VISIT = "visit", _("Clinic visit")
        PHONE = "phone", _("Telephone")
        LINKAGE = "linkage", _("Linkage with another source")

    patient = models.ForeignKey(
        Patient, on_delete=models.CASCADE, related_name="contacts", verbose_name=_("patient")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.VISIT)
    note = models.CharField(
        _("note"), max_length=200, blank=True, help_text=_("No names, no hospital numbers.")
    )

    class Meta(TimePoint.Meta):
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        constraints = [*TimePoint.Meta.constraints]
