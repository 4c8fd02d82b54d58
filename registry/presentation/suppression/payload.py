"""A payload without its small counts and what they could be worked out from."""

from collections.abc import Mapping
from typing import Any

from registry.presentation.suppression.beside import without_few_apart
from registry.presentation.suppression.counts import Entry, is_small
from registry.presentation.suppression.cutoffs import without_few_moved, without_near, without_points_of_few
from registry.presentation.suppression.entry import withheld
from registry.presentation.suppression.formulas import without_digits
from registry.presentation.suppression.kin import (
    both_or_none,
    one_cell_more,
    one_group_more,
    one_level_more,
    one_stratum_more,
    without_comparisons,
    without_equal_adjusted,
)
from registry.presentation.suppression.levels import without_few_terms, without_group_terms
from registry.presentation.suppression.looking import without_near_looks
from registry.presentation.suppression.over_time import without_small_steps

PARTS = ("rows", "curves", "models", "outcomes", "areas", "compared", "added")
FAMILIES = ("rows", "pairs")


def withhold(value: Any, minimum: int) -> Any:
    """A payload, a guard or a reason without the counts from 1 to below `minimum`.

    What is withheld is None, and its entry says ``is_withheld``. The thresholds along a ROC curve go as well,
    because each of them lies between two patients' values.
    """
    if minimum <= 1:
        return value
    told = without_few_terms(_withhold(value, minimum), minimum)
    return without_group_terms(without_few_apart(told, minimum)) if isinstance(told, Mapping) else told


def _withhold(value: Any, minimum: int) -> Any:
    if isinstance(value, list):
        return [_withhold(entry, minimum) for entry in value]
    if not isinstance(value, Mapping):
        return value
    entry = {key: _inner(key, inner, minimum) for key, inner in value.items()}
    told = without_near_looks(without_points_of_few(withheld(entry, minimum), value, minimum), minimum)
    told = without_comparisons(without_small_steps(told, value, minimum))
    return without_digits(_without_sizes(told, value, minimum))


def _inner(key: str, inner: Any, minimum: int) -> Any:
    if key == "points":
        return [{**point, "threshold": None} for point in inner]
    if (
        key in ("sizes", "groups")
        and isinstance(inner, Mapping)
        and all(isinstance(n, int) for n in inner.values())
    ):
        # With the total the other sizes would tell the small one.
        return dict.fromkeys(inner) if any(is_small(n, minimum) for n in inner.values()) else inner
    if (
        key == "groups"
        and isinstance(inner, Mapping)
        and all(isinstance(cell, Mapping) and "n" in cell for cell in inner.values())
    ):
        return one_cell_more({group: _withhold(cell, minimum) for group, cell in inner.items()})
    if key == "steps":
        # Each step of a curve is a patient's date.
        return []
    if key in ("by_group", "within"):
        return one_group_more([_withhold(group, minimum) for group in inner])
    if key == "by_outcome":
        return both_or_none({level: _withhold(cell, minimum) for level, cell in inner.items()})
    if key == "patterns":
        # The patterns add up to the patients: one that is withheld could be worked out.
        return [] if any(is_small(pattern["n"], minimum) for pattern in inner) else inner
    if key == "levels":
        return one_level_more([_withhold(level, minimum) for level in inner])
    if key == "operating":
        return without_near([_withhold(point, minimum) for point in inner], minimum)
    if key == "improvements":
        return [_withhold(entry, minimum) for entry in without_few_moved(inner, minimum)]
    if key in FAMILIES and isinstance(inner, list):
        told = _withhold(inner, minimum)
        return without_equal_adjusted(one_stratum_more(told) if key == "pairs" else told, inner)
    return _withhold(inner, minimum)


def _without_sizes(entry: Entry, before: Mapping[str, Any], minimum: int) -> Entry:
    """The sizes of the whole go where with the n of a part they would tell how few were left out."""
    parts = [part for key in PARTS for part in before.get(key, ()) if isinstance(part, Mapping)]
    sizes = before.get("sizes", {})
    left_out = [part.get("n_missing") for part in parts]
    left_out += [
        sizes[group] - cell["n"]
        for part in parts
        for groups in (part, *(part["levels"] if isinstance(part.get("levels"), list) else ()))
        for group, cell in groups.get("groups", {}).items()
        if group in sizes
    ]
    if "n" not in before or not any(is_small(count, minimum) for count in (*left_out, *sizes.values())):
        return entry
    return {**entry, **({"sizes": dict.fromkeys(sizes)} if sizes else {}), "n": None, "is_withheld": True}
