"""What was refused, as JSON: 400 with each field's messages, and their codes beside."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from rest_framework import exceptions, serializers, views
from rest_framework.response import Response

WHOLE = "detail"

Flaw = tuple[str, str, str]


class RefusalSerializer(serializers.Serializer):
    """The shape of a refusal in the API's description; field names stand beside `codes`."""

    codes = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer a refusal, wherever it was made; all else as Django REST framework does."""
    if isinstance(error, ValidationError):
        return Response(refusal(_of_django(error)), status=400)
    if isinstance(error, exceptions.ValidationError):
        return Response(refusal(_of_framework(error.get_full_details(), "")), status=400)
    return views.exception_handler(error, context)


def refusal(flaws: Iterator[Flaw]) -> dict[str, Any]:
    """{"field": [message], "codes": {"field": [code]}}."""
    messages: dict[str, list[str]] = {}
    codes: dict[str, list[str]] = {}
    for field, message, code in flaws:
        messages.setdefault(field, []).append(message)
        codes.setdefault(field, []).append(code)
    return {**messages, "codes": codes}


def _of_django(error: ValidationError) -> Iterator[Flaw]:
    by_field = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
    for field, errors in by_field.items():
        for each in errors:
            yield (
                WHOLE if field == NON_FIELD_ERRORS else field,
                " ".join(each.messages),
                each.code or "invalid",
            )


def _of_framework(details: Any, path: str) -> Iterator[Flaw]:
    if isinstance(details, Mapping) and "message" in details and "code" in details:
        yield path or WHOLE, str(details["message"]), str(details["code"])
    elif isinstance(details, Mapping):
        for name, inner in details.items():
            here = path if name == "non_field_errors" else f"{path}.{name}" if path else str(name)
            yield from _of_framework(inner, here)
    else:
        for inner in details:
            yield from _of_framework(inner, path)
