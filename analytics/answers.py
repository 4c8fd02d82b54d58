"""The latest answer to each question, as an account may see it: one place for pages and API."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Min, OuterRef, Q, QuerySet, Subquery

from analytics.models import Estimate, Question, Result, Run
from analytics.plan import named_variables
from registry.models import Cohort, Site
from registry.permissions import Viewer, roles_of, sees_all_cells, visible_cohorts, visible_sites
from registry.presentation.suppression import (
    at_looks,
    shortened,
    withheld_numbers,
    withhold,
    withhold_guards,
)

SITE = "site"
RESULTS = ("value", "standard_error", "ci_low", "ci_high", "p_value")
COUNTS = ("n", "n_events")
NUMBERS = (*RESULTS, *COUNTS)


@dataclass(frozen=True)
class Seen:
    """A result as one account sees it; small counts withheld where it may not see the records behind them."""

    payload: dict[str, Any]
    guards: list[dict[str, Any]]
    reason: dict[str, Any] | None
    exclusions: list[dict[str, Any]]
    n_rows: int | None
    n_enrolled: int | None


def visible_versions(user: Viewer) -> QuerySet[Question]:
    """Every version of the questions that an account may see answered, past ones too.

    A version that tells sites apart is not for the account of one site.
    """
    versions = Question.objects.filter(cohort__in=visible_cohorts(user))
    if any(membership.site_id is None for membership in roles_of(user)):
        return versions
    return versions.exclude(pk__in=[version.pk for version in versions if _tells_sites(version)])


def titles(cohort: Cohort) -> dict[str, str]:
    """The titles of a cohort's questions by short name."""
    current = Question.objects.filter(cohort=cohort, is_current=True)
    return dict(current.values_list("slug", "title"))


def visible_questions(user: Viewer) -> QuerySet[Question]:
    """The current questions an account may see answered, with the status of the last attempt it is shown."""
    questions = visible_versions(user).filter(is_current=True)
    done = Result.objects.filter(question=OuterRef("pk"), run__status=Run.Status.DONE)
    last = done.exclude(run__in=_held(user)).values("status")[:1]
    return questions.select_related("cohort").annotate(status=Subquery(last))


def held_back(user: Viewer, cohort: Cohort) -> list[int]:
    """Finished runs an account is not shown: beside a run shown before they tell few patients."""
    return list(_held(user).filter(cohort=cohort).values_list("pk", flat=True))


def _held(user: Viewer) -> QuerySet[Run]:
    """Of every cohort of which an account may not see each record, the runs that it is not shown.

    Who sees no patient is shown a run once enough patients' rows differ. Who sees some, and enters values, is
    shown what they change at once; a run of few patients more or fewer is held back from them as well.
    """
    seen = visible_sites(user)
    partly_seen = Cohort.objects.filter(small_cell_minimum__gt=1, sites__in=Site.objects.exclude(pk__in=seen))
    entered = partly_seen.filter(pk__in=Cohort.objects.filter(sites__in=seen).values("pk"))
    few_differ = Q(
        cohort__in=partly_seen.exclude(pk__in=entered.values("pk")),
        released_up_to__lt=F("cohort__small_cell_minimum"),
    )
    return Run.objects.filter(few_differ | Q(pk__in=_few_more_or_fewer(entered)), status=Run.Status.DONE)


def _few_more_or_fewer(cohorts: QuerySet[Cohort]) -> list[int]:
    """The runs with a few patients more or fewer than the one shown before them."""
    finished = Run.objects.filter(cohort__in=cohorts.values("pk"), status=Run.Status.DONE).order_by("pk")
    held, shown = [], dict[int, int]()
    for run, cohort, n_rows, minimum in finished.values_list(
        "pk", "cohort_id", "dataset__n_rows", "cohort__small_cell_minimum"
    ):
        if 0 < abs(n_rows - shown.get(cohort, n_rows)) < minimum:
            held.append(run)
        else:
            shown[cohort] = n_rows
    return held


def latest_results(
    questions: Iterable[Question], *, without_failures: bool = False, held: Collection[int] = ()
) -> dict[int, Result]:
    """The last finished run's attempt at each question, runs held back left out, by the question's key.

    What it says is read when it is asked for: a page that waits only compares where questions stand.
    """
    finished = (_reached() if without_failures else _finished()).exclude(run__in=held)
    results = _latest(finished, questions)
    return {result.question_id: result for result in results.defer("payload", "guards")}


def latest_result(user: Viewer, question: Question) -> Result | None:
    """The last answer released to an account; a failed attempt leaves the one before."""
    held = held_back(user, question.cohort)
    return _reached().filter(question=question).exclude(run__in=held).first()


def seen_by(user: Viewer, result: Result) -> Seen:
    """What of a result is shown to an account."""
    cohort, dataset = result.question.cohort, result.dataset
    minimum = 0 if sees_all_cells(user, cohort) else cohort.small_cell_minimum
    held = [] if minimum <= 1 else held_back(user, cohort)
    exclusions = withhold(dataset.exclusions, minimum)
    if _tell_few_since(result.run, held, minimum):
        exclusions = [{**entry, "n": None} for entry in exclusions]
    is_told = all(entry["n"] is not None for entry in exclusions)
    payload = withhold(result.payload, minimum)
    if held and payload.get("hypotheses"):
        payload = at_looks(payload, _looks_seen(result, held))
    is_whole_told = minimum <= 1 or _tells_none_left_out(payload, dataset.n_rows, minimum)
    return Seen(
        payload=payload,
        guards=withhold_guards(result.guards, payload, minimum),
        reason=withhold(result.reason, minimum),
        exclusions=exclusions,
        n_rows=withhold({"n": dataset.n_rows}, minimum)["n"] if is_whole_told else None,
        # With the number analysed it would tell how many were left out.
        n_enrolled=dataset.n_enrolled if is_told and is_whole_told else None,
    )


def _tell_few_since(run: Run, held: Collection[int], minimum: int) -> bool:
    """Whether the patients left out, beside those of a run shown before, tell few of them."""
    if minimum <= 1:
        return False
    shown = Run.objects.filter(cohort=run.cohort_id, status=Run.Status.DONE, pk__lt=run.pk)
    readings = shown.exclude(pk__in=held).values("dataset__exclusions").annotate(first=Min("pk"))
    told: list[Counter[str]] = []
    for reading in [*readings.order_by("first").values_list("dataset__exclusions", flat=True), None]:
        exclusions = run.dataset.exclusions if reading is None and run.dataset else reading
        left_out = Counter({entry["reason"]: entry["n"] for entry in exclusions if entry["n"] >= minimum})
        if not any(_differ_by_few(left_out, before, minimum) for before in told):
            told.append(left_out)
        elif reading is None:
            return True
    return False


def _differ_by_few(now: Counter[str], before: Counter[str], minimum: int) -> bool:
    return any(0 < abs(now[reason] - before[reason]) < minimum for reason in {*now, *before})


def _looks_seen(result: Result, held: Collection[int]) -> dict[str, set[int]]:
    """The looks at each hypothesis that were taken by runs that are shown."""
    question = result.question
    asked = Result.objects.filter(question__cohort=question.cohort, question__slug=question.slug)
    told = asked.filter(run__lte=result.run_id, payload__has_key="hypotheses").order_by("pk")
    seen: defaultdict[str, set[int]] = defaultdict(set)
    last: dict[str, int] = {}
    for run, hypotheses in told.values_list("run", "payload__hypotheses"):
        for name, n in ((each["name"], len(each["looks"])) for each in hypotheses):
            if n > last.get(name, 0) and run not in held:
                seen[name].add(n)
            last[name] = n
    return seen


def latest_numbers(user: Viewer, cohort: Cohort) -> dict[tuple[str, str, str], dict[str, Any]]:
    """The latest estimates of a cohort, as an account may see them, by question, term and quantity."""
    released = _reached().exclude(run__in=held_back(user, cohort))
    latest = _latest(released, visible_questions(user).filter(cohort=cohort)).values_list("pk", flat=True)
    minimum = 0 if sees_all_cells(user, cohort) else cohort.small_cell_minimum
    results = {result.pk: result for result in Result.objects.filter(pk__in=list(latest))}
    told = {pk: told_in(result, minimum) for pk, result in results.items()}
    return {
        (estimate.question.slug, estimate.term, estimate.quantity): numbers_of(
            estimate, minimum, told[estimate.result_id]
        )
        for estimate in Estimate.objects.filter(result__in=list(results)).select_related("question")
    }


def told_in(result: Result, minimum: int) -> frozenset[float] | None:
    """The sizes of the numbers that a result tells and nowhere withholds; None where it tells all it has."""
    if minimum <= 1:
        return None
    seen = withhold(result.payload, minimum)
    said, gone = withheld_numbers(seen, None), withheld_numbers(result.payload, seen)
    # An estimate may have lost its sign.
    told = {abs(number) for number in (*said.results, *said.counts)}
    told -= {abs(number) for number in (*gone.results, *gone.counts, *map(shortened, gone.results))}
    return frozenset(told)


def numbers_of(estimate: Estimate, minimum: int, told: frozenset[float] | None) -> dict[str, Any]:
    """The numbers of an estimate, those alone that its result tells, and none that tells a small count."""
    numbers = {name: getattr(estimate, name) for name in NUMBERS}
    if told is None:
        return numbers
    seen = withhold({name: _as_told(value, told) for name, value in numbers.items()}, minimum)
    if seen["value"] is not None and not _tells_few(estimate, minimum):
        return seen
    return seen | dict.fromkeys(RESULTS) | {"is_withheld": True}


def _as_told(number: float | None, told: frozenset[float]) -> float | None:
    """A number as its result tells it: whole, to a few digits, or not."""
    if number is None or abs(number) in told:
        return number
    few = shortened(number)
    return few if isinstance(number, float) and abs(few) in told else None


def _tells_few(estimate: Estimate, minimum: int) -> bool:
    """Whether a share of the patients with or without the event is a small count of them."""
    if estimate.n_events is None or estimate.quantity not in ("sensitivity", "specificity"):
        return False
    is_of_events = estimate.quantity == "sensitivity"
    size = estimate.n_events if is_of_events else estimate.n - estimate.n_events
    return any(0 < round(share * size) < minimum for share in (estimate.value, 1 - estimate.value))


def _tells_none_left_out(payload: dict[str, Any], n_rows: int, minimum: int) -> bool:
    """Whether of the table's patients none, or enough, are left out wherever a number of them is told."""
    return payload.get("n") is not None and not any(0 < abs(n_rows - n) < minimum for n in _patients(payload))


def _patients(told: Any) -> Iterator[int]:
    """Every number of patients in what is told of a payload: of the whole, its parts and their groups."""
    if isinstance(told, list):
        for entry in told:
            yield from _patients(entry)
    elif isinstance(told, dict):
        for key, inner in told.items():
            if key in ("n", "n_complete") and inner is not None:
                yield inner
            elif key == "sizes":
                yield from (n for n in inner.values() if n is not None)
            else:
                yield from _patients(inner)


def _tells_sites(question: Question) -> bool:
    names = {*named_variables(question.definition), *question.definition.get("population", {})}
    return any(name == SITE or question.variables.get(name, {}).get("from") == SITE for name in names)


def _latest(results: QuerySet[Result], questions: Iterable[Question]) -> QuerySet[Result]:
    """Each question's last of these results, looked up one by one: a ledger holds all there ever were."""
    last = results.filter(question=OuterRef("pk")).values("pk")[:1]
    asked = Question.objects.filter(pk__in=[question.pk for question in questions])
    return results.filter(pk__in=list(asked.annotate(last=Subquery(last)).values_list("last", flat=True)))


def _reached() -> QuerySet[Result]:
    return _finished().exclude(status=Result.Status.FAILED)


def _finished() -> QuerySet[Result]:
    results = Result.objects.filter(run__status=Run.Status.DONE)
    return results.select_related("run__dataset", "question__cohort")
