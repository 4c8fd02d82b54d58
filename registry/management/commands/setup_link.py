"""The one-time link through which the first administrator is made."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from registry.actions import access


class Command(BaseCommand):
    help = "Print a link, good once and for a day, through which the first administrator is made."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--address", default="http://127.0.0.1:8000", help="where the registry is served")

    def handle(self, *args: Any, address: str, **options: Any) -> None:
        try:
            token = access.create_setup_link()
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal
        self.stdout.write(address.rstrip("/") + reverse("setup", args=[token]))
