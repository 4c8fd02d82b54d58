"""The people of a cohort, under a study number, and their consent."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from registry.models.cohort import Cohort, CohortGroup
from registry.models.site import Site


class Patient(models.Model):
    """One person in one cohort. No name, no hospital number: the key table lives outside."""

    class Sex(models.TextChoices):
        MALE = "male", _("Male")
        FEMALE = "female", _("Female")
        UNKNOWN = "unknown", _("Unknown")

    class Diabetes(models.TextChoices):
        NONE = "none", _("None")
        BORDERLINE = "borderline", _("Borderline")
        TYPE_1 = "type_1", _("Type 1")
        TYPE_2 = "type_2", _("Type 2")
        OTHER = "other", _("Other type")
        UNSPECIFIED = "unspecified", _("Yes, type not recorded")
        UNKNOWN = "unknown", _("Unknown")

    class YesNo(models.TextChoices):
        YES = "yes", _("Yes")
        NO = "no", _("No")
        UNKNOWN = "unknown", _("Unknown")

    class Smoking(models.TextChoices):
        NEVER = "never", _("Never")
        FORMER = "former", _("Former")
        CURRENT = "current", _("Current")
        UNKNOWN = "unknown", _("Unknown")

    class Modality(models.TextChoices):
        HD = "hd", _("Haemodialysis")
        HDF = "hdf", _("Haemodiafiltration")

    class VascularAccess(models.TextChoices):
        AVF = "avf", _("Arteriovenous fistula")
        AVG = "avg", _("Arteriovenous graft")
        TLN = "tln", _("Tunnelled line")
        NLN = "nln", _("Non-tunnelled line")
        UNKNOWN = "unknown", _("Unknown")

    cohort = models.ForeignKey(
        Cohort, on_delete=models.PROTECT, related_name="patients", verbose_name=_("cohort")
    )
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="patients", verbose_name=_("site"))
    group = models.ForeignKey(
        CohortGroup, on_delete=models.PROTECT, related_name="patients", verbose_name=_("group")
    )
    study_id = models.CharField(_("study number"), max_length=40)
    source_id = models.CharField(
        _("number in the source"), max_length=60, blank=True, help_text=_("Kept for imported cohorts.")
    )
    sex = models.CharField(_("sex"), max_length=8, choices=Sex)
    birth_year = models.PositiveSmallIntegerField(
        _("year of birth"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1900), MaxValueValidator(2100)],
    )
    birth_month = models.PositiveSmallIntegerField(
        _("month of birth"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    age_reported = models.DecimalField(
        _("age at the index date, as reported"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(120)],
    )
    enrolled_on = models.DateField(_("date of enrolment"), null=True, blank=True)
    dialysis_started_on = models.DateField(_("start of dialysis"), null=True, blank=True)
    modality = models.CharField(_("modality"), max_length=4, choices=Modality, blank=True)
    sessions_per_week = models.PositiveSmallIntegerField(
        _("sessions a week"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(7)]
    )
    session_minutes = models.PositiveSmallIntegerField(
        _("minutes a session"),
        null=True,
        blank=True,
        validators=[MinValueValidator(10), MaxValueValidator(720)],
    )
    vascular_access = models.CharField(_("vascular access"), max_length=8, choices=VascularAccess, blank=True)
    diabetes = models.CharField(_("diabetes"), max_length=12, choices=Diabetes, blank=True)
    hypertension = models.CharField(_("hypertension"), max_length=8, choices=YesNo, blank=True)
    smoking = models.CharField(_("smoking"), max_length=8, choices=Smoking, blank=True)
    prior_cvd = models.CharField(_("prior cardiovascular disease"), max_length=8, choices=YesNo, blank=True)

    class Meta:
        verbose_name = _("patient")
        verbose_name_plural = _("patients")
        ordering = ["study_id"]
        constraints = [
            models.UniqueConstraint(fields=["cohort", "study_id"], name="patient_study_id_once_in_cohort"),
            models.UniqueConstraint(
                fields=["cohort", "source_id"],
                condition=~Q(source_id=""),
                name="patient_source_id_once_in_cohort",
            ),
            models.CheckConstraint(
                condition=Q(birth_year__isnull=True) | Q(birth_year__gte=1900, birth_year__lte=2100),
                name="patient_birth_year_plausible",
            ),
            models.CheckConstraint(
                condition=Q(birth_month__isnull=True) | Q(birth_month__gte=1, birth_month__lte=12),
                name="patient_birth_month_exists",
            ),
            models.CheckConstraint(
                condition=Q(age_reported__isnull=True) | Q(age_reported__gte=0, age_reported__lte=120),
                name="patient_age_plausible",
            ),
            models.CheckConstraint(
                condition=Q(enrolled_on__isnull=True)
                | Q(birth_year__isnull=True)
                | Q(enrolled_on__year__gte=F("birth_year")),
                name="patient_born_before_enrolment",
            ),
            models.CheckConstraint(
                condition=Q(dialysis_started_on__isnull=True)
                | Q(birth_year__isnull=True)
                | Q(dialysis_started_on__year__gte=F("birth_year")),
                name="patient_born_before_dialysis",
            ),
            models.CheckConstraint(
                condition=Q(dialysis_started_on__isnull=True)
                | Q(enrolled_on__isnull=True)
                | Q(dialysis_started_on__lte=F("enrolled_on")),
                name="patient_dialysis_before_enrolment",
            ),
            models.CheckConstraint(
                condition=Q(sessions_per_week__isnull=True)
                | Q(sessions_per_week__gte=1, sessions_per_week__lte=7),
                name="patient_sessions_per_week_plausible",
            ),
            models.CheckConstraint(
                condition=Q(session_minutes__isnull=True)
                | Q(session_minutes__gte=10, session_minutes__lte=720),
                name="patient_session_minutes_plausible",
            ),
        ]
        indexes = [models.Index(fields=["cohort", "site", "study_id"], name="patient_by_site")]

    def __str__(self) -> str:
        return self.study_id


class Consent(models.Model):
    """One signed form; a withdrawal stops new data from that day on."""

    patient = models.ForeignKey(
        Patient, on_delete=models.CASCADE, related_name="consents", verbose_name=_("patient")
    )
    form_code = models.CharField(_("form"), max_length=40)
    version = models.CharField(_("version"), max_length=20)
    signed_on = models.DateField(_("signed on"))
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["signed_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gte=F("signed_on")),
                name="consent_withdrawn_after_signing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.form_code} {self.version}"
