"""The data dictionary."""

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from registry.actions.dictionary import FIELDS, add_analyte, change_analyte
from registry.api.base import CorrectRoute, CreateRoute
from registry.api.requests import RequestSerializer, reason_field
from registry.models import Analyte, AnalyteSoftLimits, AnalyteUnit, CohortGroup
from registry.permissions import Permission


class UnitSerializer(serializers.ModelSerializer):
    """Value in the analyte's unit = reported * factor + offset."""

    class Meta:
        model = AnalyteUnit
        fields = ["unit", "factor", "offset"]
        extra_kwargs = {"offset": {"required": False}}


class SoftLimitsSerializer(serializers.ModelSerializer):
    limits = serializers.ChoiceField(choices=CohortGroup.Limits.choices)

    class Meta:
        model = AnalyteSoftLimits
        fields = ["limits", "low", "high"]


class AnalyteSerializer(serializers.ModelSerializer):
    is_derived = serializers.BooleanField(read_only=True)
    other_units = UnitSerializer(many=True)
    soft_limits = SoftLimitsSerializer(many=True)

    class Meta:
        model = Analyte
        fields = ["code", "unit", *FIELDS, "derived_formula", "is_derived", "other_units", "soft_limits"]


class AnalyteRequest(RequestSerializer):
    other_units = UnitSerializer(many=True, required=False)
    soft_limits = SoftLimitsSerializer(many=True, required=False)

    class Meta:
        model = Analyte
        fields = ["code", "unit", *FIELDS, "other_units", "soft_limits"]
        extra_kwargs = {"code": {"required": True}, "unit": {"required": True}}


class AnalyteCorrection(RequestSerializer):
    other_units = UnitSerializer(many=True, required=False)
    soft_limits = SoftLimitsSerializer(many=True, required=False)
    reason = reason_field()

    class Meta:
        model = Analyte
        fields = [*FIELDS, "other_units", "soft_limits", "reason"]


class AnalyteRoutes(CreateRoute, CorrectRoute):
    """What is measured: units, limits, reference intervals."""

    permission = Permission.COHORT_READ
    queryset = Analyte.objects.all()
    lookup_field = "code"
    serializer_class = AnalyteSerializer
    create_serializer = AnalyteRequest
    correct_serializer = AnalyteCorrection
    filterset_fields = ["category", "timing", "dialysis_only"]
    search_fields = ["code", "name", "short_name", "loinc"]

    def get_queryset(self) -> QuerySet[Analyte]:
        return Analyte.objects.prefetch_related("other_units", "soft_limits")

    def record(self, **asked: Any) -> Analyte:
        return add_analyte(by=self.account, door="api", **_tables(asked))

    def correct(self, row: Analyte, **asked: Any) -> Analyte:
        return change_analyte(by=self.account, door="api", analyte=row, **_tables(asked))


def _tables(asked: dict[str, Any]) -> dict[str, Any]:
    """Units and limits as the action takes them, by unit and by kind of group."""
    if "other_units" in asked:
        asked["other_units"] = {
            each["unit"]: (each["factor"], each.get("offset", Decimal(0)))
            for each in _once(asked["other_units"], "unit", "other_units")
        }
    if "soft_limits" in asked:
        asked["soft_limits"] = {
            each["limits"]: (each["low"], each["high"])
            for each in _once(asked["soft_limits"], "limits", "soft_limits")
        }
    return asked


def _once(rows: list[dict[str, Any]], key: str, field: str) -> list[dict[str, Any]]:
    names = [row[key] for row in rows]
    for name in names:
        if names.count(name) > 1:
            raise serializers.ValidationError(
                {field: [_("“%(value)s” stands twice. Name it once.") % {"value": name}]}, code="duplicate"
            )
    return rows
