"""Published figures as data files: what was printed, and which live number each stands beside."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

PUBLISHED = Path(__file__).parent / "published"

Claim = Literal["", "higher", "lower", "not_zero", "not_shown"]


@dataclass(frozen=True)
class Figure:
    """One printed number, or one claim without a number.

    Attributes
    ----------
    question, term, quantity : str
        The live estimate it stands beside, by the names of the ledger.
    value : float or None
        As printed; shares in percent. None where only a claim was made.
    decimals : int
        With how many it was printed.
    claim : {"", "higher", "lower", "not_zero", "not_shown"}
        Which way the first group differs, that P was below 0.05, or that it was not.
    ci_low, ci_high : float or None
        As printed.
    n, n_events : int or None
        As printed.
    outcome : str
        Where it is not the question's own.
    flags : tuple of str
        What about it is unstated or estimates something else than the live number.
    """

    question: str
    term: str
    quantity: str
    value: float | None = None
    decimals: int = 2
    claim: Claim = ""
    ci_low: float | None = None
    ci_high: float | None = None
    n: int | None = None
    n_events: int | None = None
    outcome: str = ""
    flags: tuple[str, ...] = ()

    @property
    def half_a_digit(self) -> float:
        """How far the true value may lie from the printed one."""
        return 0.5 * float(10**-self.decimals)


@dataclass(frozen=True)
class PublishedSet:
    """The figures of one publication, with what it says of its patients.

    Attributes
    ----------
    plans : tuple of str
        The plans whose cohorts they are shown beside; the first gives the variables their names.
    design : mapping of str to int
        ``patients`` and ``controls``, where the study says how many.
    products : sequence of mapping
        Each quantity that is by definition the product of two others: ``variable``, ``of``.
    """

    name: str
    title: str
    reference: str
    doi: str
    population: str
    note: str
    plans: tuple[str, ...]
    flags: tuple[str, ...]
    design: Mapping[str, int]
    products: Sequence[Mapping[str, Any]]
    figures: tuple[Figure, ...]

    def of(self, quantity: str) -> dict[str, Figure]:
        """The printed numbers of one quantity by their term."""
        return {
            figure.term: figure
            for figure in self.figures
            if figure.quantity == quantity and figure.value is not None
        }


@cache
def published_sets() -> tuple[PublishedSet, ...]:
    """Every publication whose figures are shipped."""
    return tuple(read_set(json.loads(path.read_bytes())) for path in sorted(PUBLISHED.glob("*.json")))


def published_beside(plan: str) -> tuple[PublishedSet, ...]:
    """The publications that stand beside the results of one plan."""
    return tuple(published for published in published_sets() if plan in published.plans)


def read_set(content: Mapping[str, Any]) -> PublishedSet:
    """A publication from its JSON content."""
    figures = [Figure(**{**entry, "flags": tuple(entry["flags"])}) for entry in content["figures"]]
    lists = {name: tuple(content[name]) for name in ("plans", "flags", "products")}
    return PublishedSet(**{**content, **lists, "figures": tuple(figures)})
