"""Cells that a result was worked out from, and from which it could be worked back."""

from collections.abc import Mapping
from math import exp, isclose
from statistics import NormalDist
from typing import Any

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


def has_small_cells(model: Entry, minimum: int) -> bool:
    """Whether a model of one category tells a small count, worked out as any reader could.

    Its coefficients are the log odds in each level and its standard errors the sizes of the levels.
    """
    terms = model.get("terms")
    if not terms or len(model.get("covariates", ())) != 1 or terms[0]["term"] != INTERCEPT:
        return False
    reference, *others = terms
    if any(term.get("per", 1) is not None for term in others):
        return False
    known = reference["standard_error"] ** 2
    levels = [(reference["coefficient"], known)]
    levels += [
        (reference["coefficient"] + term["coefficient"], term["standard_error"] ** 2 - known)
        for term in others
    ]
    return any(
        is_small(round(count), minimum)
        for log_odds, variance in levels
        # The variance of a level's log odds is 1 / events + 1 / others, and their ratio is the odds.
        for count in ((1 + exp(log_odds)) / variance, (1 + exp(-log_odds)) / variance)
    )


def is_of_small_cells(row: Entry, minimum: int) -> bool:
    """Whether an odds ratio of a yes or no alone tells a small count, worked out as any reader could.

    With the events and the others it has only one table of four cells for its value and its error.
    """
    if row.get("quantity") not in ODDS or row.get("covariates") or row.get("value") is None:
        return False
    n_events, error = row.get("n_events"), _error(row)
    if error is None or not isinstance(n_events, int) or not isinstance(row.get("n"), int):
        return False
    n_others, odds = row["n"] - n_events, exp(row["value"])
    for events in range(1, n_events):
        others = events * n_others / (odds * (n_events - events) + events)
        cells = (events, others, n_events - events, n_others - others)
        if isclose(sum(1 / cell for cell in cells) ** 0.5, error, rel_tol=1e-4) and any(
            isclose(cell, round(cell), abs_tol=0.01) and is_small(round(cell), minimum) for cell in cells
        ):
            return True
    return False


def _error(row: Entry) -> float | None:
    if row.get("standard_error") is not None:
        return float(row["standard_error"])
    return float(row["half_width"]) / NORMAL_95 if row.get("half_width") is not None else None
