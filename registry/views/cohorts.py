"""Sites, cohorts and their definitions: an administrator's pages."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from registry.actions.cohorts import change_cohort, create_cohort
from registry.actions.sites import create_site
from registry.forms.cohorts import CohortForm, DefinitionForm, SiteForm
from registry.permissions import Permission, require
from registry.views.entry import entry_page
from registry.views.fetch import the_cohort, the_user


def add_site(request: HttpRequest) -> HttpResponse:
    """A new site."""
    user = the_user(request)
    require(user, Permission.SITE_WRITE)
    form = SiteForm(request.POST or None)
    return entry_page(
        request,
        form,
        lambda: create_site(by=user, **form.values()),
        template="registry/form.html",
        saved=lambda site: (
            _("%(site)s is added. Next: let it take part in a cohort, and give its coordinator an account.")
            % {"site": site.name},
            reverse("home"),
        ),
        heading=_("Add a site"),
        button=_("Add the site"),
    )


def add_cohort(request: HttpRequest) -> HttpResponse:
    """A new cohort."""
    user = the_user(request)
    require(user, Permission.COHORT_WRITE)
    form = CohortForm(request.POST or None)
    return entry_page(
        request,
        form,
        lambda: create_cohort(by=user, **form.cohort()),
        template="registry/form.html",
        saved=lambda cohort: (
            _("%(cohort)s is made.") % {"cohort": cohort.name},
            reverse("cohort", args=[cohort.slug]),
        ),
        heading=_("Make a cohort"),
        button=_("Make the cohort"),
    )


def define(request: HttpRequest, slug: str) -> HttpResponse:
    """How a cohort is analysed, and at which sites; its results follow the change."""
    user, cohort = the_user(request), the_cohort(request, slug)
    require(user, Permission.COHORT_WRITE)
    form = DefinitionForm(request.POST or None, cohort=cohort)
    return entry_page(
        request,
        form,
        lambda: change_cohort(by=user, cohort=cohort, **form.values()),
        template="registry/form.html",
        saved=lambda _changed: (
            _("The definition is changed; the results follow."),
            reverse("cohort", args=[slug]),
        ),
        cohort=cohort,
        heading=_("Change how %(cohort)s is analysed") % {"cohort": cohort.name},
        button=_("Save the change"),
    )
