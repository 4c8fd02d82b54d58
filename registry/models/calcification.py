"""Abdominal aortic calcification, scored after Kauppila."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.models.cohort import TimePoint
from registry.models.patient import Patient

SEGMENTS = (
    "l1_anterior",
    "l1_posterior",
    "l2_anterior",
    "l2_posterior",
    "l3_anterior",
    "l3_posterior",
    "l4_anterior",
    "l4_posterior",
)


class CalcificationReading(TimePoint):
    """One reading of the lumbar aorta: eight wall segments graded 0 to 3, or a published total only."""

    class Modality(models.TextChoices):
        RADIOGRAPH = "radiograph", _("Lateral lumbar radiograph")
        DXA = "dxa", _("Lateral DXA")
        UNKNOWN = "unknown", _("Not recorded")

    class Grade(models.IntegerChoices):
        NONE = 0, _("0, no calcification")
        THIRD = 1, _("1, one third or less")
        TWO_THIRDS = 2, _("2, up to two thirds")
        MORE = 3, _("3, more than two thirds")

    patient = models.ForeignKey(
        Patient, on_delete=models.CASCADE, related_name="calcification_readings", verbose_name=_("patient")
    )
    modality = models.CharField(_("modality"), max_length=12, choices=Modality, default=Modality.UNKNOWN)
    reader = models.CharField(_("reader"), max_length=60, blank=True)
    l1_anterior = models.PositiveSmallIntegerField(_("L1 anterior"), choices=Grade, null=True, blank=True)
    l1_posterior = models.PositiveSmallIntegerField(_("L1 posterior"), choices=Grade, null=True, blank=True)
    l2_anterior = models.PositiveSmallIntegerField(_("L2 anterior"), choices=Grade, null=True, blank=True)
    l2_posterior = models.PositiveSmallIntegerField(_("L2 posterior"), choices=Grade, null=True, blank=True)
    l3_anterior = models.PositiveSmallIntegerField(_("L3 anterior"), choices=Grade, null=True, blank=True)
    l3_posterior = models.PositiveSmallIntegerField(_("L3 posterior"), choices=Grade, null=True, blank=True)
    l4_anterior = models.PositiveSmallIntegerField(_("L4 anterior"), choices=Grade, null=True, blank=True)
    l4_posterior = models.PositiveSmallIntegerField(_("L4 posterior"), choices=Grade, null=True, blank=True)
    unreadable = ArrayField(
        models.CharField(max_length=12),
        verbose_name=_("segments that could not be read"),
        default=list,
        blank=True,
        help_text=_("A segment left empty makes the total unknown, never a partial sum."),
    )
    total_reported = models.PositiveSmallIntegerField(
        _("total as reported"),
        null=True,
        blank=True,
        help_text=_(
            "The total of an imported or published score; own readings are summed from their segments."
        ),
    )

    class Meta(TimePoint.Meta):
        verbose_name = _("calcification reading")
        verbose_name_plural = _("calcification readings")
        constraints = [
            *TimePoint.Meta.constraints,
            models.CheckConstraint(
                condition=Q(total_reported__isnull=True) | Q(total_reported__lte=24),
                name="calcification_total_within_24",
            ),
            *[
                models.CheckConstraint(
                    condition=Q(**{f"{segment}__isnull": True}) | Q(**{f"{segment}__lte": 3}),
                    name=f"calcification_{segment}_within_3",
                )
                for segment in SEGMENTS
            ],
        ]

    @property
    def segment_sum(self) -> int | None:
        """Sum of the eight segments, unknown where one is."""
        grades = [getattr(self, segment) for segment in SEGMENTS]
        return None if None in grades else sum(grades)

    @property
    def aac24(self) -> int | None:
        """The total that is analysed: as reported where a total was imported, else from the segments."""
        return self.segment_sum if self.total_reported is None else self.total_reported
