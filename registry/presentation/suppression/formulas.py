"""What gives a withheld count back by a formula: it goes with the count, whatever kind of question asked.

An interval of a correlation, a mean or a share is as wide as the number of patients makes it, and a ratio of
two whole numbers has only one pair of small ones behind its sixteenth digit.
"""

from collections.abc import Mapping
from typing import Any

from registry.presentation.suppression.counts import Entry, is_number
from registry.presentation.suppression.entry import FROM_CELLS, KEPT, LISTED_FROM_CELLS

FROM_COUNTS = (
    "count",
    "proportion",
    "rate",
    "rate_ci_low",
    "rate_ci_high",
    "prevalence",
    "events_per_variable",
    "events_per_parameter",
    "events_needed",
    "patients_needed",
    "n_needed",
    "n_awaited",
    "n_optimism",
    "n_intercept",
    "r2_largest",
    "shrinkage",
    "log_likelihood",
    "null_log_likelihood",
    "nagelkerke",
    "brier_scaled",
    "information",
    "fraction",
    "boundary",
    "spent",
    "remaining",
    "at_end",
    "next_at",
    "always_multiple",
    "always_low",
    "always_high",
    "from_null",
)
LISTS = ("points", "tied_thresholds", "looks", "net_benefit", "patterns", *LISTED_FROM_CELLS)
SIDE_BY_SIDE = ("groups", "by_outcome", "levels")
LASTING = ("smd", "smd_between")

WITH_CLOSED_SPREAD = ("r", "partial_r", "mean", "smd", "bias", "icc", "kappa", "proportion")
SPREAD = ("error", "_low", "_high", "p_value", "p_adjusted", "statistic", "df", "df1", "df2", "z")
SHARES = ("proportion",)
DIGITS = 3


def without_formulas(entry: Entry) -> Entry:
    """An entry that withholds a count, with what is not a formula of it alone, to three digits."""
    lost = {*FROM_COUNTS, *(key for key in entry if _is_spread(key) and _is_closed(entry))}
    if any(key in entry for key in SIDE_BY_SIDE):
        lost |= set(FROM_CELLS) - set(LASTING)
    if entry.get("quantity") in SHARES:
        lost |= {"value"}
    told = {key: [] if key in LISTS else _inner(key, inner) for key, inner in entry.items()}
    return told | dict.fromkeys(lost & {key for key in entry if key not in LISTS})


def without_digits(entry: Entry) -> Entry:
    """A kappa of more than two levels, of which only the digits could tell the cells, some of them few."""
    if entry.get("weights", "none") == "none":
        return entry
    return {key: shortened(value) if isinstance(value, float) else value for key, value in entry.items()}


def shortened(number: float) -> float:
    """A number without the digits by which a ratio of two counts is told from all others.

    >>> shortened(0.5829747), shortened(-12.3456), shortened(0.0)
    (0.583, -12.3, 0.0)
    """
    return float(f"{number:.{DIGITS}g}")


def _inner(key: str, inner: Any) -> Any:
    """What stands within an entry without counts of its own is told as the entry is."""
    if isinstance(inner, list):
        return [_inner(key, each) for each in inner]
    if isinstance(inner, Mapping):
        return inner if "n" in inner else without_formulas(dict(inner))
    return shortened(inner) if isinstance(inner, float) and key not in KEPT else inner


def _is_closed(entry: Mapping[str, Any]) -> bool:
    """Whether the spread of what is estimated is a formula of the number of patients."""
    is_share = entry.get("quantity") in ("correlation", *SHARES)
    return is_share or any(is_number(entry.get(key)) for key in WITH_CLOSED_SPREAD)


def _is_spread(key: str) -> bool:
    return key.endswith(SPREAD)
