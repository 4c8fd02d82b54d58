"""The list of a cohort's questions, and one question with its answer; both refresh themselves."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django_htmx.middleware import HtmxDetails

from analytics.answers import seen_by, visible_questions
from analytics.views.shown import shown
from analytics.views.standing import Standing, standings, state_of
from registry.permissions import visible_cohorts

NOTHING_NEW = 204


class Asked(HttpRequest):
    """A request, and whether a part of a page sent it."""

    htmx: HtmxDetails


def questions(request: Asked, slug: str) -> HttpResponse:
    """A cohort's questions and where each stands; a fragment when a page asks for it, if there is news."""
    cohort = get_object_or_404(visible_cohorts(request.user), slug=slug)
    found = standings(request.user, cohort, visible_questions(request.user).filter(cohort=cohort))
    state = state_of(found)
    if not request.htmx:
        template = "analytics/questions.html"
    elif request.GET.get("state") == state:
        return HttpResponse(status=NOTHING_NEW)
    else:
        template = "analytics/_questions.html"
    return render(request, template, {"cohort": cohort, "standings": found, "state": state})


def question(request: Asked, slug: str, question: str) -> HttpResponse:
    """One question; a page that waits names the state it shows and is told when there is another."""
    asked = get_object_or_404(visible_questions(request.user), cohort__slug=slug, slug=question)
    [standing] = standings(request.user, asked.cohort, [asked])
    if not request.htmx:
        return render(request, "analytics/question.html", _context(request, standing))
    if request.GET.get("state") == standing.state:
        return HttpResponse(status=NOTHING_NEW)
    return render(request, "analytics/_answer.html", _context(request, standing))


def _context(request: HttpRequest, standing: Standing) -> dict[str, object]:
    context: dict[str, object] = {
        "cohort": standing.question.cohort,
        "question": standing.question,
        "standing": standing,
    }
    if standing.answer is not None:
        context["answer"] = standing.answer
        context["dataset"] = standing.answer.run.dataset
        context["shown"] = shown(standing.answer, seen_by(request.user, standing.answer))
    return context
