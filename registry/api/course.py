"""What is recorded of a patient over time: readings, outcomes, contacts, and what draws share."""

from typing import Any

from django.db.models import Model, QuerySet
from django_filters import rest_framework as filters
from rest_framework import serializers

from registry.actions.calcification import FIELDS as READING_FIELDS
from registry.actions.calcification import correct_calcification, record_calcification
from registry.actions.contacts import FIELDS as CONTACT_FIELDS
from registry.actions.contacts import correct_contact, record_contact
from registry.actions.outcomes import FIELDS as OUTCOME_FIELDS
from registry.actions.outcomes import correct_outcome, record_outcome
from registry.api.base import CorrectRoute, CreateRoute, ReadRoutes
from registry.api.requests import RequestSerializer, Text, VisiblePatient, reason_field
from registry.models import CalcificationReading, Contact, OutcomeEvent
from registry.models.calcification import SEGMENTS
from registry.permissions import visible_sites

WHOSE = ["id", "patient", "study_id", "cohort", "site"]


class CourseSerializer(serializers.ModelSerializer):
    """One row of a patient's course, with whose it is."""

    study_id = serializers.CharField(source="patient.study_id", read_only=True)
    cohort = serializers.CharField(source="patient.cohort.slug", read_only=True)
    site = serializers.CharField(source="patient.site.code", read_only=True)


class CourseFilter(filters.FilterSet):
    cohort = filters.CharFilter(field_name="patient__cohort__slug")
    site = filters.CharFilter(field_name="patient__site__code")
    patient = filters.NumberFilter()
    study_id = filters.CharFilter(field_name="patient__study_id")
    occurred_from = filters.DateFilter(field_name="occurred_on", lookup_expr="gte")
    occurred_to = filters.DateFilter(field_name="occurred_on", lookup_expr="lte")


class CourseRoutes(ReadRoutes):
    """Rows of the patients of an account's sites, in the order they were recorded."""

    filterset_class = CourseFilter
    search_fields = ["patient__study_id", "patient__source_id"]

    def get_queryset(self) -> QuerySet[Any]:
        rows = super().get_queryset().filter(patient__site__in=visible_sites(self.request.user))
        return rows.select_related("patient__cohort", "patient__site", "patient__group").order_by("pk")


class ReadingSerializer(CourseSerializer):
    aac24 = serializers.IntegerField(read_only=True, allow_null=True)
    segment_sum = serializers.IntegerField(read_only=True, allow_null=True)

    class Meta:
        model = CalcificationReading
        fields = [*WHOSE, *READING_FIELDS, *SEGMENTS, "aac24", "segment_sum"]


class ReadingRequest(RequestSerializer):
    patient = VisiblePatient()

    class Meta:
        model = CalcificationReading
        fields = ["patient", *READING_FIELDS, *SEGMENTS]


class ReadingCorrection(RequestSerializer):
    reason = reason_field()

    class Meta:
        model = CalcificationReading
        fields = [*READING_FIELDS, *SEGMENTS, "reason"]


class ReadingRoutes(CourseRoutes, CreateRoute, CorrectRoute):
    """Readings of abdominal aortic calcification: eight segments, or a published total."""

    queryset = CalcificationReading.objects.all()
    serializer_class = ReadingSerializer
    create_serializer = ReadingRequest
    correct_serializer = ReadingCorrection

    def record(self, **asked: Any) -> Model:
        return record_calcification(by=self.account, door="api", **_segments_apart(asked))

    def correct(self, row: CalcificationReading, **asked: Any) -> Model:
        return correct_calcification(by=self.account, door="api", reading=row, **_segments_apart(asked))


class OutcomeSerializer(CourseSerializer):
    class Meta:
        model = OutcomeEvent
        fields = [*WHOSE, "outcome_type", "is_terminal", *OUTCOME_FIELDS]


class OutcomeRequest(RequestSerializer):
    patient = VisiblePatient()
    outcome_type = Text()

    class Meta:
        model = OutcomeEvent
        fields = ["patient", "outcome_type", *OUTCOME_FIELDS]


class OutcomeCorrection(RequestSerializer):
    outcome_type = Text(required=False)
    reason = reason_field()

    class Meta:
        model = OutcomeEvent
        fields = ["outcome_type", *OUTCOME_FIELDS, "reason"]


class OutcomeFilter(CourseFilter):
    class Meta:
        model = OutcomeEvent
        fields = ["outcome_type", "is_terminal", "is_adjudicated"]


class OutcomeRoutes(CourseRoutes, CreateRoute, CorrectRoute):
    """Events, and the one end of each patient's follow-up."""

    queryset = OutcomeEvent.objects.all()
    serializer_class = OutcomeSerializer
    create_serializer = OutcomeRequest
    correct_serializer = OutcomeCorrection
    filterset_class = OutcomeFilter

    def record(self, **asked: Any) -> Model:
        return record_outcome(by=self.account, door="api", **asked)

    def correct(self, row: OutcomeEvent, **asked: Any) -> Model:
        return correct_outcome(by=self.account, door="api", event=row, **asked)


class ContactSerializer(CourseSerializer):
    class Meta:
        model = Contact
        fields = [*WHOSE, *CONTACT_FIELDS]


class ContactRequest(RequestSerializer):
    patient = VisiblePatient()

    class Meta:
        model = Contact
        fields = ["patient", *CONTACT_FIELDS]


class ContactCorrection(RequestSerializer):
    reason = reason_field()

    class Meta:
        model = Contact
        fields = [*CONTACT_FIELDS, "reason"]


class ContactRoutes(CourseRoutes, CreateRoute, CorrectRoute):
    """Days on which a patient was seen or heard of."""

    queryset = Contact.objects.all()
    serializer_class = ContactSerializer
    create_serializer = ContactRequest
    correct_serializer = ContactCorrection

    def record(self, **asked: Any) -> Model:
        return record_contact(by=self.account, door="api", **asked)

    def correct(self, row: Contact, **asked: Any) -> Model:
        return correct_contact(by=self.account, door="api", contact=row, **asked)


def _segments_apart(asked: dict[str, Any]) -> dict[str, Any]:
    """The grades of the segments under one name, as the action takes them."""
    grades = {segment: asked.pop(segment) for segment in SEGMENTS if segment in asked}
    return asked | {"segments": grades}
