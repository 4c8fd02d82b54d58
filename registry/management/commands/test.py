"""The tests, on the same engines as the registry; what follows the command goes to pytest as it stands."""

import subprocess
import sys
from pathlib import Path

from django.core.management import BaseCommand


class Command(BaseCommand):
    help = "Run the tests; arguments are pytest's, for example: manage.py test -k roc -x"
    requires_system_checks = ()

    def run_from_argv(self, argv: list[str]) -> None:
        root = Path(__file__).resolve().parents[3]
        sys.exit(
            subprocess.run([sys.executable, "-m", "pytest", *argv[2:]], cwd=root, check=False).returncode
        )
