"""The two database roles: the application reads and writes, the owner of the tables migrates."""

from typing import Any

from django.conf import settings
from django.core import checks
from django.db import DEFAULT_DB_ALIAS

OWNER_ALIAS = "owner"


class TwoRoles:
    """Sends every query to the application's role; only the owner's may migrate."""

    def db_for_read(self, model: object, **hints: Any) -> str:
        return DEFAULT_DB_ALIAS

    def db_for_write(self, model: object, **hints: Any) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, left: object, right: object, **hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == OWNER_ALIAS


def roles_differ(app_configs: object, **kwargs: Any) -> list[checks.CheckMessage]:
    """An application that owns its tables could rewrite the audit trail."""
    default, owner = (settings.DATABASES[alias] for alias in (DEFAULT_DB_ALIAS, OWNER_ALIAS))
    if default["USER"] != owner["USER"]:
        return []
    return [
        checks.Warning(
            "The application connects as the owner of its tables and so could change the audit trail.",
            hint="Name a role of the application's own in DATABASE_URL, the owner in DATABASE_OWNER_URL.",
            id="calcis.W001",
        )
    ]
