"""The questions asked of each cohort, with the latest answer and where it came from."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins
from rest_framework.serializers import BaseSerializer

from analytics.answers import visible_questions
from analytics.api.base import LedgerRoutes
from analytics.api.shapes import AnsweredQuestionSerializer, QuestionSerializer
from analytics.models import Question

KEY = OpenApiParameter("key", OpenApiTypes.STR, OpenApiParameter.PATH, description="{cohort}.{slug}")


class QuestionFilter(filters.FilterSet):
    cohort = filters.CharFilter(field_name="cohort__slug")

    class Meta:
        model = Question
        fields = ["cohort", "kind", "is_replication"]


@extend_schema_view(list=extend_schema(operation_id="v1_questions_list"))
class QuestionRoutes(mixins.ListModelMixin, mixins.RetrieveModelMixin, LedgerRoutes):
    """Questions and their latest answers."""

    queryset = Question.objects.none()
    lookup_field = "key"
    lookup_value_regex = r"[-\w]+\.[-\w]+"
    filterset_class = QuestionFilter

    def get_queryset(self) -> QuerySet[Question]:
        return visible_questions(self.request.user)

    def get_object(self) -> Question:
        cohort, slug = self.kwargs["key"].split(".")
        return get_object_or_404(self.get_queryset(), cohort__slug=cohort, slug=slug)

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        return AnsweredQuestionSerializer if self.action == "retrieve" else QuestionSerializer

    @extend_schema(operation_id="v1_questions_retrieve", parameters=[KEY])
    def retrieve(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """The question, how it was asked, and its latest answer with everything it depends on."""
        return super().retrieve(request, *args, **kwargs)
