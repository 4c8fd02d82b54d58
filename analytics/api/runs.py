"""The runs: when each cohort was computed, from which table, by which code, and how it ended."""

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework import mixins, serializers

from analytics.api.base import LedgerRoutes
from analytics.models import Run
from registry.models import Cohort
from registry.permissions import visible_cohorts


class RunFilter(filters.FilterSet):
    cohort = filters.CharFilter(field_name="cohort__slug")

    class Meta:
        model = Run
        fields = ["cohort", "status", "trigger"]


class RunSerializer(serializers.ModelSerializer):
    """One computation of all questions of a cohort."""

    cohort: "serializers.SlugRelatedField[Cohort]" = serializers.SlugRelatedField(
        slug_field="slug", read_only=True
    )
    as_of = serializers.DateTimeField(
        source="dataset.read_at", help_text="When the data were read.", default=None
    )
    dataset_sha256 = serializers.CharField(source="dataset.sha256", default=None)
    serial_sha256 = serializers.DictField(
        source="dataset.serial_sha256",
        child=serializers.CharField(),
        default=None,
        help_text="Of the tables of draws and readings, where they were read.",
    )
    library_versions = serializers.DictField(child=serializers.CharField())
    failure = serializers.DictField(allow_null=True, help_text="Why it failed; null unless it did.")

    class Meta:
        model = Run
        fields = [
            "id",
            "cohort",
            "status",
            "trigger",
            "requested_at",
            "started_at",
            "heartbeat_at",
            "finished_at",
            "attempts",
            "failure",
            "as_of",
            "dataset_sha256",
            "serial_sha256",
            "plan_sha256",
            "code_version",
            "library_versions",
            "seed",
        ]


class RunRoutes(mixins.ListModelMixin, mixins.RetrieveModelMixin, LedgerRoutes):
    """Runs, the latest first."""

    queryset = Run.objects.none()
    serializer_class = RunSerializer
    filterset_class = RunFilter

    def get_queryset(self) -> QuerySet[Run]:
        visible = visible_cohorts(self.request.user)
        return Run.objects.filter(cohort__in=visible).select_related("cohort", "dataset")
