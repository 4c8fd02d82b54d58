"""Published figures beside the live ones."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.api.base import LedgerRoutes
from analytics.publications import compared, findings
from analytics.replication import Beside, PublishedSet
from registry.models import Cohort
from registry.permissions import visible_cohorts
from registry.presentation.replication import ANOTHER_ESTIMAND, FLAGS, VERDICTS

COHORT = OpenApiParameter("cohort", OpenApiTypes.STR, OpenApiParameter.PATH, description="The cohort's slug.")


class NumberSerializer(serializers.Serializer):
    """Shares within 0 to 1, ratios as ratios."""

    value = serializers.FloatField(allow_null=True)
    ci_low = serializers.FloatField(allow_null=True)
    ci_high = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField(allow_null=True)
    n_events = serializers.IntegerField(allow_null=True)
    is_computed = serializers.BooleanField(help_text="Whether the interval is ours, not the publication's.")
    n_supposed = serializers.IntegerField(
        allow_null=True, help_text="What our interval supposes where the publication gives no n."
    )
    per = serializers.FloatField(allow_null=True, help_text="The step of the measurement a ratio is for.")
    block = serializers.CharField(
        allow_null=True,
        help_text="Why the number is not to be relied on; null where nothing speaks against it.",
    )


class BesideSerializer(serializers.Serializer):
    """A published figure, the live one, and how they stand to each other."""

    question = serializers.CharField(source="figure.question")
    term = serializers.CharField(source="figure.term")
    quantity = serializers.CharField(source="figure.quantity")
    outcome = serializers.CharField(source="figure.outcome", allow_blank=True)
    claim = serializers.CharField(
        source="figure.claim", allow_blank=True, help_text="What was said of it, with or without a number."
    )
    published = NumberSerializer()
    live = NumberSerializer(allow_null=True, help_text="Null until it is computed, or where it is not asked.")
    is_overlapping = serializers.BooleanField(allow_null=True)
    is_same_direction = serializers.BooleanField(allow_null=True)
    is_association_agreed = serializers.BooleanField(
        allow_null=True, help_text="For a claim of P alone, which has no direction."
    )
    is_another_estimand = serializers.SerializerMethodField()
    flags = serializers.ListField(child=serializers.ChoiceField(choices=list(FLAGS.items())))

    def get_is_another_estimand(self, each: Beside) -> bool:
        return not ANOTHER_ESTIMAND.isdisjoint(each.flags)


class FindingSerializer(serializers.Serializer):
    """What the published figures say of themselves."""

    code = serializers.CharField()
    verdict = serializers.ChoiceField(choices=list(VERDICTS.items()))
    text = serializers.CharField()


class PublicationSerializer(serializers.Serializer):
    name = serializers.CharField(source="published.name")
    title = serializers.CharField(source="published.title")
    reference = serializers.CharField(source="published.reference")
    doi = serializers.CharField(source="published.doi", allow_blank=True)
    population = serializers.CharField(source="published.population")
    note = serializers.CharField(source="published.note")
    checks = FindingSerializer(many=True)
    figures = BesideSerializer(many=True)


class ReplicationSerializer(serializers.Serializer):
    cohort = serializers.CharField()
    is_simulated = serializers.BooleanField()
    publications = PublicationSerializer(many=True)


class ReplicationRoutes(LedgerRoutes):
    """The publications that stand beside a cohort's results."""

    queryset = Cohort.objects.none()
    serializer_class = ReplicationSerializer
    lookup_field = "slug"
    lookup_url_kwarg = "cohort"

    def get_queryset(self) -> QuerySet[Cohort]:
        return visible_cohorts(self.request.user)

    @extend_schema(operation_id="v1_replications_retrieve", parameters=[COHORT])
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Each published figure beside the live one, and what the published ones say of themselves."""
        cohort = self.get_object()
        publications = [_told(published, beside) for published, beside in compared(request.user, cohort)]
        told = {"cohort": cohort.slug, "is_simulated": cohort.is_simulated, "publications": publications}
        return Response(self.get_serializer(told).data)


def _told(published: PublishedSet, beside: list[Beside]) -> dict[str, Any]:
    return {"published": published, "checks": findings(published), "figures": beside}
