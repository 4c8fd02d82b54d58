from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from registry import exchange
from registry.exchange.importing import import_file
from registry.exchange.simulating import load_simulated_cohort
from registry.models import Cohort

NHANES = Path(exchange.__file__).parent / "sources" / "nhanes-2013-2014-aac.csv.gz"
SEED = 20251009


class Command(BaseCommand):
    help = "Load the two demo cohorts, nhanes-aac and mhd; those that are there stay as they are."

    def handle(self, *args: Any, **options: Any) -> None:
        self._load("nhanes-aac", _load_nhanes)
        self._load("mhd", _simulate_mhd)

    def _load(self, slug: str, load: Callable[[str], str]) -> None:
        cohort = Cohort.objects.filter(slug=slug).first()
        told = load(slug) if cohort is None else f"{cohort.patients.count():,} people, there already"
        self.stdout.write(f"Demo cohort {slug}: {told}.")


def _load_nhanes(slug: str) -> str:
    report = import_file(by=None, path=NHANES, mapping_name="nhanes-aac", slug=slug)
    return f"{report.loaded.counts['patients']:,} people imported; {' '.join(report.warnings)}".rstrip(".")


def _simulate_mhd(slug: str) -> str:
    loaded = load_simulated_cohort(by=None, slug=slug, patients=200, controls=200, draws=5, seed=SEED)
    refused = len(loaded.refusals)
    return f"{loaded.counts['patients']:,} people simulated; {refused} faulty rows refused, as meant"
