"""A published figure beside the live one: do the intervals overlap, is the direction the same."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import exp
from typing import Any

from analytics.replication.attainable import whole_patients
from analytics.replication.checks import Implied, implied
from analytics.replication.sets import Figure, PublishedSet
from analytics.statistics.correlation import interval
from analytics.statistics.normal import normal_interval
from analytics.statistics.roc import clopper_pearson, hanley_mcneil_error, wilson

Key = tuple[str, str, str]
Live = Mapping[Key, Mapping[str, Any]]

NULL = {"r": 0.0, "smd": 0.0, "auc": 0.5, "odds_ratio": 1.0, "hazard_ratio": 1.0}
"""The value of no association."""
LARGEST = 700.0
"""A larger logarithm has no ratio."""
KEPT_AS_LOGARITHM = {"odds_ratio": "log_odds_ratio", "hazard_ratio": "log_hazard_ratio"}


@dataclass(frozen=True)
class Number:
    """A value with its interval; `is_computed` where the interval is ours and not the publication's.

    Attributes
    ----------
    n_supposed : int or None
        Patients that the interval is computed for where the publication does not say of how many it is.
    per : float or None
        The step of the measurement that a ratio is for.
    block : str or None
        Why the number is not to be relied on: a reason's code.
    """

    value: float | None
    ci_low: float | None = None
    ci_high: float | None = None
    n: int | None = None
    n_events: int | None = None
    is_computed: bool = False
    n_supposed: int | None = None
    per: float | None = None
    block: str | None = None


@dataclass(frozen=True)
class Beside:
    """One published figure and the live one; None where the question cannot be put.

    `is_association_agreed` is for a claim that has no direction: that P was below 0.05, or was not. What is
    not to be relied on agrees with nothing.
    """

    figure: Figure
    published: Number
    live: Number | None
    is_overlapping: bool | None
    is_same_direction: bool | None
    is_association_agreed: bool | None
    flags: tuple[str, ...]


def stand_beside(published: PublishedSet, live: Live, flags: Iterable[str] = ()) -> list[Beside]:
    """Each figure of a publication with the live one it names.

    Parameters
    ----------
    published : PublishedSet
    live : mapping of (question, term, quantity) to mapping
        The latest estimates: ``value``, ``ci_low``, ``ci_high``, ``n``, ``n_events``; None where withheld.
        Of a ratio also ``per`` and ``block``.
    flags : iterable of str
        What sets the cohort as a whole apart, such as ``simulated``.

    Returns
    -------
    list of Beside
    """
    unsaid, everywhere = implied(published), (*published.flags, *flags)
    return [_beside(figure, unsaid, live, everywhere) for figure in published.figures]


def _beside(figure: Figure, unsaid: Implied, live: Live, everywhere: tuple[str, ...]) -> Beside:
    printed, found = _printed(figure, unsaid), _live(figure, live)
    flags = (*everywhere, *figure.flags, *_of_interval(printed))
    return Beside(
        figure=figure,
        published=printed,
        live=found,
        is_overlapping=None if found is None else _overlap(printed, found),
        is_same_direction=None if found is None else _same_direction(figure, found),
        is_association_agreed=None if found is None else _association_agreed(figure, found),
        flags=flags,
    )


def _of_interval(printed: Number) -> tuple[str, ...]:
    """What is to be said of an interval that is not the publication's."""
    if not printed.is_computed:
        return ()
    return ("interval_computed",) if printed.n_supposed is None else ("interval_supposes_n",)


def _printed(figure: Figure, unsaid: Implied) -> Number:
    """The figure on the scale of the live one; where no interval was printed it follows from the counts."""
    value, n, n_events = figure.value, figure.n, figure.n_events
    if value is None:
        return Number(None, n=n, n_events=n_events)
    if figure.ci_low is not None:
        return Number(value, figure.ci_low, figure.ci_high, n, n_events)
    low: float | None = None
    high: float | None = None
    supposed: int | None = None
    if figure.quantity == "r":
        supposed = unsaid.n_of_correlations if n is None else None
        size = n or supposed
        low, high = interval(value, size) if size else (None, None)
    elif figure.quantity == "event_share":
        value = value / 100
    elif figure.quantity in ("sensitivity", "specificity"):
        size = unsaid.n_events if figure.quantity == "sensitivity" else unsaid.n_others
        count = whole_patients(value, size, decimals=figure.decimals) if size else None
        n_events, value = unsaid.n_events, value / 100
        if size and count is not None:
            low, high = clopper_pearson(count, size)
    elif figure.quantity == "auc" and unsaid.n_events and unsaid.n_others:
        error = hanley_mcneil_error(value, unsaid.n_events, unsaid.n_others)
        low, high = normal_interval(value, error)
        n_events, low, high = unsaid.n_events, max(0.0, low), min(1.0, high)
    return Number(value, low, high, n, n_events, is_computed=low is not None, n_supposed=supposed)


def _live(figure: Figure, live: Live) -> Number | None:
    """The live number on the scale of the figure; a ratio is for the step that other pages show it for."""
    kept = KEPT_AS_LOGARITHM.get(figure.quantity, figure.quantity)
    found = live.get((figure.question, figure.term, kept))
    if found is None:
        return None
    if figure.quantity == "event_share":
        return _event_share(found)
    if kept == figure.quantity:
        value, low, high = (found[name] for name in ("value", "ci_low", "ci_high"))
        return Number(value, low, high, found["n"], found["n_events"])
    per = found.get("per")
    value, low, high = (_ratio(found[name], per or 1) for name in ("value", "ci_low", "ci_high"))
    return Number(value, low, high, found["n"], found["n_events"], per=per, block=found.get("block"))


def _ratio(logarithm: float | None, per: float) -> float | None:
    """None too where the ratio is too large for a number."""
    return None if logarithm is None or logarithm * per > LARGEST else exp(logarithm * per)


def _event_share(found: Mapping[str, Any]) -> Number:
    """Among the patients whose outcome is known, the share that has it."""
    n, n_events = found["n"], found["n_events"]
    if not n or n_events is None:
        return Number(None, n=n, n_events=n_events)
    low, high = wilson(n_events, n)
    return Number(n_events / n, low, high, n, n_events)


def _overlap(printed: Number, live: Number) -> bool | None:
    limits = (printed.ci_low, printed.ci_high, live.ci_low, live.ci_high)
    if any(limit is None for limit in limits):
        return None
    low, high, live_low, live_high = (float(limit) for limit in limits if limit is not None)
    return low <= live_high and live_low <= high


def _same_direction(figure: Figure, live: Number) -> bool | None:
    """Whether the live figure lies on the same side of no association; a bare claim of P has no side."""
    null = NULL.get(figure.quantity)
    if null is None or live.value is None or live.block is not None:
        return None
    if figure.value is not None:
        return (figure.value - null) * (live.value - null) > 0
    if figure.claim in ("higher", "lower"):
        return (live.value > null) == (figure.claim == "higher")
    return None


def _association_agreed(figure: Figure, live: Number) -> bool | None:
    """Whether the live interval leaves out no association where P was below 0.05, and holds it where not."""
    null = NULL.get(figure.quantity)
    if null is None or figure.value is not None or figure.claim not in ("not_zero", "not_shown"):
        return None
    if live.ci_low is None or live.ci_high is None or live.block is not None:
        return None
    return (live.ci_low <= null <= live.ci_high) == (figure.claim == "not_shown")
