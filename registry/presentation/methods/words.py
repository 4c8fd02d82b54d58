"""What a sentence is made from."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from django.utils.translation import gettext as _

Found = Mapping[str, Any]


class Words(Protocol):
    """What names the plan's variables and their levels."""

    def name(self, code: str) -> str: ...
    def inside(self, code: str) -> str: ...
    def unit(self, code: str) -> str: ...
    def level(self, code: str, level: str) -> str: ...
    def method(self, method: str) -> str: ...


def listed(names: Sequence[str]) -> str:
    """All of these: magnesium, calcium and phosphorus."""
    return _joined(names, _("%(others)s and %(last)s"))


def either(names: Sequence[str]) -> str:
    """One of these: recovery, transplantation or death."""
    return _joined(names, _("%(others)s or %(last)s"))


def _joined(names: Sequence[str], joining: str) -> str:
    if len(names) < 2:
        return "".join(names)
    return joining % {"others": ", ".join(names[:-1]), "last": names[-1]}
