"""What a sentence is made from."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

Found = Mapping[str, Any]


class Words(Protocol):
    """What names the plan's variables and their levels."""

    def name(self, code: str) -> str: ...
    def inside(self, code: str) -> str: ...
    def unit(self, code: str) -> str: ...
    def level(self, code: str, level: str) -> str: ...
    def method(self, method: str) -> str: ...


def listed(names: Sequence[str]) -> str:
    return ", ".join(names)
