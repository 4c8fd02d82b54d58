"""The record as a Django app."""

from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class RegistryConfig(AppConfig):
    name = "registry"
    verbose_name = _("registry")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from registry.config.celery import app
        from registry.config.roles import roles_differ
        from registry.presentation.language import READERS

        READERS.translate = gettext
        app.set_default()
        checks.register(roles_differ, checks.Tags.security, deploy=True)
