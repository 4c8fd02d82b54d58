"""Published figures beside the live ones, as a page and as the API tell them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext

from analytics.answers import latest_numbers, latest_result, seen_by, visible_questions
from analytics.figures import Table, Words
from analytics.models import Question
from analytics.plan import load_plan
from analytics.replication import (
    Beside,
    Number,
    PublishedSet,
    check,
    published_beside,
    stand_beside,
    told_beside,
)
from registry.models import Cohort
from registry.permissions import Viewer, visible_cohorts
from registry.presentation.guards import SEVERITIES
from registry.presentation.replication import CLAIMS, FLAGS, OUTCOMES, QUANTITIES, Said, say
from registry.presentation.rounding import MISSING, interval, number

IN_PERCENT = ("sensitivity", "specificity", "event_share")
COMBINED = "combined"
WITHHELD: dict[str, Any] = {"value": None}
Key = tuple[str, str, str]


@dataclass(frozen=True)
class Section:
    """The figures beside one live question; no slug where the cohort does not ask it."""

    slug: str
    table: Table
    flags: list[str]


@dataclass(frozen=True)
class ShownSet:
    """One publication on the page."""

    published: PublishedSet
    findings: list[Said]
    sections: list[Section]


def replication(request: HttpRequest, slug: str) -> HttpResponse:
    """What was published, what these patients show, and what the published figures say of themselves."""
    cohort = get_object_or_404(visible_cohorts(request.user), slug=slug)
    titles = dict(Question.objects.filter(cohort=cohort, is_current=True).values_list("slug", "title"))
    shown = [
        ShownSet(published, findings(published), _sections(published, beside, titles))
        for published, beside in compared(request.user, cohort)
    ]
    return render(request, "analytics/replication.html", {"cohort": cohort, "sets": shown})


def compared(user: Viewer, cohort: Cohort) -> list[tuple[PublishedSet, list[Beside]]]:
    """Each publication of a cohort's plan with its figures beside the live ones an account may see."""
    published = published_beside(cohort.plan)
    live = _live(user, cohort, published) if published else {}
    flags = ("simulated",) if cohort.is_simulated else ()
    return [(each, stand_beside(each, live, flags)) for each in published]


def _live(user: Viewer, cohort: Cohort, published: Iterable[PublishedSet]) -> dict[Key, dict[str, Any]]:
    """The latest estimates, with what their answers say of them as the account may see it."""
    live = latest_numbers(user, cohort)
    slugs = {figure.question for each in published for figure in each.figures}
    for question in visible_questions(user).filter(cohort=cohort, slug__in=slugs):
        result = latest_result(user, question)
        if result is None:
            continue
        for (term, quantity), said in told_beside(seen_by(user, result).payload).items():
            key = (question.slug, term, quantity)
            known = live.get(key, {} if quantity == "event_share" else WITHHELD)
            if known.get("value", 0) is not None:
                live[key] = known | said
    return live


def findings(published: PublishedSet) -> list[Said]:
    """What the published figures say of themselves, in words."""
    name = namer(published)
    return [say(finding.code, finding.verdict, finding.found, name) for finding in check(published)]


def namer(published: PublishedSet) -> Callable[[str], str]:
    """Names a variable, a pair or a combination by the plan the publication belongs to."""
    words = Words(load_plan(published.plans[0]).variables, gettext)

    def name(term: str) -> str:
        code = term.rpartition(".")[2]
        if code == COMBINED:
            return gettext("the combination")
        return " – ".join(_term(part, words) for part in code.split("~"))

    return name


def _term(term: str, words: Words) -> str:
    """A variable, or one of its levels as a model names it."""
    for code, variable in words.variables.items():
        for level in variable.get("levels", ()):
            if term == f"{code}{level['code']}":
                return f"{words.name(code)}: {words.level(code, level['code'])}"
    return words.name(term)


def _sections(published: PublishedSet, beside: Iterable[Beside], titles: dict[str, str]) -> list[Section]:
    planned = {question["slug"]: question["title"] for question in load_plan(published.plans[0]).questions}
    name, words = namer(published), Words(load_plan(published.plans[0]).variables, gettext)
    sections = []
    for slug, group in groupby(beside, key=lambda each: each.figure.question):
        figures = list(group)
        table = Table.plain(
            gettext(titles.get(slug) or planned.get(slug) or slug),
            (
                gettext("Figure"),
                gettext("Published (95\u00a0%\u00a0CI)"),
                gettext("Live (95\u00a0%\u00a0CI)"),
                gettext("Patients (events), live"),
                gettext("Intervals overlap"),
                gettext("Same direction"),
                gettext("Agree on an association"),
            ),
            [_row(each, name, words) for each in figures],
        )
        flags = dict.fromkeys(flag for each in figures for flag in each.flags)
        sections.append(Section(slug if slug in titles else "", table, [str(FLAGS[flag]) for flag in flags]))
    return sections


def _row(each: Beside, name: Callable[[str], str], words: Words) -> tuple[str, ...]:
    figure, live = each.figure, each.live
    named = name(figure.term)
    if live is not None and live.per is not None:
        named = words.term({"variable": figure.term.rpartition(".")[2], "per": live.per})
    what = f"{named}, {QUANTITIES[figure.quantity]}"
    if figure.outcome:
        what += f", {OUTCOMES[figure.outcome]}"
    printed = str(CLAIMS[figure.claim]) if figure.value is None else _number(each.published, each)
    return (
        what,
        printed,
        MISSING if live is None else _number(live, each),
        MISSING if live is None else _counted(live),
        _yes_or_no(each.is_overlapping),
        _yes_or_no(each.is_same_direction),
        _yes_or_no(each.is_association_agreed),
    )


def _number(shown: Number, each: Beside) -> str:
    scale, decimals = (100, 1) if each.figure.quantity in IN_PERCENT else (1, max(each.figure.decimals, 2))
    value, low, high = (
        None if part is None else part * scale for part in (shown.value, shown.ci_low, shown.ci_high)
    )
    told = number(value, decimals)
    if low is not None and high is not None:
        limits = interval(low, high, decimals)
        if shown.n_supposed is not None:
            limits = gettext("%(limits)s if n = %(n)s") % {"limits": limits, "n": shown.n_supposed}
        told = f"{told} ({limits})"
    if shown.block is not None:
        return f"{SEVERITIES['block']}: {told}"
    return told


def _counted(live: Number) -> str:
    if live.n is None:
        return MISSING
    return str(live.n) if live.n_events is None else f"{live.n} ({live.n_events})"


def _yes_or_no(answer: bool | None) -> str:
    if answer is None:
        return MISSING
    return gettext("yes") if answer else gettext("no")
