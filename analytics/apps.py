"""The questions asked of the record, as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AnalyticsConfig(AppConfig):
    name = "analytics"
    verbose_name = _("analyses")
    default_auto_field = "django.db.models.BigAutoField"
