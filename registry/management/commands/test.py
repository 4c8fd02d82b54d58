"""The tests, on the same engines as the registry; what follows the command goes to pytest as it stands."""

import os
import subprocess
import sys
from pathlib import Path

from django.core.management import BaseCommand


class Command(BaseCommand):
    help = "Run the tests; arguments are pytest's, for example: manage.py test -k roc -x"
    requires_system_checks = ()

    def run_from_argv(self, argv: list[str]) -> None:
        # The tests name the settings themselves, once they have a state folder of their own.
        environment = {name: os.environ[name] for name in os.environ if name != "DJANGO_SETTINGS_MODULE"}
        ended = subprocess.run(
            [sys.executable, "-m", "pytest", *argv[2:]],
            cwd=Path(__file__).resolve().parents[3],
            env=environment,
            check=False,
        )
        sys.exit(ended.returncode)
