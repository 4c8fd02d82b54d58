"""How a number moved from run to run."""

from typing import Any, cast

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework import mixins, serializers

from analytics.answers import NUMBERS, held_back, numbers_of, told_in, visible_questions, visible_versions
from analytics.api.base import LedgerRoutes
from analytics.api.shapes import ReasonSerializer
from analytics.history import DEPENDS_ON, changes, over_time
from analytics.models import Estimate, Question
from analytics.replication.blocks import blocks_of, replicates
from registry.models import Cohort, Site
from registry.permissions import sees_all_cells, visible_sites
from registry.presentation.reasons import because


class EstimateFilter(filters.FilterSet):
    question = filters.CharFilter(
        method="of_question", required=True, label="{cohort}.{slug}, the question's address."
    )
    term = filters.CharFilter(help_text="Such as mg; empty: every term.")
    quantity = filters.CharFilter(help_text="Such as auc; empty: every quantity.")

    class Meta:
        model = Estimate
        fields = ["question", "term", "quantity"]

    def of_question(self, estimates: QuerySet[Estimate], name: str, value: str) -> QuerySet[Estimate]:
        cohort, _dot, slug = value.partition(".")
        question = get_object_or_404(visible_questions(self.request.user), cohort__slug=cohort, slug=slug)
        versions = visible_versions(self.request.user).filter(cohort=question.cohort, slug=question.slug)
        held = held_back(self.request.user, question.cohort)
        return estimates.filter(question__in=versions).exclude(run__in=held)


class EstimateSerializer(serializers.ModelSerializer):
    """One number of one run; null where so small a count is withheld."""

    as_of = serializers.DateTimeField(source="run.dataset.read_at", help_text="When the data were read.")
    question_version = serializers.IntegerField(source="question.version")
    is_withheld = serializers.BooleanField(default=False, help_text="Whether small counts are not shown.")
    block = serializers.SerializerMethodField(
        help_text="Why the number, computed as it was published, is not to be relied on; null where nothing "
        "speaks against it."
    )
    changed = serializers.SerializerMethodField(help_text="What was no longer as in the run before.")

    class Meta:
        model = Estimate
        fields = [
            "run",
            "question_version",
            "as_of",
            "computed_at",
            "term",
            "quantity",
            *NUMBERS,
            "is_withheld",
            "block",
            "changed",
        ]
        extra_kwargs = {name: {"allow_null": True} for name in ("value", "n")}

    @extend_schema_field(ReasonSerializer(allow_null=True))
    def get_block(self, estimate: Estimate) -> dict[str, str] | None:
        if not replicates(estimate.question.definition):
            return None
        blocks = cast(dict[str, Any], self.context).setdefault("blocks", {})
        if estimate.result_id not in blocks:
            blocks[estimate.result_id] = blocks_of(estimate.result.payload)
        code = blocks[estimate.result_id].get((estimate.term, estimate.quantity))
        return None if code is None else {"code": code, "text": because({"code": code})}

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(choices=list(DEPENDS_ON))))
    def get_changed(self, estimate: Estimate) -> list[str]:
        return changes(estimate)

    def to_representation(self, estimate: Estimate) -> dict[str, Any]:
        once = cast(dict[str, Any], self.context)
        minimum = _minimum(once, estimate.question.cohort)
        told = once.setdefault("told", {})
        if minimum > 1 and estimate.result_id not in told:
            told[estimate.result_id] = told_in(estimate.result, minimum)
        numbers = numbers_of(estimate, minimum, told.get(estimate.result_id))
        return super().to_representation(estimate) | numbers


def _minimum(once: dict[str, Any], cohort: Cohort) -> int:
    """Below which count the cohort's numbers are withheld from the account, found once a page."""
    minima = once.setdefault("minima", {})
    if cohort.pk not in minima:
        sees_all = sees_all_cells(once["request"].user, cohort)
        minima[cohort.pk] = 0 if sees_all else cohort.small_cell_minimum
    return int(minima[cohort.pk])


class EstimateRoutes(mixins.ListModelMixin, LedgerRoutes):
    """The estimates of one question, oldest run first, with what had changed since the run before."""

    queryset = Estimate.objects.all()
    serializer_class = EstimateSerializer
    filterset_class = EstimateFilter

    def filter_queryset(self, queryset: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
        asked = super().filter_queryset(queryset)
        # What is withheld or blocked follows from the whole result; where nothing is, it is not read.
        sees_everyone = not Site.objects.exclude(pk__in=visible_sites(self.request.user)).exists()
        questions = Question.objects.filter(pk__in=asked.values("question"))
        is_read = not sees_everyone or any(replicates(question.definition) for question in questions)
        found = over_time(asked)
        return found.prefetch_related("result") if is_read else found
