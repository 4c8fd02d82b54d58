"""The reader's language, for words beside numbers that are drawn without Django."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class Language:
    """A translator into the language of whoever reads: English until the site lends its own."""

    translate: Callable[[str], str] = str


READERS = Language()
