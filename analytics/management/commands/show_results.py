"""The headline tables of every cohort, in the terminal."""

import time
from collections.abc import Iterator
from typing import Any
from unicodedata import east_asian_width

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from analytics.answers import latest_results, titles
from analytics.figures import Table, Words
from analytics.figures.naming import namer
from analytics.models import Question, Result, Run
from analytics.recompute import cohorts_with_questions, is_stale
from analytics.tables import tables
from registry.models import Cohort
from registry.presentation.guards import remark
from registry.presentation.reasons import because
from registry.presentation.wording import exclusion

POLL_SECONDS = 0.5
TOP_CORRELATIONS = 8
INDENT = "  "
HEADLINE_TABLES = {"comparison": 1, "correlation": 1, "logistic": 1, "roc": 2, "survival": 1}
"""How many tables of each kind of question are headlines; the other kinds have none."""


class Command(BaseCommand):
    help = "Print the headline results: group comparison, top correlations, odds ratios, ROC rows."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--wait",
            type=float,
            default=0,
            metavar="SECONDS",
            help="wait at most so long until every cohort is computed",
        )
        parser.add_argument("--cohort", default="", metavar="SLUG", help="of this cohort alone")
        parser.add_argument("--all", action="store_true", help="every question, every correlation")

    def handle(self, *args: Any, **options: Any) -> None:
        waiting = _wait(options["wait"])
        shown = [cohort for cohort in cohorts_with_questions() if options["cohort"] in ("", cohort.slug)]
        if not shown and options["cohort"]:
            raise CommandError(_("No cohort “%(slug)s” has questions.") % {"slug": options["cohort"]})
        for cohort in shown:
            self._show(cohort, is_complete=options["all"])
        for cohort in waiting:
            self.stdout.write(
                _("%(cohort)s is still being computed; this command shows its results later.")
                % {"cohort": cohort.slug}
            )

    def _show(self, cohort: Cohort, *, is_complete: bool) -> None:
        questions = list(Question.objects.filter(cohort=cohort, is_current=True))
        results = latest_results(questions)
        self.stdout.write(f"\n{cohort.slug} – {cohort.name}")
        self.stdout.write("=" * (len(cohort.slug) + len(cohort.name) + 3))
        for line in _about(cohort, next(iter(results.values()), None)):
            self.stdout.write(line)
        for question in questions if is_complete else _headlines(questions):
            result = results.get(question.pk)
            self.stdout.write(f"\n{question.title}")
            for line in (
                _answered(question, result, is_complete=is_complete) if result else [_("No result yet.")]
            ):
                self.stdout.write(line)
        if not is_complete:
            self.stdout.write(
                "\n" + _("Everything: manage.py show_results --cohort %(slug)s --all") % {"slug": cohort.slug}
            )


def _wait(seconds: float) -> list[Cohort]:
    """The cohorts that are not computed when the time is over."""
    until = time.monotonic() + seconds
    while True:
        waiting = [cohort for cohort in cohorts_with_questions() if not _is_settled(cohort)]
        if not waiting or time.monotonic() >= until:
            return waiting
        time.sleep(POLL_SECONDS)


def _is_settled(cohort: Cohort) -> bool:
    last = Run.objects.filter(cohort=cohort).select_related("dataset").first()
    if last is None:
        return False
    return last.status == Run.Status.FAILED or (last.status == Run.Status.DONE and not is_stale(last))


def _headlines(questions: list[Question]) -> list[Question]:
    """The first comparison and correlation, the multivariable models, every question of curves."""
    first = {question.kind: question for question in reversed(questions)}
    return [
        question
        for question in questions
        if question.kind in HEADLINE_TABLES
        and (question.kind not in ("comparison", "correlation") or question == first[question.kind])
        and "univariable" not in question.definition
    ]


def _about(cohort: Cohort, result: Result | None) -> Iterator[str]:
    if cohort.is_simulated:
        yield _("Simulated data")
    if result is not None:
        dataset = result.dataset
        yield _("%(n)s of %(enrolled)s patients, as of %(when)s UTC, table %(table)s") % {
            "n": dataset.n_rows,
            "enrolled": dataset.n_enrolled,
            "when": f"{dataset.read_at:%Y-%m-%d %H:%M}",
            "table": dataset,
        }
        for entry in dataset.exclusions:
            yield f"  {entry['n']}: {exclusion(entry['reason'])}"
    failed = Run.objects.filter(cohort=cohort).first()
    if failed is not None and failed.failure:
        yield _("The last run failed: %(failure)s") % {"failure": failed.failure}


def _answered(question: Question, result: Result, *, is_complete: bool) -> Iterator[str]:
    words = Words(question.variables, _)
    if result.reason is not None:
        yield f"  {because(result.reason, words.name)}"
        return
    payload = result.payload
    if question.kind == "correlation" and not is_complete:
        payload = payload | {"pairs": _top(payload)}
    printed = tables(question.kind, payload, words)
    if not is_complete:
        printed = printed[: HEADLINE_TABLES[question.kind]]
    for table in printed:
        if len(printed) > 1:
            yield from ("", table.caption)
        yield from _lines(table)
    for guard in result.guards:
        if guard["severity"] == "block":
            said = remark(guard, namer(payload, words, titles(question.cohort)))
            yield f"! {said.label}: {said.text}"


def _top(payload: dict[str, Any]) -> list[dict[str, Any]]:
    """The strongest pairs of the main stratum, with the same pairs of the others."""
    main = [
        pair for pair in payload["pairs"] if pair["stratum"] == payload["strata"][0] and pair["r"] is not None
    ]
    main = [pair for pair in main if pair["method"] == payload["methods"][0]]
    strongest = sorted(main, key=lambda pair: -abs(pair["r"]))[:TOP_CORRELATIONS]
    rank = {(pair["x"], pair["y"]): place for place, pair in enumerate(strongest)}
    kept = [pair for pair in payload["pairs"] if (pair["x"], pair["y"]) in rank]
    return sorted(kept, key=lambda pair: rank[pair["x"], pair["y"]])


def _lines(table: Table) -> Iterator[str]:
    """A table in columns: the first to the left, the others to the right."""
    cells = [table.columns, *(row.cells for row in table.rows)]
    widths = [
        max(_width(row[place]) for row in cells if place < len(row)) for place in range(len(table.columns))
    ]
    widths[0] += len(INDENT)
    yield ""
    yield _aligned(table.columns, widths)
    yield "  ".join("─" * width for width in widths)
    for row in table.rows:
        indent = INDENT if row.role == "sub" else ""
        yield _aligned((indent + row.heading, *row.numbers), widths).rstrip()


def _aligned(cells: tuple[str, ...], widths: list[int]) -> str:
    padded = [" " * (width - _width(cell)) for cell, width in zip(cells, widths, strict=False)]
    first, *others = zip(cells, padded, strict=False)
    return "  ".join(["".join(first), *(space + cell for cell, space in others)])


def _width(text: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
