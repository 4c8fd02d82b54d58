"""The Methods section of a cohort's results, as a page."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext

from analytics.answers import visible_questions
from analytics.figures import Words
from analytics.methods import Section, methods
from analytics.models import Question, Run
from analytics.plan import Variables, load_plan
from registry.cohort import definition_of
from registry.permissions import visible_cohorts
from registry.presentation.methods import HEADINGS, sentence


@dataclass(frozen=True)
class ShownSection:
    """A heading, the questions it holds for, and its sentences."""

    heading: str
    questions: list[Question]
    sentences: list[str]


def methods_page(request: HttpRequest, slug: str) -> HttpResponse:
    """What is computed, how, and by which software, in words fit for a paper."""
    cohort = get_object_or_404(visible_cohorts(request.user), slug=slug)
    questions = list(visible_questions(request.user).filter(cohort=cohort))
    variables: Variables = {}
    for question in questions:
        variables |= question.variables
    definitions = [{**question.definition, "slug": question.slug} for question in questions]
    words, by_slug = Words(variables, gettext), {question.slug: question for question in questions}
    source = {"data": load_plan(cohort.plan).data if cohort.plan else ""}
    sections = [
        _shown(section, by_slug, words)
        for section in methods(definition_of(cohort) | source, definitions, variables)
        if questions
    ]
    run = Run.objects.filter(cohort=cohort, status=Run.Status.DONE).select_related("dataset").first()
    return render(request, "analytics/methods.html", {"cohort": cohort, "sections": sections, "run": run})


def _shown(section: Section, questions: dict[str, Question], words: Words) -> ShownSection:
    return ShownSection(
        heading=str(HEADINGS[section.code]),
        questions=[questions[slug] for slug in section.questions],
        sentences=[sentence(said.code, said.found, words) for said in section.statements],
    )
