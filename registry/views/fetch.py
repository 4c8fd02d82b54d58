"""Fetching for pages: what a user may not see does not exist for him."""

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from registry.models import Cohort, Patient, User
from registry.permissions import visible_cohorts, visible_patients


def the_user(request: HttpRequest) -> User:
    """The person signed in; every page but log-in has one."""
    if isinstance(request.user, AnonymousUser):
        raise PermissionDenied(_("Sign in first."))
    return request.user


def the_cohort(request: HttpRequest, slug: str) -> Cohort:
    return get_object_or_404(visible_cohorts(the_user(request)), slug=slug)


def the_patient(request: HttpRequest, slug: str, study_id: str) -> Patient:
    patients = visible_patients(the_user(request)).select_related("cohort", "site", "group")
    return get_object_or_404(patients, cohort__slug=slug, study_id=study_id)
