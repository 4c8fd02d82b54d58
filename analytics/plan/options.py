"""What each kind of question takes for its options, as a table."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from math import inf, isfinite
from typing import Any

from analytics.plan.definition import EVENTS_NEEDED, Definition

EVERY = "*"
"""In the place of a name: each entry of a list, or of what stands under names of its own."""


@dataclass(frozen=True)
class Takes:
    """What an option takes, in words and as a test of a value."""

    said: str
    accepts: Callable[[Any], bool]


def one_of(*known: str) -> Takes:
    """One of these words."""
    return Takes(", ".join(known), lambda value: value in known)


def number(said: str, accepts: Callable[[float], bool]) -> Takes:
    """A number of this size."""
    return Takes(said, lambda value: _is_number(value) and accepts(value))


def whole(least: int, most: float = inf) -> Takes:
    """A whole number within these bounds."""
    bounds = f"from {least}" if most == inf else f"from {least} to {most}"
    return Takes(f"a whole number {bounds}", lambda value: _is_whole(value) and least <= value <= most)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_day(value: Any) -> bool:
    with suppress(TypeError, ValueError):
        return date.fromisoformat(value).isoformat() == value
    return False


ABOVE_0 = number("a number above 0", lambda value: value > 0)
FROM_0 = number("a number from 0", lambda value: value >= 0)
BETWEEN = number("a number between 0 and 1", lambda value: 0 < value < 1)
SHARE = number("a share above 0, up to 1", lambda value: 0 < value <= 1)
PART = number("a share from 0 to 1", lambda value: 0 <= value <= 1)
YES_OR_NO = Takes("true or false", lambda value: isinstance(value, bool))
DAY = Takes("a day such as 2021-04-30", _is_day)
AT_MOST_ONE = Takes("one variable at most", lambda value: isinstance(value, list) and len(value) <= 1)
YOUDEN_OR_RISK = Takes(
    f"youden, or {BETWEEN.said}", lambda value: value == "youden" or BETWEEN.accepts(value)
)
ADJUSTMENT = one_of("holm", "bonferroni", "bh", "by")
FITTED_BY = one_of("maximum_likelihood", "firth")
DIRECTION = one_of("auto", "<", ">")

OPTIONS: dict[str, dict[str, Takes]] = {
    "agreement": {"tolerance": FROM_0, "within_days": FROM_0},
    "calibration": {"thresholds.*": BETWEEN, "resamples": whole(1), "seed": whole(0)},
    "comparison": {"adjust": ADJUSTMENT, "overall": YES_OR_NO},
    "correlation": {
        "methods.*": one_of("pearson", "spearman", "kendall"),
        "adjust": ADJUSTMENT,
        "strata": AT_MOST_ONE,
    },
    "logistic": {"method": FITTED_BY, "models.*.method": FITTED_BY},
    "longitudinal": {
        "times.*": FROM_0,
        "window": FROM_0,
        "landmark": FROM_0,
        "landmark_window": FROM_0,
        "random_slope": YES_OR_NO,
        "predictors.*.name": one_of("baseline", "landmark", "time_averaged", "time_updated"),
    },
    "looks": {"alpha": BETWEEN, "hypotheses.*.locked_on": DAY},
    "missingness": {},
    "planning": {"shrinkage": BETWEEN},
    "roc": {
        "compare": ADJUSTMENT,
        "thresholds.*.*": number("a number", isfinite),
        "rules.closest_topleft": YES_OR_NO,
        "rules.sensitivity_at_least": SHARE,
        "rules.specificity_at_least": SHARE,
        "partial.focus": one_of("specificity", "sensitivity"),
        "partial.from": PART,
        "partial.to": PART,
        "directions.*": DIRECTION,
        "added.*.risk_cuts.*": BETWEEN,
        "resamples": whole(1),
        "seed": whole(0),
        # So few that every part has an event.
        "crossvalidation.folds": whole(2, EVENTS_NEEDED),
        "crossvalidation.repeats": whole(1),
    },
    "sensitivity": {
        # How far imputations lie apart takes two.
        "imputations": whole(2),
        "iterations": whole(1),
        "seed": whole(0),
        "method": one_of("pmm", "norm"),
    },
    "survival": {
        "interval": one_of("log", "log-log", "plain"),
        "horizon": ABOVE_0,
        "times.*": FROM_0,
        "models.*.ties": one_of("efron", "breslow"),
        "areas.times.*": ABOVE_0,
        "areas.markers.*": one_of("higher", "lower"),
    },
    "validation": {"threshold": YOUDEN_OR_RISK, "freeze_on": DAY},
}

GROUPED_BY = ("by", "strata.*", "models.*.strata.*", "report_by.*", "compare.*.between")
"""Where any kind names what its patients are grouped by."""


def wrong_with_options(question: Definition) -> Iterator[str]:
    """Each option that a question has no use for as it is given, and what it takes.

    >>> list(wrong_with_options({"kind": "survival", "horizon": 0}))
    ['horizon is 0; it takes a number above 0']
    """
    for place, takes in OPTIONS[question["kind"]].items():
        for value in found_at(place, question):
            if not takes.accepts(value):
                yield f"{place.replace('.*', '')} is {value!r}; it takes {takes.said}"


def found_at(place: str, entry: Any) -> Iterator[Any]:
    """All that stands at one place of a question, its names apart by points.

    >>> list(found_at("models.*.ties", {"models": [{"ties": "efron"}, {}, {"ties": "breslow"}]}))
    ['efron', 'breslow']
    """
    name, _point, rest = place.partition(".")
    if name == EVERY and isinstance(entry, dict | list):
        found = list(entry.values()) if isinstance(entry, dict) else entry
    else:
        found = [entry[name]] if isinstance(entry, dict) and name in entry else []
    for value in found:
        yield from found_at(rest, value) if rest else [value]
