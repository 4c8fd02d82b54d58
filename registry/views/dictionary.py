"""The data dictionary as pages."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from registry.actions.dictionary import add_analyte
from registry.forms.dictionary import AnalyteForm
from registry.models import Analyte, OutcomeType
from registry.permissions import Permission, may, require
from registry.views.entry import entry_page
from registry.views.fetch import the_user


def dictionary(request: HttpRequest) -> HttpResponse:
    """Every analyte with unit, limits and code, and every outcome type."""
    return render(
        request,
        "registry/dictionary.html",
        {
            "analytes": Analyte.objects.prefetch_related("other_units", "soft_limits"),
            "outcome_types": OutcomeType.objects.all(),
            "may_add": may(the_user(request), Permission.DICTIONARY_WRITE),
        },
    )


def add(request: HttpRequest) -> HttpResponse:
    """A new analyte, offered by every draw form from then on."""
    user = the_user(request)
    require(user, Permission.DICTIONARY_WRITE)
    form = AnalyteForm(request.POST or None)
    return entry_page(
        request,
        form,
        lambda: add_analyte(by=user, **form.analyte()),
        template="registry/form.html",
        saved=lambda analyte: (
            _("%(analyte)s is in the dictionary; the draw form asks for it.") % {"analyte": analyte.name},
            reverse("dictionary"),
        ),
        heading=_("Add an analyte"),
        button=_("Add the analyte"),
    )
