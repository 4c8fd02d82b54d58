"""Compute cohorts here and now, without a worker."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from analytics.models import Run
from analytics.recompute import cohorts_with_questions, request_run
from analytics.recompute.running import execute
from registry.models import Cohort


class Command(BaseCommand):
    help = "Compute the questions of every cohort, or of one, in this process."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--cohort", metavar="SLUG", help="this cohort alone")

    def handle(self, *args: Any, **options: Any) -> None:
        for cohort in _asked(options["cohort"]):
            run, _is_new = request_run(cohort, Run.Trigger.PERSON)
            execute(run.pk)
            run.refresh_from_db()
            if run.status == Run.Status.FAILED:
                raise CommandError(
                    _("The run of %(cohort)s failed: %(failure)s")
                    % {"cohort": cohort.slug, "failure": run.failure}
                )
            self.stdout.write(_told(cohort, run))


def _asked(slug: str | None) -> list[Cohort]:
    cohorts = cohorts_with_questions()
    if slug is None:
        return cohorts
    chosen = [cohort for cohort in cohorts if cohort.slug == slug]
    if not chosen:
        raise CommandError(
            _("No questions are asked of “%(slug)s”. Cohorts with questions: %(cohorts)s.")
            % {"slug": slug, "cohorts": ", ".join(cohort.slug for cohort in cohorts) or "–"}
        )
    return chosen


def _told(cohort: Cohort, run: Run) -> str:
    if run.status != Run.Status.DONE:
        return _("%(cohort)s is being computed by a worker; a further run waits.") % {"cohort": cohort.slug}
    n_failed = run.results.filter(status="failed").count()
    return _("%(cohort)s: %(answers)s questions answered, %(failed)s failed.") % {
        "cohort": cohort.slug,
        "answers": run.results.count() - n_failed,
        "failed": n_failed,
    }
