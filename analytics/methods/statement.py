"""What a Methods section is made of: statements as codes, sections of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Statement:
    """One thing to be said, as a code and what it is about; presentation has the words."""

    code: str
    found: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Section:
    """The statements under one heading, and the questions they hold for."""

    code: str
    statements: tuple[Statement, ...]
    questions: tuple[str, ...] = ()
