"""Cohorts and their definitions."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from registry.actions.cohorts import FIELDS, change_cohort, create_cohort
from registry.api.base import CorrectRoute, CreateRoute
from registry.api.requests import Boolean, Choice, RequestSerializer, Text, reason_field
from registry.models import Cohort, CohortGroup, Site
from registry.permissions import Permission, visible_cohorts


class SiteSerializer(serializers.ModelSerializer):
    class Meta:
        model = Site
        fields = ["code", "name", "time_zone"]


class GroupSerializer(serializers.ModelSerializer):
    class Meta:
        model = CohortGroup
        fields = ["code", "name", "limits", "on_dialysis"]


class CohortSerializer(serializers.ModelSerializer):
    sites = SiteSerializer(many=True)
    groups = GroupSerializer(many=True)

    class Meta:
        model = Cohort
        fields = ["slug", *FIELDS, "sites", "groups"]


class SiteCodes(serializers.ListField):
    """Sites by their codes."""

    child = serializers.SlugField()

    def to_internal_value(self, data: Any) -> list[Site]:
        codes = super().to_internal_value(data)
        by_code = {site.code: site for site in Site.objects.filter(code__in=codes)}
        for code in codes:
            if code not in by_code:
                raise serializers.ValidationError(
                    _("There is no site “%(value)s”.") % {"value": code}, code="unknown"
                )
        return [by_code[code] for code in dict.fromkeys(codes)]


class GroupRequest(serializers.Serializer):
    code = Text()
    name = Text()
    limits = Choice(choices=CohortGroup.Limits.choices)
    on_dialysis = Boolean(required=False)


class CohortRequest(RequestSerializer):
    sites = SiteCodes()
    groups = GroupRequest(many=True)

    class Meta:
        model = Cohort
        fields = ["slug", *FIELDS, "sites", "groups"]
        extra_kwargs = {"slug": {"required": True}, "name": {"required": True}}


class CohortCorrection(RequestSerializer):
    sites = SiteCodes(required=False)
    reason = reason_field()

    class Meta:
        model = Cohort
        fields = [*FIELDS, "sites", "reason"]


class CohortRoutes(CreateRoute, CorrectRoute):
    """Cohorts: who belongs to them, their index date, baseline window and follow-up."""

    permission = Permission.COHORT_READ
    queryset = Cohort.objects.none()
    lookup_field = "slug"
    serializer_class = CohortSerializer
    create_serializer = CohortRequest
    correct_serializer = CohortCorrection
    filterset_fields = ["slug", "is_simulated", "time_scale"]
    search_fields = ["slug", "name", "description"]

    def get_queryset(self) -> QuerySet[Cohort]:
        return visible_cohorts(self.request.user).prefetch_related("sites", "groups")

    def record(self, **asked: Any) -> Cohort:
        return create_cohort(by=self.account, door="api", **asked)

    def correct(self, row: Cohort, **asked: Any) -> Cohort:
        return change_cohort(by=self.account, door="api", cohort=row, **asked)
