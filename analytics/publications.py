"""Publications beside the live numbers, as an account may see them: one place for page and API."""

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.translation import gettext

from analytics.answers import latest_numbers, latest_result, seen_by, visible_questions
from analytics.figures import Words
from analytics.plan import load_plan
from analytics.replication import (
    Beside,
    PublishedSet,
    check,
    published_beside,
    stand_beside,
    told_beside,
)
from registry.models import Cohort
from registry.permissions import Viewer
from registry.presentation.replication import Said, say

COMBINED = "combined"
WITHHELD: dict[str, Any] = {"value": None}
Key = tuple[str, str, str]


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
