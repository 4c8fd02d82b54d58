"""Migrate as the owner of the tables, then give the application's role its rights."""

from typing import Any

from django.core.management import CommandParser
from django.core.management.commands import migrate
from django.db import DEFAULT_DB_ALIAS, connections

from registry.config import grants
from registry.config.roles import OWNER_ALIAS


class Command(migrate.Command):
    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database=OWNER_ALIAS)

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        owner, application = connections[OWNER_ALIAS], connections[DEFAULT_DB_ALIAS]
        role = application.settings_dict["USER"]
        if role != owner.settings_dict["USER"]:
            grants.grant(owner, role)
