"""What a client sends, handed to the actions as typed, so that their refusals are the only ones."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.fields import SkipField, empty

from registry.permissions import visible_cohorts, visible_patients


class AsTyped:
    """A field that describes itself in the schema and leaves judgement to the action."""

    def run_validation(self: Any, data: Any = empty) -> Any:
        if data is empty:
            if self.required and not self.root.partial:
                self.fail("required")
            raise SkipField
        if isinstance(data, dict | list):
            raise serializers.ValidationError(
                _("One value belongs here, not a list or an object."), code="invalid"
            )
        if isinstance(data, str):
            return _storable(data)
        is_plain = data is None or (isinstance(data, bool) == isinstance(self, serializers.BooleanField))
        return data if is_plain and isinstance(data, int | None) else str(data)


class Boolean(AsTyped, serializers.BooleanField):
    pass


class Text(AsTyped, serializers.CharField):
    pass


class Slug(AsTyped, serializers.SlugField):
    pass


class Choice(AsTyped, serializers.ChoiceField):
    pass


class Whole(AsTyped, serializers.IntegerField):
    pass


class Day(AsTyped, serializers.DateField):
    def run_validation(self, data: Any = empty) -> Any:
        typed = super().run_validation(data)
        return str(typed) if isinstance(typed, int) else typed


class Time(AsTyped, serializers.TimeField):
    def run_validation(self, data: Any = empty) -> Any:
        typed = super().run_validation(data)
        return str(typed) if isinstance(typed, int) else typed


class Exact(AsTyped, serializers.DecimalField):
    pass


class VisiblePatient(serializers.IntegerField):
    """A patient by its id, among those the account may see."""

    def to_internal_value(self, data: Any) -> Any:
        key = super().to_internal_value(data)
        patients = visible_patients(self.context["request"].user).select_related("cohort", "site", "group")
        patient = patients.filter(pk=key).first()
        if patient is None:
            raise serializers.ValidationError(
                _("You see no patient with the id %(value)s. Look it up under patients.") % {"value": key},
                code="unknown",
            )
        return patient


class VisibleCohort(serializers.SlugField):
    """A cohort by its short name, among those the account may see."""

    def run_validation(self, data: Any = empty) -> Any:
        # Looked up after the field's own checks, which are about the short name and not about the cohort.
        slug = super().run_validation(data)
        cohort = visible_cohorts(self.context["request"].user).filter(slug=slug).first()
        if cohort is None:
            raise serializers.ValidationError(
                _("You see no cohort “%(value)s”. Look it up under cohorts.") % {"value": slug},
                code="unknown",
            )
        return cohort


class RequestSerializer(serializers.ModelSerializer):
    """A request about one kind of row: its fields are optional here, the action says which are not."""

    serializer_field_mapping = serializers.ModelSerializer.serializer_field_mapping | {
        models.BooleanField: Boolean,
        models.CharField: Text,
        models.TextField: Text,
        models.SlugField: Slug,
        models.DateField: Day,
        models.TimeField: Time,
        models.DecimalField: Exact,
        models.PositiveIntegerField: Whole,
        models.PositiveSmallIntegerField: Whole,
    }
    serializer_choice_field = Choice

    def build_standard_field(self, field_name: str, model_field: Any) -> tuple[Any, dict[str, Any]]:
        field, options = super().build_standard_field(field_name, model_field)
        if issubclass(field, AsTyped):
            options |= {"required": False, "validators": []}
        return field, options

    def get_uniqueness_extra_kwargs(
        self, names: Any, declared: Any, extra: Any
    ) -> tuple[Any, dict[str, Any]]:
        return extra, {}

    def get_validators(self) -> list[Any]:
        return []

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            for name in sorted(set(data) - set(self.fields)):
                raise serializers.ValidationError(
                    {name: [_("There is no such field here. The fields are: %s.") % ", ".join(self.fields)]},
                    code="not_allowed",
                )
        return super().to_internal_value(data)


def reason_field() -> Text:
    """Why something is corrected; the action refuses an empty one."""
    return Text(required=False, default="", help_text=_("Why this is changed; kept with the change."))


def _storable(text: str) -> str:
    if "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise serializers.ValidationError(_("This holds a character that no text can hold."), code="invalid")
    return text
