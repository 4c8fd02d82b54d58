"""The shapes of what the ledger tells."""

from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from analytics.answers import latest_result, seen_by, titles
from analytics.figures.naming import namer
from analytics.figures.words import Words
from analytics.models import Question, Result
from analytics.recompute import is_stale
from registry.models import Cohort
from registry.permissions import Viewer
from registry.presentation.guards import SEVERITIES, remark
from registry.presentation.reasons import because


class QuestionSerializer(serializers.ModelSerializer):
    """A question, and how it stands."""

    key = serializers.SerializerMethodField(help_text="{cohort}.{slug}, its address.")
    cohort: "serializers.SlugRelatedField[Cohort]" = serializers.SlugRelatedField(
        slug_field="slug", read_only=True
    )
    status = serializers.ChoiceField(
        choices=Result.Status.choices,
        allow_null=True,
        help_text="Of the last attempt; null before the first.",
    )

    class Meta:
        model = Question
        fields = [
            "key",
            "cohort",
            "slug",
            "version",
            "kind",
            "title",
            "why",
            "plan",
            "plan_version",
            "is_replication",
            "status",
        ]

    def get_key(self, question: Question) -> str:
        return f"{question.cohort.slug}.{question.slug}"


class ExclusionSerializer(serializers.Serializer):
    reason = serializers.CharField()
    n = serializers.IntegerField(allow_null=True, help_text="Null where so small a count is withheld.")


class GuardSerializer(serializers.Serializer):
    """What a careful statistician would say about the answer."""

    code = serializers.CharField()
    severity = serializers.ChoiceField(choices=list(SEVERITIES.items()))
    text = serializers.CharField()
    advice = serializers.CharField()
    reference = serializers.CharField(allow_blank=True, help_text="On whose authority.")
    found = serializers.DictField()


class ReasonSerializer(serializers.Serializer):
    code = serializers.CharField()
    text = serializers.CharField()


class ProvenanceSerializer(serializers.Serializer):
    """Everything the answer depends on: with the same, the same numbers come again."""

    run = serializers.IntegerField()
    dataset_sha256 = serializers.CharField(help_text="Of the table of patients.")
    serial_sha256 = serializers.DictField(
        child=serializers.CharField(), help_text="Of the tables of draws and readings, where they were read."
    )
    snapshot = serializers.CharField(help_text="The database snapshot that was read.")
    cohort_definition = serializers.DictField()
    n_rows = serializers.IntegerField(allow_null=True, help_text="Patients in the table.")
    n_enrolled = serializers.IntegerField(allow_null=True)
    exclusions = ExclusionSerializer(many=True)
    question_version = serializers.IntegerField()
    plan_sha256 = serializers.CharField()
    code_version = serializers.CharField()
    library_versions = serializers.DictField(child=serializers.CharField())
    seed = serializers.IntegerField()


class AnswerSerializer(serializers.Serializer):
    """The latest answer to a question; small counts are null for accounts without access to records."""

    status = serializers.ChoiceField(choices=Result.Status.choices)
    reason = ReasonSerializer(allow_null=True)
    as_of = serializers.DateTimeField(help_text="When the data were read.")
    computed_at = serializers.DateTimeField()
    is_stale = serializers.BooleanField(help_text="Whether the record has changed since.")
    is_simulated = serializers.BooleanField()
    payload = serializers.DictField()
    guards = GuardSerializer(many=True)
    provenance = ProvenanceSerializer()


def told(result: Result, user: Viewer) -> dict[str, Any]:
    """A result as it is told to an account, in words beside the codes."""
    question, run = result.question, result.run
    seen, dataset = seen_by(user, result), result.dataset
    name = namer(seen.payload, Words(question.variables, gettext), titles(question.cohort))
    return {
        "status": result.status,
        "reason": seen.reason and {**seen.reason, "text": because(seen.reason, name)},
        "as_of": dataset.read_at,
        "computed_at": result.computed_at,
        "is_stale": is_stale(run),
        "is_simulated": question.cohort.is_simulated,
        "payload": seen.payload,
        "guards": [
            {**asdict(remark(guard, name)), "reference": guard["source"], "found": guard["found"]}
            for guard in seen.guards
        ],
        "provenance": {
            "run": run.pk,
            "dataset_sha256": dataset.sha256,
            "serial_sha256": dataset.serial_sha256,
            "snapshot": dataset.snapshot,
            "cohort_definition": dataset.definition,
            "n_rows": seen.n_rows,
            "n_enrolled": seen.n_enrolled,
            "exclusions": seen.exclusions,
            "question_version": question.version,
            "plan_sha256": run.plan_sha256,
            "code_version": run.code_version,
            "library_versions": run.library_versions,
            "seed": run.seed,
        },
    }


class AnsweredQuestionSerializer(QuestionSerializer):
    """A question with its definition and its latest answer."""

    definition = serializers.DictField()
    variables = serializers.DictField()
    result = serializers.SerializerMethodField(help_text="Null until the first run has finished.")

    class Meta(QuestionSerializer.Meta):
        fields = [*QuestionSerializer.Meta.fields, "definition", "variables", "result"]

    @extend_schema_field(AnswerSerializer(allow_null=True))
    def get_result(self, question: Question) -> dict[str, Any] | None:
        user = self.context["request"].user
        result = latest_result(user, question)
        return AnswerSerializer(told(result, user)).data if result else None
