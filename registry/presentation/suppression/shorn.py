"""A result without its counts of patients; what was estimated stays where it does not give them back."""

from collections.abc import Collection, Mapping
from typing import Any

from registry.presentation.suppression.cells import is_of_cells
from registry.presentation.suppression.counts import Entry
from registry.presentation.suppression.cutoffs import MOVED
from registry.presentation.suppression.entry import FROM_FOUR_CELLS, emptied
from registry.presentation.suppression.formulas import without_formulas

FROM_N = ("n_missing", "n_complete", "n_more", "n_measurements")
OF_PATIENTS = ("n", "n_events")
OF_REASON = ("n", "n_events", "n_others", "n_risk")
POINTS = ("at",)
SINGLES = ("at_horizon", "one_minus_kaplan_meier", "reason")


def without_counts(entry: Entry, gone: Collection[str]) -> Entry:
    """An entry without these counts, those of its points and reasons, and what would give them back."""
    if not gone:
        return entry
    lost = {*gone, *(FROM_N if "n" in gone else ())}
    told: Entry = {**entry, "is_withheld": True}
    if set(OF_PATIENTS) & set(gone):
        if is_of_cells(entry) or MOVED[0] in entry:
            return emptied(told)
        lost |= set(FROM_FOUR_CELLS if "tp" in entry else ())
        # An interval foretold is as wide as the patients there are make it.
        told |= {"curve": [], "half_width": None} if "n_more" in entry else {}
        told |= {key: _uncounted(entry[key]) for key in SINGLES if key in entry}
        told |= {key: [_uncounted(point) for point in entry[key]] for key in POINTS if key in entry}
        told = without_formulas(told)
    return told | dict.fromkeys(lost & set(entry))


def _uncounted(point: Any) -> Any:
    """A point of a curve, or a reason, without its counts."""
    if not isinstance(point, Mapping):
        return point
    told = {**point, **dict.fromkeys(key for key in OF_REASON if key in point)}
    return told | {"reason": _uncounted(point["reason"])} if "reason" in point else told
