"""The places that enrol patients."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Site(models.Model):
    """A dialysis unit or survey centre."""

    code = models.SlugField(
        _("code"),
        max_length=20,
        unique=True,
        help_text=_("Prefixes the study numbers of the site, such as ND."),
    )
    name = models.CharField(_("name"), max_length=200)
    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        default="UTC",
        help_text=_("Name of the IANA time zone, such as Asia/Shanghai."),
    )
    default_units = models.JSONField(
        _("default units"),
        default=dict,
        blank=True,
        help_text=_("The unit a form offers first, by analyte, where it is not the dictionary's."),
    )

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name
