from typing import Any

from django.core.management.base import BaseCommand

from registry.dictionary.loader import load_dictionary


class Command(BaseCommand):
    help = "Load the shipped data dictionary; rows added here are kept, running it again changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        counts = load_dictionary()
        self.stdout.write(
            f"Dictionary: {counts['analytes']} analytes with {counts['units']} other units, "
            f"{counts['outcomes']} outcome types."
        )
