"""One entry of a payload without its small counts and the numbers that would give them back."""

from collections.abc import Mapping
from typing import Any

from registry.presentation.suppression.cells import compared, has_small_cells, lacks_a_cell
from registry.presentation.suppression.counts import Entry, is_number, is_small, splits_small

COUNTS = ("n", "n_events", "n_competing", "n_others", "n_missing", "n_complete", "n_risk", "count")
EVENTS_AND_OTHERS = ("n_events", "n_others")
FOUR_CELLS = ("tp", "fp", "tn", "fn")
FROM_FOUR_CELLS = (
    *FOUR_CELLS,
    "sensitivity",
    "sensitivity_ci",
    "specificity",
    "specificity_ci",
    "youden",
    "threshold",
    "ppv",
    "ppv_ci",
    "npv",
    "npv_ci",
    "lr_positive",
    "lr_positive_ci",
    "lr_negative",
    "lr_negative_ci",
    "threshold_ci_low",
    "threshold_ci_high",
    "sensitivity_left_out",
    "specificity_left_out",
)
FROM_CELLS = (
    "smd",
    "smd_standard_error",
    "smd_ci_low",
    "smd_ci_high",
    "p_value",
    "p_adjusted",
    "smallest_expected",
    "smd_between",
    "statistic",
    "difference",
)
LISTED_FROM_CELLS = ("tests", "differences", "pairwise", "tukey")
OPERATING = ("points", "tied_thresholds")
LISTED = (
    "terms",
    "at",
    "curve",
    "net_benefit",
    "linearity",
    "subgroups",
    "operating",
    "improvements",
    "looks",
    *LISTED_FROM_CELLS,
    *OPERATING,
)
CONCLUDED = ("vif", "proportional_hazards", "across_sites")
WITHIN = ("at_horizon", "one_minus_kaplan_meier", "partial")
KEPT = ("n_missing", "needed", "time", "horizon", "wanted")


def withheld(entry: Entry, minimum: int) -> Entry:
    """An entry without its own small counts, whole where they go through all its numbers."""
    n, n_events, count = entry.get("n"), entry.get("n_events"), entry.get("count")
    gone = {key for key in COUNTS if is_small(entry.get(key), minimum)}
    is_point_of_curve = "n_risk" in entry
    if (
        is_small(n, minimum)
        or splits_small(n, n_events, minimum)
        or (is_point_of_curve and gone & {"n_risk", "n_events"})
    ):
        return emptied({**entry, **dict.fromkeys(gone)})
    if gone & set(EVENTS_AND_OTHERS):
        # One with a size told on the same page would tell the other.
        gone |= set(EVENTS_AND_OTHERS) & set(entry)
    if splits_small(n, entry.get("n_complete"), minimum):
        gone |= {"n_complete"}
    if splits_small(n, count, minimum):
        gone |= {"count", "proportion"}
    if any(is_small(entry.get(cell), minimum) for cell in FOUR_CELLS):
        gone |= {key for key in FROM_FOUR_CELLS if key in entry}
        entry |= {key: [] for key in OPERATING if key in entry}
    if lacks_a_cell(entry):
        gone |= {key for key in FROM_CELLS if key in entry}
        entry |= {key: [] for key in LISTED_FROM_CELLS if key in entry}
        # With the other groups the whole would tell the one that is withheld.
        entry |= {"overall": emptied(entry["overall"])} if "overall" in entry else {}
        gone |= (
            {"n", "n_missing"} & set(entry) if any(cell["n"] is None for cell in compared(entry)) else set()
        )
    if has_small_cells(entry, minimum):
        return {**emptied({**entry, **dict.fromkeys(gone)}), "n": n, "n_events": n_events}
    if not gone:
        return entry
    return {**{key: None if key in gone else value for key, value in entry.items()}, "is_withheld": True}


def emptied(entry: Entry) -> Entry:
    """An entry without any number that could tell its patients."""
    gone = {key for key, value in entry.items() if key not in KEPT and is_number(value)}
    gone |= {key for key in FROM_FOUR_CELLS if key in entry}
    entry |= {key: [] for key in LISTED if key in entry}
    entry |= {key: None for key in CONCLUDED if key in entry}
    entry |= {key: emptied(dict(entry[key])) for key in WITHIN if isinstance(entry.get(key), Mapping)}
    entry |= {"reason": entry["reason"] or {"code": "withheld"}} if "reason" in entry else {}
    return {**{key: None if key in gone else value for key, value in entry.items()}, "is_withheld": True}


def without_numbers(value: Any) -> Any:
    """The same names without any of their numbers or what was concluded from them."""
    if isinstance(value, Mapping):
        return {key: without_numbers(inner) for key, inner in value.items()}
    return [] if isinstance(value, list) else None
