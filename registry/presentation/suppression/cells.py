"""Cells that a result was worked out from, and from which it could be worked back."""

from collections.abc import Iterator, Mapping
from math import exp, isclose
from statistics import NormalDist
from typing import Any

from registry.presentation.suppression.agreeing import cells_of_kappa
from registry.presentation.suppression.counts import Entry, is_gone, is_small

INTERCEPT = "(Intercept)"
ODDS = ("log_odds_ratio", "odds_ratio")
NORMAL_95 = NormalDist().inv_cdf(0.975)


def lacks_a_cell(entry: Mapping[str, Any]) -> bool:
    """Whether one of the cells that an entry's tests compare is withheld."""
    return any(cell["n"] is None or is_gone(cell, "count") for cell in compared(entry))


def compared(entry: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The cells side by side in an entry: groups, also within levels, or parts of the patients."""
    found = [*_values(entry.get("groups")), *_values(entry.get("by_outcome")), *entry.get("within", ())]
    if isinstance(entry.get("levels"), list):
        found += [cell for level in entry["levels"] for cell in _values(level.get("groups"))]
    return [cell for cell in found if isinstance(cell, Mapping) and "n" in cell]


def _values(inner: Any) -> list[Any]:
    return list(inner.values()) if isinstance(inner, Mapping) else []


def has_small_cells(entry: Entry, minimum: int) -> bool:
    """Whether an entry tells a small count, worked out as any reader could from its numbers alone."""
    cells = [*_of_model(entry), *_of_odds(entry), *cells_of_kappa(entry)]
    return any(is_small(round(cell), minimum) for cell in cells)


def is_of_cells(entry: Entry) -> bool:
    """Whether an entry's numbers are those of a few cells, which give all their counts."""
    return any(True for cells in (_of_model(entry), _of_odds(entry), cells_of_kappa(entry)) for _ in cells)


def _of_model(model: Entry) -> Iterator[float]:
    """The cells of a model of one category.

    Its coefficients are the log odds in each level and its standard errors the sizes of the levels.
    """
    terms = model.get("terms")
    if not terms or len(model.get("covariates", ())) != 1 or terms[0]["term"] != INTERCEPT:
        return
    reference, *others = terms
    if any(term.get("per", 1) is not None for term in others):
        return
    known = reference["standard_error"] ** 2
    levels = [(reference["coefficient"], known)]
    levels += [
        (reference["coefficient"] + term["coefficient"], term["standard_error"] ** 2 - known)
        for term in others
    ]
    for log_odds, variance in levels:
        # The variance of a level's log odds is 1 / events + 1 / others, and their ratio is the odds.
        yield from ((1 + exp(log_odds)) / variance, (1 + exp(-log_odds)) / variance)


def _of_odds(row: Entry) -> Iterator[float]:
    """The cells of an odds ratio of a yes or no alone.

    With the events and the others it has only one table of four cells for its value and its error.
    """
    if row.get("quantity") not in ODDS or row.get("covariates") or row.get("value") is None:
        return
    n_events, error = row.get("n_events"), _error(row)
    if error is None or not isinstance(n_events, int) or not isinstance(row.get("n"), int):
        return
    n_others, odds = row["n"] - n_events, exp(row["value"])
    for events in range(1, n_events):
        cells = four_cells(events, n_events, n_others, odds)
        is_whole = isclose(cells[1], round(cells[1]), abs_tol=0.01)
        if is_whole and isclose(sum(1 / cell for cell in cells) ** 0.5, error, rel_tol=1e-4):
            yield from cells


def four_cells(events: int, n_events: int, n_others: int, odds: float) -> tuple[float, ...]:
    """The table of this odds ratio with so many events in one level: those without it there follow."""
    others = events * n_others / (odds * (n_events - events) + events)
    return events, others, n_events - events, n_others - others


def _error(row: Entry) -> float | None:
    if row.get("standard_error") is not None:
        return float(row["standard_error"])
    return float(row["half_width"]) / NORMAL_95 if row.get("half_width") is not None else None
