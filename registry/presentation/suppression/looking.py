"""The looks at a hypothesis: those of runs that are shown, and none few events after another."""

from collections.abc import Callable, Mapping
from typing import Any

from registry.presentation.suppression.counts import Entry, is_small
from registry.presentation.suppression.formulas import shortened

OF_ALL = ("boundary", "at_end")
OF_LAST = ("boundary", "spent", "remaining", "at_end", "next_at")


def without_near_looks(hypothesis: Entry, minimum: int) -> Entry:
    """A hypothesis without the looks that few events came in between and those told, or the present."""
    if not isinstance(hypothesis.get("looks"), list):
        # A remark says only how many there were.
        return hypothesis
    now = hypothesis.get("n_events" if hypothesis.get("unit") == "events" else "n")
    told = [] if now is None else [now]

    def is_told(look: Mapping[str, Any]) -> bool:
        if any(is_small(abs(look["information"] - size), minimum) for size in told):
            return False
        told.append(look["information"])
        return True

    return _with_looks(hypothesis, is_told)


def at_looks(payload: Entry, seen: Mapping[str, set[int]]) -> Entry:
    """A payload whose hypotheses tell only these of their looks, by their names."""
    if "hypotheses" not in payload:
        return payload

    def told(hypothesis: Entry) -> Entry:
        return _with_looks(hypothesis, lambda look: look["look"] in seen.get(hypothesis["name"], ()))

    return {**payload, "hypotheses": [told(hypothesis) for hypothesis in payload["hypotheses"]]}


def _with_looks(hypothesis: Entry, is_told: Callable[[Mapping[str, Any]], bool]) -> Entry:
    """A hypothesis with some of its looks; what the others would be worked out from goes or is shortened."""
    looks = hypothesis["looks"] or []
    kept = [look for look in looks if is_told(look)]
    if len(kept) == len(looks):
        return hypothesis
    gone = OF_LAST if looks[-1] not in kept else ()
    told = {**hypothesis, "looks": [_shortened(look) for look in kept], "is_withheld": True}
    return _shortened(told) | dict.fromkeys(key for key in gone if key in told)


def _shortened(entry: Mapping[str, Any]) -> Entry:
    """Without the digits of a boundary that tell where the ones before it were."""
    return {
        key: shortened(value) if key in OF_ALL and value is not None else value
        for key, value in entry.items()
    }
