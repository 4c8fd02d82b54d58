"""Patients: enrolment, corrections, withdrawal of consent."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from registry.actions.patients import FIELDS, correct_patient, enrol_patient, withdraw_consent
from registry.actions.refusals import refuse
from registry.api.base import CorrectRoute, CreateRoute
from registry.api.requests import RequestSerializer, Text, VisibleCohort, reason_field
from registry.models import Cohort, CohortGroup, Consent, Patient, Site
from registry.permissions import visible_patients


class ConsentSerializer(serializers.ModelSerializer):
    class Meta:
        model = Consent
        fields = ["form_code", "version", "signed_on", "withdrawn_on"]


class PatientSerializer(serializers.ModelSerializer):
    cohort = serializers.CharField(source="cohort.slug", read_only=True)
    site = serializers.CharField(source="site.code", read_only=True)
    group = serializers.CharField(source="group.code", read_only=True)
    consents = ConsentSerializer(many=True, read_only=True)

    class Meta:
        model = Patient
        fields = ["id", "study_id", "cohort", "site", "group", *FIELDS, "consents"]


class ConsentRequest(RequestSerializer):
    class Meta:
        model = Consent
        fields = ["form_code", "version", "signed_on"]


class PatientRequest(RequestSerializer):
    cohort = VisibleCohort()
    site = Text()
    group = Text()
    consent = ConsentRequest(required=False, allow_null=True)

    class Meta:
        model = Patient
        fields = ["cohort", "site", "group", "study_id", *FIELDS, "consent"]


class PatientCorrection(RequestSerializer):
    site = Text()
    group = Text()
    reason = reason_field()

    class Meta:
        model = Patient
        fields = ["study_id", "site", "group", *FIELDS, "reason"]


class Withdrawal(RequestSerializer):
    reason = reason_field()

    class Meta:
        model = Consent
        fields = ["withdrawn_on", "reason"]


class PatientFilter(filters.FilterSet):
    cohort = filters.CharFilter(field_name="cohort__slug")
    site = filters.CharFilter(field_name="site__code")
    group = filters.CharFilter(field_name="group__code")
    study_id = filters.CharFilter()
    enrolled_from = filters.DateFilter(field_name="enrolled_on", lookup_expr="gte")
    enrolled_to = filters.DateFilter(field_name="enrolled_on", lookup_expr="lte")

    class Meta:
        model = Patient
        fields = ["sex", "diabetes", "smoking"]


class PatientRoutes(CreateRoute, CorrectRoute):
    """Patients under their study numbers."""

    queryset = Patient.objects.none()
    serializer_class = PatientSerializer
    create_serializer = PatientRequest
    correct_serializer = PatientCorrection
    filterset_class = PatientFilter
    search_fields = ["study_id", "source_id"]

    def get_queryset(self) -> QuerySet[Patient]:
        patients = visible_patients(self.request.user).select_related("cohort", "site", "group")
        return patients.prefetch_related("consents").order_by("pk")

    def record(self, **asked: Any) -> Patient:
        cohort: Cohort = asked["cohort"]
        asked |= {"site": _site(cohort, asked["site"]), "group": _group(cohort, asked["group"])}
        return enrol_patient(by=self.account, door="api", **asked)

    def correct(self, row: Patient, **asked: Any) -> Patient:
        if "site" in asked:
            asked["site"] = _site(row.cohort, asked["site"])
        if "group" in asked:
            asked["group"] = _group(row.cohort, asked["group"])
        return correct_patient(by=self.account, door="api", patient=row, **asked)

    @extend_schema(request=Withdrawal)
    @action(detail=True, methods=["post"], url_path="withdraw-consent")
    def withdraw_consent(self, request: Request, pk: str) -> Response:
        """End the patient's consent from the day given on."""
        asked = {"withdrawn_on": None, "reason": ""} | self.asked(request, Withdrawal, partial=False)
        return self.answer(withdraw_consent(by=self.account, door="api", patient=self.get_object(), **asked))


def _site(cohort: Cohort, code: str) -> Site:
    site = cohort.sites.filter(code=code).first()
    if site is None:
        refuse("site", _("The site “%(value)s” takes no part in this cohort."), "unknown", value=code)
    return site


def _group(cohort: Cohort, code: str) -> CohortGroup:
    group = cohort.groups.filter(code=code).first()
    if group is None:
        allowed = ", ".join(cohort.groups.values_list("code", flat=True))
        refuse(
            "group",
            _("The cohort has no group “%(value)s”. It has: %(allowed)s."),
            "unknown",
            value=code,
            allowed=allowed,
        )
    return group
