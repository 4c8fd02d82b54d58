"""A cohort and what it says about itself as data: groups, index date, baseline window, follow-up."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from registry.models.site import Site


class Cohort(models.Model):
    """A study population under one definition, from which one row per patient follows."""

    class TimeScale(models.TextChoices):
        CALENDAR = "calendar", _("Calendar dates")
        RELATIVE = "relative", _("Months since day 0")

    class ConsentBasis(models.TextChoices):
        WRITTEN = "written", _("Written consent of each patient")
        PUBLIC_USE = "public_use", _("Public-use data, released without identifiers")
        SIMULATED = "simulated", _("Simulated, no person behind it")

    class IndexDate(models.TextChoices):
        ENROLMENT = "enrolment", _("Enrolment")
        DIALYSIS_START = "dialysis_start", _("Start of dialysis")
        DAY_ZERO = "day_zero", _("Day 0 of the source")

    slug = models.SlugField(_("short name"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    source = models.TextField(
        _("source"), blank=True, help_text=_("Where imported data come from, and on what terms.")
    )
    is_simulated = models.BooleanField(_("simulated data"), default=False)
    sites = models.ManyToManyField(Site, related_name="cohorts", verbose_name=_("sites"))
    time_scale = models.CharField(
        _("time scale"), max_length=10, choices=TimeScale, default=TimeScale.CALENDAR
    )
    consent_basis = models.CharField(
        _("consent basis"), max_length=12, choices=ConsentBasis, default=ConsentBasis.WRITTEN
    )
    required_fields = models.JSONField(
        _("required fields"),
        default=list,
        blank=True,
        help_text=_("Enrolment fields that may not be left empty."),
    )
    index_date = models.CharField(
        _("index date"), max_length=16, choices=IndexDate, default=IndexDate.ENROLMENT
    )
    baseline_days_before = models.PositiveIntegerField(
        _("baseline window, days before the index date"), default=30
    )
    baseline_days_after = models.PositiveIntegerField(
        _("baseline window, days after the index date"), default=30
    )
    data_lock_on = models.DateField(
        _("data lock"),
        null=True,
        blank=True,
        help_text=_("Follow-up counts up to this day; empty: as far as it goes."),
    )
    follow_up_months = models.DecimalField(
        _("longest follow-up, months"), max_digits=6, decimal_places=2, null=True, blank=True
    )
    small_cell_minimum = models.PositiveIntegerField(
        _("smallest count shown"),
        default=5,
        help_text=_("Counts below this are withheld from viewers without access to records; 0 shows all."),
    )
    plan = models.SlugField(
        _("analysis plan"),
        max_length=60,
        blank=True,
        help_text=_("Name of the plan its questions come from."),
    )

    class Meta:
        verbose_name = _("cohort")
        verbose_name_plural = _("cohorts")
        ordering = ["slug"]
        constraints = [
            models.CheckConstraint(
                condition=Q(time_scale="calendar") | Q(index_date="day_zero"),
                name="cohort_relative_time_has_day_zero",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_relative(self) -> bool:
        return self.time_scale == self.TimeScale.RELATIVE


class CohortGroup(models.Model):
    """A design group of a cohort, such as patients and controls."""

    class Limits(models.TextChoices):
        MHD = "mhd", _("Haemodialysis patients")
        CONTROL = "control", _("Controls")

    cohort = models.ForeignKey(
        Cohort, on_delete=models.CASCADE, related_name="groups", verbose_name=_("cohort")
    )
    code = models.SlugField(_("code"), max_length=30)
    name = models.CharField(_("name"), max_length=100)
    limits = models.CharField(
        _("plausible limits"),
        max_length=10,
        choices=Limits,
        help_text=_("Whose soft limits apply to its results."),
    )
    on_dialysis = models.BooleanField(_("on dialysis"), default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("group")
        verbose_name_plural = _("groups")
        ordering = ["cohort", "position", "code"]
        constraints = [models.UniqueConstraint(fields=["cohort", "code"], name="group_code_once_in_cohort")]

    def __str__(self) -> str:
        return self.name


class TimePoint(models.Model):
    """When something happened: a date in a calendar cohort, months since day 0 in a relative one."""

    occurred_on = models.DateField(_("date"), null=True, blank=True)
    occurred_months = models.DecimalField(
        _("months since day 0"), max_digits=7, decimal_places=2, null=True, blank=True
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(occurred_on__isnull=True, occurred_months__isnull=False)
                | Q(occurred_on__isnull=False, occurred_months__isnull=True),
                name="%(class)s_one_time_scale",
            ),
        ]
        ordering = [F("occurred_on").asc(nulls_last=True), F("occurred_months").asc(nulls_last=True), "pk"]

    @property
    def when(self) -> str:
        """The time point as it is shown."""
        if self.occurred_on is not None:
            return self.occurred_on.isoformat()
        return gettext("month %(month)s") % {"month": f"{self.occurred_months:f}".rstrip("0").rstrip(".")}

    def __str__(self) -> str:
        return self.when
