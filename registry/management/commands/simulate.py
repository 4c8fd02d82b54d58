import time
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from registry.exchange.report import SHOWN, refusal_lines
from registry.exchange.simulating import load_simulated_cohort


class Command(BaseCommand):
    help = "Create a simulated cohort, marked as such; the same seed gives the same cohort."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--cohort", required=True, help="short name of the cohort to create")
        parser.add_argument("--patients", type=int, required=True, help="haemodialysis patients")
        parser.add_argument("--controls", type=int, default=0, help="healthy controls (none unless said)")
        parser.add_argument("--draws", type=int, default=3, help="draws a patient, three months apart (3)")
        parser.add_argument("--seed", type=int, required=True)
        parser.add_argument("--list", type=int, default=SHOWN, help=f"refused rows to print ({SHOWN})")

    def handle(self, *args: Any, **options: Any) -> None:
        for name, least in (("patients", 0), ("controls", 0), ("draws", 1), ("seed", 0)):
            if options[name] < least:
                raise CommandError(f"--{name} {options[name]}: {least} is the least.")
        started = time.monotonic()
        try:
            loaded = load_simulated_cohort(
                by=None,
                slug=options["cohort"],
                patients=options["patients"],
                controls=options["controls"],
                draws=options["draws"],
                seed=options["seed"],
                tell=lambda n: self.stdout.write(f"  {n:,} people, {time.monotonic() - started:.0f} s"),
            )
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal
        counts = loaded.counts
        self.stdout.write(
            f"Cohort {options['cohort']} (simulated data): {counts['patients']:,} people, "
            f"{counts['draws']:,} draws, {counts['results']:,} results "
            f"({loaded.n_flagged:,} outside soft limits, flagged), "
            f"{counts['readings']:,} readings, {counts['outcomes']:,} outcomes, "
            f"in {time.monotonic() - started:.1f} s."
        )
        if loaded.refusals:
            for line in refusal_lines(loaded.refusals, shown=options["list"]):
                self.stdout.write(line)
