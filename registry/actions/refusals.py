"""What is wrong with a request, said all at once: the field, the value, the rule and the way out."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NoReturn, TypeAlias

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Text: TypeAlias = "str | _StrPromise"


class Refusals:
    """Refusals by field, raised together."""

    def __init__(self) -> None:
        self.by_field: dict[str, list[ValidationError]] = {}

    def add(self, field: str, message: Text, code: str, /, **params: object) -> None:
        self.by_field.setdefault(field, []).append(ValidationError(message, code=code, params=params))

    def take(self, field: str, error: ValidationError) -> None:
        """Keep what another rule refused, under the field it concerns here."""
        self.by_field.setdefault(field, []).extend(error.error_list)

    def raise_any(self) -> None:
        if self.by_field:
            raise ValidationError(dict(self.by_field))


def refuse(field: str, message: Text, code: str, /, **params: object) -> NoReturn:
    """Refuse a request for one reason."""
    raise ValidationError({field: [ValidationError(message, code=code, params=params)]})


def require_reason(reason: str) -> None:
    """A correction without its reason is no correction."""
    if not reason.strip():
        refuse("reason", _("Say why this is being changed; the reason is kept with the change."), "required")


def require_known(names: Iterable[str], allowed: Iterable[str]) -> None:
    """Refuse fields an action does not take, so that a misspelt one is not silently dropped."""
    refusals = Refusals()
    allowed = sorted(allowed)
    for name in sorted(set(names) - set(allowed)):
        refusals.add(
            name,
            _("“%(value)s” cannot be set here. What can be: %(allowed)s."),
            "not_allowed",
            value=name,
            allowed=", ".join(allowed),
        )
    refusals.raise_any()


def require_filled(values: Mapping[str, object], names: Iterable[str]) -> None:
    """Refuse where a field that must be filled in is empty."""
    refusals = Refusals()
    for name in names:
        if values.get(name) in (None, "", [], {}):
            refusals.add(name, _("This is needed and was left empty. Fill it in."), "required")
    refusals.raise_any()
