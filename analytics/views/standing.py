"""Where a question stands: its latest answer, whether that is still fresh, and what is under way."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from analytics.answers import held_back, latest_results
from analytics.models import Question, Result, Run
from analytics.recompute import is_stale
from registry.models import Cohort
from registry.permissions import Viewer

UNDER_WAY = (Run.Status.QUEUED, Run.Status.RUNNING)


@dataclass(frozen=True)
class Standing:
    """One question with the last answer that was reached.

    `failure` is a later attempt that broke off; `failed_run` a later run that could not even begin.
    """

    question: Question
    answer: Result | None
    failure: Result | None
    failed_run: Run | None
    under_way: Run | None
    is_stale: bool

    @property
    def state(self) -> str:
        """Changes whenever the page should: what a waiting page sends back."""
        parts = (self.answer, self.failure, self.failed_run, self.under_way)
        ids = [str(part.pk) if part else "0" for part in parts]
        return "-".join([*ids, "stale" if self.is_stale else "fresh"])


def state_of(standings: Iterable[Standing]) -> str:
    """A short word for where all of them stand."""
    stated = " ".join(f"{each.question.pk}:{each.state}" for each in standings)
    return hashlib.sha256(stated.encode()).hexdigest()[:16]


def standings(user: Viewer, cohort: Cohort, questions: Iterable[Question]) -> list[Standing]:
    """Where each of a cohort's questions stands for an account."""
    held = held_back(user, cohort)
    asked = list(questions)
    latest = latest_results(asked, held=held)
    failed = {pk for pk, result in latest.items() if result.status == Result.Status.FAILED}
    failing = [question for question in asked if question.pk in failed]
    reached = latest_results(failing, without_failures=True, held=held)
    ended = Run.objects.filter(cohort=cohort).exclude(status__in=UNDER_WAY).select_related("dataset")
    last, done = ended.first(), ended.filter(status=Run.Status.DONE).first()
    under_way = Run.objects.filter(cohort=cohort, status__in=UNDER_WAY).first()
    has_changed = done is not None and (done.pk in held or is_stale(done))
    standings = []
    for question in asked:
        result = latest.get(question.pk)
        is_failure = question.pk in failed
        answer = reached.get(question.pk) if is_failure else result
        standings.append(
            Standing(
                question=question,
                answer=answer,
                failure=result if is_failure else None,
                failed_run=last if last and last.status == Run.Status.FAILED else None,
                under_way=under_way,
                is_stale=answer is not None and (has_changed or is_failure),
            )
        )
    return standings
