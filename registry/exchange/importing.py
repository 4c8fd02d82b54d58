"""A file into a cohort: all of it or nothing, and a second time nothing again."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from registry.actions.bulk import FileRefused, Loaded, Rows, load_rows
from registry.actions.bulk.results import refused_alone
from registry.actions.refusals import refuse
from registry.dictionary.loader import require_dictionary
from registry.exchange.cohorts import create_defined_cohort
from registry.exchange.comparing import Difference, compare
from registry.exchange.correcting import correct_record
from registry.exchange.mapping import Mapping, load_mapping
from registry.exchange.reading import read_table
from registry.exchange.translating import Translation, translate
from registry.models import Cohort, Patient, User
from registry.models.calcification import SEGMENTS

DOOR = "import"


@dataclass
class ImportReport:
    """What an import did, or, on a dry run, would do."""

    cohort: str
    encoding: str
    n_rows: int
    left_out: Counter[str]
    is_new_cohort: bool = False
    loaded: Loaded = field(default_factory=Loaded)
    unchanged: Counter[str] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)
    n_corrected: int = 0
    warnings: list[str] = field(default_factory=list)
    is_written: bool = False


def import_file(
    *,
    by: User | None,
    path: Path,
    mapping_name: str,
    slug: str = "",
    is_dry_run: bool = False,
    update_reason: str = "",
) -> ImportReport:
    """Import a file under a mapping.

    Rows the record already holds are left as they are. Where the file says something else than the record,
    nothing is written, unless a reason is given: then the record is corrected for that reason.

    Raises
    ------
    FileRefused
        With every row and field that may not enter; nothing was written.
    ValidationError
        If the mapping is broken or there is no such cohort to import into.
    """
    require_dictionary()
    mapping = load_mapping(mapping_name)
    table = read_table(path, sheet=mapping.sheet, header_row=mapping.header_row)
    with transaction.atomic():
        cohort, is_new = _cohort(by, mapping, slug)
        translation = translate(table, mapping)
        rows, unplaced = _enterable(translation, cohort)
        comparison = compare(rows, cohort)
        report = ImportReport(
            cohort=cohort.slug,
            encoding=table.encoding,
            n_rows=translation.n_rows,
            left_out=translation.left_out,
            is_new_cohort=is_new,
            unchanged=comparison.unchanged,
            differences=comparison.differences,
            warnings=_warnings(comparison.new),
        )
        report.loaded = load_rows(
            by=by,
            cohort=cohort,
            door=DOOR,
            blocks=[comparison.new],
            reason=f"{path.name}, mapping {mapping.name}",
            keep_rest=True,
        )
        refusals = [*translation.refusals, *report.loaded.refusals, *refused_alone(unplaced)]
        if update_reason:
            report.n_corrected, refused = correct_record(
                by=by, differences=comparison.differences, reason=update_reason, door=DOOR
            )
            refusals += refused
        if refusals:
            raise FileRefused(sorted(refusals, key=lambda refusal: (refusal.row or 0, refusal.field)))
        report.is_written = not is_dry_run and (not comparison.differences or bool(update_reason))
        has_news = is_new or report.loaded.counts.total() or report.n_corrected
        if not (report.is_written and has_news):
            # Rolled back, a file without news announces no change either.
            transaction.set_rollback(True)
    return report


def _cohort(by: User | None, mapping: Mapping, slug: str) -> tuple[Cohort, bool]:
    """The cohort named, else the mapping's own; made by the mapping's definition where there is none yet."""
    definition = mapping.cohort or {}
    slug = slug or definition.get("slug", "")
    cohort = Cohort.objects.filter(slug=slug).first()
    if cohort is not None:
        return cohort, False
    if not definition:
        message = _(
            "There is no cohort “%(value)s”, and the mapping does not define one. Create the cohort first."
        )
        refuse("cohort", message, "unknown", value=slug)
    return create_defined_cohort(by=by, definition=definition, slug=slug, door=DOOR), True


def _enterable(translation: Translation, cohort: Cohort) -> tuple[Rows, pd.DataFrame]:
    """The rows of people whose enrolment could be read or is recorded; and the results beside them.

    Those results cannot enter, but what is wrong with them is told in the same pass.
    """
    rows, unread = translation.rows, set(translation.unread_people)
    unread -= set(
        Patient.objects.filter(cohort=cohort, study_id__in=unread).values_list("study_id", flat=True)
    )
    if not unread:
        return rows, translation.unplaced
    owners = rows.results["draw"].map(rows.draws.set_index("draw")["study_id"])
    beside = rows.results.assign(study_id=owners)[owners.isin(unread)]
    of_people = {
        table: frame[~frame["study_id"].isin(unread)]
        for table, frame in vars(rows).items()
        if table != "results"
    }
    unplaced = pd.concat([translation.unplaced, beside[translation.unplaced.columns]], ignore_index=True)
    return Rows(results=rows.results[~owners.isin(unread)], **of_people), unplaced


def _warnings(rows: Rows) -> list[str]:
    grades = rows.readings[list(SEGMENTS)]
    total = rows.readings["total_reported"]
    differs = grades.notna().all(axis=1) & total.notna() & (grades.sum(axis=1) != total)
    n = int(differs.sum())
    if not n:
        return []
    message = ngettext(
        "%(n)d reported total is not the sum of its segments; both are kept, the total is analysed.",
        "%(n)d reported totals are not the sum of their segments; both are kept, the totals are analysed.",
        n,
    )
    return [message % {"n": n}]
