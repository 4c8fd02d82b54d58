"""An answer as a page shows it: facts, figures, tables and remarks, in the reader's words."""

from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from analytics.answers import Seen, titles
from analytics.figures import Table, Words, draw
from analytics.figures.naming import namer
from analytics.models import Result
from analytics.tables import tables
from registry.presentation.guards import Remark, remark
from registry.presentation.reasons import because
from registry.presentation.wording import exclusion


@dataclass(frozen=True)
class ShownFigure:
    """A drawing that may stand in a page, with its numbers."""

    svg: SafeString
    table: Table


@dataclass(frozen=True)
class ShownAnswer:
    """Everything of an answer that a page prints."""

    n: int | None
    n_events: int | None
    n_missing: int | None
    n_rows: int | None
    n_enrolled: int | None
    exclusions: list[tuple[str, int | None]]
    why_not: str
    tables: list[Table]
    figures: list[ShownFigure]
    remarks: list[Remark]
    is_withheld: bool

    @property
    def blocks(self) -> list[Remark]:
        """Remarks so grave that they stand before the numbers."""
        return [remark for remark in self.remarks if remark.severity == "block"]

    @property
    def others(self) -> list[Remark]:
        """What stands after the numbers, cautions first."""
        others = [remark for remark in self.remarks if remark.severity != "block"]
        return sorted(others, key=lambda remark: remark.severity != "warn")


def shown(answer: Result, seen: Seen) -> ShownAnswer:
    """What an account sees of an answer, in words."""
    kind, payload, words = answer.question.kind, seen.payload, Words(answer.question.variables, gettext)
    name = namer(payload, words, titles(answer.question.cohort))
    is_done = answer.status == Result.Status.DONE
    return ShownAnswer(
        n=payload.get("n"),
        n_events=payload.get("n_events"),
        n_missing=payload.get("n_missing"),
        n_rows=seen.n_rows,
        n_enrolled=seen.n_enrolled,
        exclusions=[(exclusion(entry["reason"]), entry["n"]) for entry in seen.exclusions],
        why_not="" if seen.reason is None else because(seen.reason, words.name),
        tables=tables(kind, payload, words) if is_done else [],
        figures=_figures(kind, payload, words) if is_done else [],
        remarks=[remark(guard, name) for guard in seen.guards],
        is_withheld=payload != answer.payload,
    )


def _figures(kind: str, payload: dict[str, Any], words: Words) -> list[ShownFigure]:
    return [
        ShownFigure(mark_safe(figure.svg), figure.table)  # noqa: S308 (the drawing escapes every text it is given)
        for figure in draw(kind, payload, words)
    ]
