from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from registry.actions.access import issue_token
from registry.models import User


class Command(BaseCommand):
    help = "Print a new API token of an account, and nothing else."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        username = options["username"]
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"There is no account “{username}”.")
        try:
            self.stdout.write(issue_token(by=None, user=user))
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal
