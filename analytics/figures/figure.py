"""What a drawing brings along."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Role = Literal["", "sub", "section"]


@dataclass(frozen=True)
class Row:
    """A line of a table: its heading, then its numbers; a sub-line stands under the one before."""

    cells: tuple[str, ...]
    role: Role = ""

    @property
    def heading(self) -> str:
        return self.cells[0]

    @property
    def numbers(self) -> tuple[str, ...]:
        return self.cells[1:]


@dataclass(frozen=True)
class Table:
    """Rows as they are printed: the first column names, the others are aligned right."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    note: str = ""

    @classmethod
    def plain(cls, caption: str, columns: Iterable[str], rows: Iterable[tuple[str, ...]]) -> "Table":
        """A table whose lines are all alike."""
        return cls(caption, tuple(columns), tuple(Row(cells) for cells in rows))


@dataclass(frozen=True)
class Figure:
    """A drawing, its title, and the numbers it shows as a table."""

    name: str
    title: str
    svg: str
    table: Table
