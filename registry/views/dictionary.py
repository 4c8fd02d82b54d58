"""The data dictionary as a page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from registry.models import Analyte, OutcomeType


def dictionary(request: HttpRequest) -> HttpResponse:
    """Every analyte with unit, limits and code, and every outcome type."""
    return render(
        request,
        "registry/dictionary.html",
        {
            "analytes": Analyte.objects.prefetch_related("other_units", "soft_limits"),
            "outcome_types": OutcomeType.objects.all(),
        },
    )
