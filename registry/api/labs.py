"""Lab draws with their results."""

from typing import Any

from django.db.models import Model, QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from registry.actions.labs import FIELDS, correct_lab_draw, correct_lab_result, record_lab_draw
from registry.api.base import CorrectRoute, CreateRoute, ReadRoutes
from registry.api.course import WHOSE, CourseFilter, CourseRoutes, CourseSerializer
from registry.api.requests import Boolean, RequestSerializer, Text, VisiblePatient, reason_field
from registry.dictionary.validation import plain
from registry.models import LabDraw, LabResult
from registry.permissions import visible_sites


class ExactValue(serializers.CharField):
    """A decimal as text, without the zeros the column pads it with."""

    def to_representation(self, value: Any) -> str:
        return plain(value)


class ResultSerializer(serializers.ModelSerializer):
    value = ExactValue(read_only=True, help_text="Exact, in the analyte's unit.")
    unit = serializers.CharField(source="analyte.unit", read_only=True)

    class Meta:
        model = LabResult
        fields = [
            "id",
            "analyte",
            "comparator",
            "value",
            "unit",
            "reported_value",
            "reported_unit",
            "is_flagged",
            "is_confirmed",
        ]


class DrawSerializer(CourseSerializer):
    results = ResultSerializer(many=True, read_only=True)

    class Meta:
        model = LabDraw
        fields = [*WHOSE, *FIELDS, "results"]


class ResultRequest(serializers.Serializer):
    analyte = Text(help_text="Code of the dictionary.")
    value = Text(help_text="As reported, such as 1.95 or <0.2.")
    unit = Text(help_text="The unit reported, one of the analyte's.")


@extend_schema_field(
    {"oneOf": [{"type": "boolean"}, {"type": "array", "items": {"type": "string"}}], "default": False}
)
class Confirmed(serializers.Field):
    """True, or the codes of the analytes, whose values stand although they are outside their soft limits."""

    default_error_messages = {"invalid": "Send true, false, or a list of analyte codes."}

    def to_internal_value(self, data: Any) -> bool | list[str]:
        is_list_of_codes = isinstance(data, list) and all(isinstance(code, str) for code in data)
        if not isinstance(data, bool) and not is_list_of_codes:
            self.fail("invalid")
        return data


class DrawRequest(RequestSerializer):
    patient = VisiblePatient()
    results = ResultRequest(many=True)
    confirmed = Confirmed(required=False)

    class Meta:
        model = LabDraw
        fields = ["patient", *FIELDS, "results", "confirmed"]


class DrawCorrection(RequestSerializer):
    reason = reason_field()

    class Meta:
        model = LabDraw
        fields = [*FIELDS, "reason"]


class DrawFilter(CourseFilter):
    class Meta:
        model = LabDraw
        fields = ["dialysis"]


class DrawRoutes(CourseRoutes, CreateRoute, CorrectRoute):
    """Draws; a value outside its soft limits is refused until it is confirmed."""

    queryset = LabDraw.objects.prefetch_related("results__analyte")
    serializer_class = DrawSerializer
    create_serializer = DrawRequest
    correct_serializer = DrawCorrection
    filterset_class = DrawFilter

    def record(self, **asked: Any) -> Model:
        return record_lab_draw(by=self.account, door="api", **asked)

    def correct(self, row: LabDraw, **asked: Any) -> Model:
        return correct_lab_draw(by=self.account, door="api", draw=row, **asked)


class ResultCorrection(RequestSerializer):
    value = Text(required=False)
    unit = Text(required=False)
    confirmed = Boolean(required=False)
    reason = reason_field()

    class Meta:
        model = LabResult
        fields = ["value", "unit", "confirmed", "reason"]


class ResultRoutes(CorrectRoute, ReadRoutes):
    """Single results, to correct a value or its unit, or to confirm it as it stands."""

    queryset = LabResult.objects.none()
    serializer_class = ResultSerializer
    correct_serializer = ResultCorrection
    filterset_fields = ["draw", "analyte", "is_flagged", "is_confirmed"]

    def get_queryset(self) -> QuerySet[LabResult]:
        results = LabResult.objects.filter(draw__patient__site__in=visible_sites(self.request.user))
        return results.select_related(
            "analyte", "draw__patient__site", "draw__patient__group", "draw__patient__cohort"
        ).order_by("pk")

    def correct(self, row: LabResult, **asked: Any) -> Model:
        stands = {"value": f"{row.comparator}{row.reported_value}", "unit": row.reported_unit}
        return correct_lab_result(by=self.account, door="api", result=row, **(stands | asked))
