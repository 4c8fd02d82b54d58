from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from registry.actions.bulk import FileRefused
from registry.exchange.importing import ImportReport, import_file
from registry.exchange.mapping import mapping_names
from registry.exchange.report import SHOWN, refusal_lines

NOUNS = {
    "patients": "patients",
    "consents": "consents",
    "draws": "draws",
    "results": "results",
    "readings": "calcification readings",
    "outcomes": "outcomes",
    "contacts": "contacts",
}


class Command(BaseCommand):
    help = "Import a CSV or XLSX file into a cohort: all of it or nothing, and a second time nothing again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--cohort", default="", help="short name; the mapping's own unless said")
        parser.add_argument(
            "--mapping",
            required=True,
            help=f"one of {', '.join(mapping_names())}, or the path of your own .json",
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, and write nothing")
        parser.add_argument("--update", action="store_true", help="correct the record where the file differs")
        parser.add_argument("--reason", default="", help="why the record is corrected; kept with each change")
        parser.add_argument(
            "--list", type=int, default=SHOWN, help=f"refused or differing rows to print ({SHOWN})"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["update"] != bool(options["reason"].strip()):
            raise CommandError("--update and --reason TEXT go together: a correction keeps its reason.")
        try:
            report = import_file(
                by=None,
                path=options["file"],
                mapping_name=options["mapping"],
                slug=options["cohort"],
                is_dry_run=options["dry_run"],
                update_reason=options["reason"].strip(),
            )
        except FileRefused as refused:
            lines = refusal_lines(refused.refusals, shown=options["list"])
            raise CommandError("\n".join([*lines, "Nothing was written."])) from refused
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal
        for line in _told(report, options["dry_run"]):
            self.stdout.write(line)
        if report.differences and not options["update"]:
            raise CommandError("\n".join(_differences(report, options["list"])))


def _told(report: ImportReport, is_dry_run: bool) -> Iterator[str]:
    yield f"{report.n_rows:,} rows read ({report.encoding})."
    for why, n in report.left_out.items():
        yield f"{n:,} left out: {why}."
    if report.is_new_cohort:
        yield f"Cohort {report.cohort} {'would be' if is_dry_run else 'was'} created."
    new = _counted(report.loaded.counts)
    unchanged = _counted(report.unchanged)
    if new:
        verb = "Added" if report.is_written else "Would add"
        yield f"{verb} to {report.cohort}: {new}."
    elif not report.differences:
        yield f"Nothing changed: cohort {report.cohort} holds all of it already."
    if unchanged:
        yield f"Already recorded, unchanged: {unchanged}."
    if report.loaded.n_flagged:
        yield f"{report.loaded.n_flagged:,} values outside soft limits: kept, and flagged to be looked at."
    yield from report.warnings
    if report.n_corrected:
        verb = "Corrected" if report.is_written else "Would correct"
        yield f"{verb} {report.n_corrected:,} recorded rows."
    if is_dry_run:
        yield "Dry run: nothing was written."


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{counts[table]:,} {noun}" for table, noun in NOUNS.items() if counts[table])


def _differences(report: ImportReport, shown: int) -> Iterator[str]:
    n = len(report.differences)
    yield f"The file and the record differ in {n:,} places:"
    for difference in report.differences[:shown]:
        yield (
            f"  row {difference.row}, {difference.study_id}, {difference.field}: "
            f"recorded “{difference.recorded}”, in the file “{difference.said}”"
        )
    if n > shown:
        yield f"  … and {n - shown:,} more. See them all with --list {n}."
    yield "Nothing was written. To correct the record by the file: --update --reason TEXT."
