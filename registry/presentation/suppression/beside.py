"""Results beside one another: the difference of their counts is a count too.

One rule for every kind of question: of the counts of the same patients, in the whole, its parts and its
points, none is told that differs from one told before it by 1 to below the minimum.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from registry.presentation.suppression.cells import lacks_a_cell
from registry.presentation.suppression.counts import Entry, is_small
from registry.presentation.suppression.entry import emptied
from registry.presentation.suppression.formulas import without_formulas
from registry.presentation.suppression.kin import (
    POOLED,
    one_competing_more,
    one_group_more,
    without_comparisons,
)
from registry.presentation.suppression.shorn import without_counts

Stratum = tuple[Any, ...]

COUNTED = ("n", "n_events", "n_competing", "n_risk", "n_others")
VARIABLES = ("variable", "marker", "x", "y", "given", "covariates", "about")
TOGETHER = ("n_events", "n_others")
SIDE_BY_SIDE = ("groups", "by_outcome")
SPLIT = ("by_group", "within")
AT_A_TIME = ("at_horizon", "one_minus_kaplan_meier")
OTHERWISE = ("patterns", "sizes", "looks", "curve", "points", "terms")
"""Lists whose counts add up to others of theirs or count no patients."""


@dataclass(frozen=True)
class Place:
    """Whose counts an entry tells: a stratum's, of those with a value of each of some variables."""

    stratum: Stratum = ()
    variables: frozenset[str] = frozenset()
    has_outcome: bool = False

    def within(self, *names: Any) -> "Place":
        return replace(self, stratum=(*self.stratum, *names))

    def of(self, entry: Mapping[str, Any]) -> "Place":
        named = frozenset(_variables_of(entry))
        has_outcome = self.has_outcome or entry.get("outcome") is not None
        return replace(self, variables=self.variables | named, has_outcome=has_outcome)


class Beside:
    """The counts told so far, by whose they are."""

    def __init__(self, payload: Mapping[str, Any], minimum: int) -> None:
        self.minimum = minimum
        self.told: dict[tuple[Stratum, str], set[tuple[frozenset[str], int]]] = {}
        strata = list(payload.get("strata") or ())
        self.whole = strata[0] if len(strata) == 1 else POOLED
        for group, n in (payload.get("sizes") or {}).items():
            if n is not None:
                self.told[(group,), "n"] = {(frozenset(), n)}

    def seen(self, entry: Any, place: Place) -> Any:
        """An entry and all within it, without the counts that those told before it would make telling."""
        if isinstance(entry, list):
            return [self.seen(each, place) for each in entry]
        if not isinstance(entry, Mapping):
            return entry
        place = place.of(entry)
        told = without_counts(dict(entry), self._telling(entry, place))
        for key in [key for key in told if key not in OTHERWISE]:
            told[key] = self._inner(key, told, place)
        if "within" not in told and lacks_a_cell(told) and not lacks_a_cell(entry):
            told = without_formulas(told) | {"is_withheld": True}
        if told.get("patterns") and self._is_near(_n_in(told["patterns"]), place, "n"):
            told["patterns"] = []
        return without_comparisons(told)

    def _inner(self, key: str, entry: Entry, place: Place) -> Any:
        inner = entry[key]
        if key in SIDE_BY_SIDE and isinstance(inner, Mapping):
            cells = [self.seen(cell, place.within(name)) for name, cell in inner.items()]
            return dict(zip(inner, self._together(cells, list(inner.values()), entry), strict=True))
        if key in SPLIT:
            parts = [self.seen(part, place.within(entry.get("variable"), _named(part))) for part in inner]
            if key == "within":
                return self._together(parts, inner, entry)
            return self._groups(parts, inner, entry)
        if key == "subgroups":
            return [self._subgroups(each, entry, place) for each in inner]
        if key == "pairs":
            return [self.seen(pair, self._place_of(pair, place)) for pair in inner]
        if key == "at":
            return [self._point(point, place) for point in inner]
        if key in AT_A_TIME and isinstance(inner, Mapping):
            return self._point(inner, place)
        return self.seen(inner, place)

    def _subgroups(self, entry: Mapping[str, Any], curve: Entry, place: Place) -> Entry:
        """Subgroups by a variable: together they are the patients of the curve."""
        told = self.seen(entry, place)
        return {**told, "within": self._together(told["within"], entry["within"], curve)}

    def _place_of(self, pair: Mapping[str, Any], place: Place) -> Place:
        own = pair.get("stratum", self.whole)
        return place if own in (self.whole, POOLED) else place.within(own)

    def _point(self, point: Any, place: Place) -> Any:
        """A point in time: beside others of that time, or beside all where it is a mean of some of them."""
        if not isinstance(point, Mapping) or "n" in point:
            return self.seen(point, place)
        told = self.seen(point, place.within("at", point.get("time")))
        lost = any(told.get(key) != point.get(key) for key in ("n_risk", "n_events"))
        return emptied(told) if lost and "cumulative_incidence" in point else told

    def _telling(self, entry: Mapping[str, Any], place: Place) -> set[str]:
        """The counts of an entry that differ too little from those told; the others are told from now on."""
        counts = {
            key: count
            for key, count in counts_of(entry).items()
            if place.has_outcome or key in ("n", "n_risk")
        }
        near = {key for key, count in counts.items() if self._is_near(count, place, key)}
        if "n_others" in entry and near & set(TOGETHER):
            near |= set(TOGETHER)
        elif near & {"n", "n_events", "n_others"} == {"n_others"}:
            near |= {"n", "n_events"}
        for key in set(counts) - near:
            if key != "n_others" or not near & {"n", "n_events"}:
                self.told.setdefault((place.stratum, key), set()).add((place.variables, counts[key]))
        return near & set(entry)

    def _is_near(self, count: int, place: Place, key: str) -> bool:
        """Whether a count differs too little from one of more or fewer of the same patients.

        Those with a value of one variable are not among those with a value of another, unless the other is
        known of all: most of those told, in the stratum or with one of the variables, stand for all.
        """
        told = self.told.get((place.stratum, key), set())
        most = {max((n for _, n in told), default=None)}
        for variable in place.variables:
            most.add(max((n for variables, n in told if variable in variables), default=None))
        return any(
            is_small(abs(count - n), self.minimum)
            for variables, n in told
            if n in most or variables <= place.variables or place.variables <= variables
        )

    def _together(self, told: list[Any], before: list[Any], whole: Mapping[str, Any]) -> list[Any]:
        """Parts side by side: where one does not say how many it has, none does."""
        if any(_lost(*pair) for pair in zip(told, before, strict=True)) or self._leave_out_few(told, whole):
            return [without_counts(part, {"n", "n_events"} & set(part)) for part in told]
        return told

    def _groups(self, told: list[Entry], before: list[Entry], whole: Mapping[str, Any]) -> list[Entry]:
        """Groups followed up: a group's rate tells its events, so that it goes whole."""
        groups = [
            emptied(group) if _lost(group, was) else group for group, was in zip(told, before, strict=True)
        ]
        if self._leave_out_few(groups, whole):
            smallest = min(groups, key=lambda group: group["n_events"])
            groups = [emptied(group) if group is smallest else group for group in groups]
        return one_competing_more(one_group_more(groups) if groups != told else groups)

    def _leave_out_few(self, parts: list[Any], whole: Mapping[str, Any]) -> bool:
        """Whether with the whole the parts, all told, would tell how few are in none of them."""
        all_of, of_parts = counts_of(whole), [counts_of(part) for part in parts if isinstance(part, Mapping)]
        return bool(of_parts) and any(
            is_small(abs(all_of[key] - sum(part[key] for part in of_parts)), self.minimum)
            for key in ("n", "n_events", "n_others")
            if key in all_of and all(key in part for part in of_parts)
        )


def without_few_apart(payload: Any, minimum: int) -> Any:
    """A payload without the counts whose difference from those beside them is small."""
    return Beside(payload, minimum).seen(payload, Place())


def counts_of(entry: Mapping[str, Any]) -> dict[str, int]:
    """The counts that an entry tells, with those without the event."""
    told = {key: entry[key] for key in COUNTED if isinstance(entry.get(key), int)}
    return {"n_others": told["n"] - told["n_events"], **told} if {"n", "n_events"} <= set(told) else told


def _n_in(patterns: list[Mapping[str, Any]]) -> int:
    return sum(pattern["n"] for pattern in patterns)


def _variables_of(entry: Mapping[str, Any]) -> Iterator[str]:
    for key in VARIABLES:
        named = entry.get(key)
        yield from (named,) if isinstance(named, str) else named or ()


def _named(part: Mapping[str, Any]) -> Any:
    return part.get("group", part.get("level", part.get("part")))


def _lost(told: Any, before: Any) -> bool:
    return isinstance(told, Mapping) and any(
        told.get(key) is None and before.get(key) is not None for key in ("n", "n_events")
    )
