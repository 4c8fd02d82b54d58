"""What cut-offs do: chosen by the data, by a rule, or named in the plan."""

from collections.abc import Iterator
from typing import Any, Literal

from analytics.plan import Definition
from analytics.questions.answer import Reason, why_not
from analytics.statistics import NotEstimable
from analytics.statistics.errors import attempt
from analytics.statistics.roc import OperatingPoint, RocCurve, at_least, likelihood_ratio_interval

CASE_CONTROL: Reason = {"code": "case_control"}
SHARES = ("sensitivity", "specificity", "ppv", "npv")
RATIOS: tuple[Literal["positive", "negative"], ...] = ("positive", "negative")
CELLS = ("threshold", "tp", "fp", "tn", "fn")
Found = tuple[str, float | None, OperatingPoint | NotEstimable]


def operating_points(
    curve: RocCurve, definition: Definition, marker: str, *, is_case_control: bool
) -> list[dict[str, Any]]:
    """Each cut-off with its counts and what follows from them.

    Parameters
    ----------
    curve : RocCurve
        Of the marker or the combination.
    definition : dict
        The question: ``rules`` for all markers, ``thresholds`` by marker.
    marker : str
        Whose cut-offs these are.
    is_case_control : bool
        Whether the design set how many have the outcome, so that no predictive value follows.

    Returns
    -------
    list of dict
        Youden's first.
    """
    counted = {"n": curve.n_cases + curve.n_controls, "n_events": curve.n_cases}
    return [
        {"rule": rule, "wanted": wanted, **counted, **_entry(found, is_case_control=is_case_control)}
        for rule, wanted, found in _wanted(curve, definition, marker)
    ]


def _wanted(curve: RocCurve, definition: Definition, marker: str) -> Iterator[Found]:
    yield "youden", None, curve.youden()[0]
    rules = definition.get("rules", {})
    if rules.get("closest_topleft"):
        yield "closest_topleft", None, curve.topleft()[0]
    if "sensitivity_at_least" in rules:
        share = rules["sensitivity_at_least"]
        yield "sensitivity_at_least", share, attempt(at_least, curve, share, of="sensitivity")
    if "specificity_at_least" in rules:
        share = rules["specificity_at_least"]
        yield "specificity_at_least", share, attempt(at_least, curve, share, of="specificity")
    for threshold in definition.get("thresholds", {}).get(marker, []):
        yield "given", threshold, curve.at(threshold)


def _entry(found: OperatingPoint | NotEstimable, *, is_case_control: bool) -> dict[str, Any]:
    if isinstance(found, NotEstimable):
        named = [*SHARES, *(f"lr_{which}" for which in RATIOS)]
        absent = dict.fromkeys((*CELLS, *named, *(f"{name}_ci" for name in named)))
        return {**absent, "predictive_reason": None, "reason": why_not(found)}
    entry: dict[str, Any] = {name: getattr(found, name) for name in CELLS}
    for share in SHARES:
        interval = attempt(getattr(found, f"{share}_interval"), method="wilson")
        entry[share] = getattr(found, share)
        entry[f"{share}_ci"] = None if isinstance(interval, NotEstimable) else interval
    for which in RATIOS:
        limits = attempt(likelihood_ratio_interval, found, of=which)
        entry[f"lr_{which}"] = getattr(found, f"lr_{which}")
        entry[f"lr_{which}_ci"] = None if isinstance(limits, NotEstimable) else limits
    if is_case_control:
        entry |= dict.fromkeys(("ppv", "ppv_ci", "npv", "npv_ci"))
    return {**entry, "predictive_reason": CASE_CONTROL if is_case_control else None, "reason": None}
