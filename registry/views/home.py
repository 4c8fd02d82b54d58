"""The first page, a cohort's page, and the list of its patients."""

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from registry.models import LabDraw, OutcomeEvent
from registry.permissions import Permission, may, may_see_records, visible_cohorts, visible_patients
from registry.views.fetch import the_cohort, the_user

PATIENTS_PER_PAGE = 50


def home(request: HttpRequest) -> HttpResponse:
    """The cohorts a person may see."""
    return render(request, "registry/home.html", {"cohorts": visible_cohorts(the_user(request))})


def cohort(request: HttpRequest, slug: str) -> HttpResponse:
    """What a cohort is, how far it has come, and what it finds."""
    user = the_user(request)
    shown = the_cohort(request, slug)
    sees_records = may_see_records(user, shown)
    context: dict[str, object] = {
        "cohort": shown,
        "sees_records": sees_records,
        "may_enrol": sees_records and may(user, Permission.RECORD_WRITE),
    }
    if sees_records:
        mine = visible_patients(user).filter(cohort=shown)
        context["groups"] = (
            mine.values("group__name")
            .annotate(
                n=Count("pk", distinct=True),
                n_ended=Count("outcome_events", filter=Q(outcome_events__is_terminal=True), distinct=True),
            )
            .order_by("group__position", "group__name")
        )
        context["recent"] = mine.order_by("-pk")[:5]
    return render(request, "registry/cohort.html", context)


def patients(request: HttpRequest, slug: str) -> HttpResponse:
    """The patients of a cohort at the sites a person works at: searched, filtered, paged in the address."""
    user, shown = the_user(request), the_cohort(request, slug)
    if not may_see_records(user, shown):
        raise PermissionDenied(_("Patients are shown to those who work at their site."))
    found = visible_patients(user).filter(cohort=shown).select_related("site", "group")
    query = request.GET.get("q", "").strip()
    group = request.GET.get("group", "")
    if query:
        found = found.filter(Q(study_id__icontains=query) | Q(source_id__iexact=query))
    if group:
        found = found.filter(group__code=group)
    page = Paginator(found.order_by("study_id"), PATIENTS_PER_PAGE).get_page(request.GET.get("page"))
    listed = list(page)
    terminal = OutcomeEvent.objects.filter(patient__in=listed, is_terminal=True)
    ended = dict(terminal.values_list("patient_id", "outcome_type__name"))
    drawn = LabDraw.objects.filter(patient__in=listed).values_list("patient_id")
    n_draws = dict(drawn.annotate(Count("pk")).order_by())
    return render(
        request,
        "registry/patients.html",
        {
            "cohort": shown,
            "page": page,
            "rows": [(each, n_draws.get(each.pk, 0), ended.get(each.pk, "")) for each in listed],
            "query": query,
            "group": group,
            "groups": shown.groups.all(),
            "may_enrol": may(user, Permission.RECORD_WRITE),
        },
    )
