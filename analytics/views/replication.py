"""Published figures beside the live ones, as a page."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext

from analytics.answers import titles
from analytics.figures import Table, Words
from analytics.plan import load_plan
from analytics.publications import compared, findings, namer
from analytics.replication import Beside, Number, PublishedSet
from registry.permissions import visible_cohorts
from registry.presentation.guards import SEVERITIES
from registry.presentation.replication import CLAIMS, FLAGS, OUTCOMES, QUANTITIES, Said
from registry.presentation.rounding import MISSING, interval, number

IN_PERCENT = ("sensitivity", "specificity", "event_share")


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
    asked = titles(cohort)
    shown = [
        ShownSet(published, findings(published), _sections(published, beside, asked))
        for published, beside in compared(request.user, cohort)
    ]
    return render(request, "analytics/replication.html", {"cohort": cohort, "sets": shown})


def _sections(published: PublishedSet, beside: Iterable[Beside], asked: dict[str, str]) -> list[Section]:
    planned = {question["slug"]: question["title"] for question in load_plan(published.plans[0]).questions}
    name, words = namer(published), Words(load_plan(published.plans[0]).variables, gettext)
    sections = []
    for slug, group in groupby(beside, key=lambda each: each.figure.question):
        figures = list(group)
        table = Table.plain(
            gettext(asked.get(slug) or planned.get(slug) or slug),
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
        sections.append(Section(slug if slug in asked else "", table, [str(FLAGS[flag]) for flag in flags]))
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
