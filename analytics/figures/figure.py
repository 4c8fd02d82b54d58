"""What a drawing brings along."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """Rows as they are printed, first column a heading; the rest is aligned right."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Figure:
    """A drawing, its title, and the numbers it shows as a table."""

    name: str
    title: str
    svg: str
    table: Table
