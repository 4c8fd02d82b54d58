"""The data dictionary as rows: analytes with their units and limits, and outcome types."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from registry.models.cohort import CohortGroup


class Analyte(models.Model):
    """What a laboratory or a nurse measures, or what follows from such measurements."""

    class Timing(models.TextChoices):
        PRE = "pre-dialysis", _("Before dialysis")
        POST = "post-dialysis", _("After dialysis")
        SESSION = "per session", _("Per session")

    code = models.SlugField(_("code"), max_length=40, primary_key=True)
    name = models.CharField(_("name"), max_length=120)
    short_name = models.CharField(_("short name"), max_length=30)
    category = models.CharField(_("category"), max_length=30)
    unit = models.CharField(
        _("unit"), max_length=30, help_text=_("UCUM code; every stored value is in this unit.")
    )
    decimals = models.PositiveSmallIntegerField(_("decimals shown"), default=2)
    loinc = models.CharField(_("LOINC code"), max_length=12, blank=True)
    reference_low = models.DecimalField(
        _("reference interval from"), max_digits=18, decimal_places=8, null=True, blank=True
    )
    reference_high = models.DecimalField(
        _("reference interval to"), max_digits=18, decimal_places=8, null=True, blank=True
    )
    reference_note = models.TextField(_("about the reference interval"), blank=True)
    hard_min = models.DecimalField(_("refused below"), max_digits=18, decimal_places=8)
    hard_max = models.DecimalField(_("refused above"), max_digits=18, decimal_places=8)
    is_right_skewed = models.BooleanField(_("right-skewed"), default=False)
    within_person_cv_percent = models.DecimalField(
        _("within-person variation, per cent"), max_digits=6, decimal_places=2, null=True, blank=True
    )
    derived_formula = models.TextField(
        _("derived from"), blank=True, help_text=_("Empty: measured and entered.")
    )
    timing = models.CharField(_("timing"), max_length=14, choices=Timing, default=Timing.PRE)
    dialysis_only = models.BooleanField(_("dialysis patients only"), default=False)
    unit_trap = models.TextField(_("traps"), blank=True)
    source = models.TextField(_("source"), blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("analyte")
        verbose_name_plural = _("analytes")
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(hard_min__lt=F("hard_max")), name="analyte_hard_limits_ordered"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_derived(self) -> bool:
        return bool(self.derived_formula)


class AnalyteUnit(models.Model):
    """Another unit an analyte is reported in: value in the analyte's unit = reported * factor + offset."""

    analyte = models.ForeignKey(Analyte, on_delete=models.CASCADE, related_name="other_units")
    unit = models.CharField(_("unit"), max_length=30)
    factor = models.DecimalField(_("factor"), max_digits=18, decimal_places=10)
    offset = models.DecimalField(_("offset"), max_digits=18, decimal_places=10, default=0)

    class Meta:
        verbose_name = _("other unit")
        verbose_name_plural = _("other units")
        constraints = [
            models.UniqueConstraint(fields=["analyte", "unit"], name="analyte_unit_once"),
            models.CheckConstraint(condition=Q(factor__gt=0), name="analyte_unit_factor_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.analyte_id} {self.unit}"


class AnalyteSoftLimits(models.Model):
    """The limits outside which a value is asked about, by the kind of group."""

    analyte = models.ForeignKey(Analyte, on_delete=models.CASCADE, related_name="soft_limits")
    limits = models.CharField(_("group"), max_length=10, choices=CohortGroup.Limits)
    low = models.DecimalField(_("asked about below"), max_digits=18, decimal_places=8)
    high = models.DecimalField(_("asked about above"), max_digits=18, decimal_places=8)

    class Meta:
        verbose_name = _("soft limits")
        verbose_name_plural = _("soft limits")
        constraints = [
            models.UniqueConstraint(fields=["analyte", "limits"], name="analyte_soft_limits_once"),
            models.CheckConstraint(condition=Q(low__lt=F("high")), name="analyte_soft_limits_ordered"),
        ]

    def __str__(self) -> str:
        return f"{self.analyte_id} {self.limits}"


class OutcomeType(models.Model):
    """A kind of event or of end of follow-up, with its part in each estimand."""

    class Part(models.TextChoices):
        EVENT = "event", _("Event")
        COMPETING = "competing", _("Competing event")
        CENSOR = "censor", _("Censored")
        CONTINUE = "continue", _("Follow-up goes on")

    code = models.SlugField(_("code"), max_length=40, primary_key=True)
    name = models.CharField(_("name"), max_length=120)
    is_terminal = models.BooleanField(_("ends follow-up"))
    is_fatal = models.BooleanField(_("fatal"), default=False)
    part_in_cvd_death = models.CharField(_("for cardiovascular death"), max_length=10, choices=Part)
    part_in_death = models.CharField(_("for death of any cause"), max_length=10, choices=Part)
    definition = models.TextField(_("definition"), blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("outcome type")
        verbose_name_plural = _("outcome types")
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name
