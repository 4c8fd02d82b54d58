"""The numbers that a question of looks follows, or one of planning foretells, and what each must say."""

from collections.abc import Iterable, Iterator
from typing import Any

Entry = dict[str, Any]

FOLLOWED = {
    "auc": ("marker",),
    "correlation": ("x", "y"),
    "log_hazard_ratio": ("outcome", "variable"),
    "log_odds_ratio": ("variable",),
}
"""May be looked at again and again; beside its question's outcome, each names this."""
FORETOLD = {
    "auc": ("marker", "half_width"),
    "correlation": ("x", "y", "half_width"),
    "hazard_ratio": ("outcome", "variable", "factor"),
    "odds_ratio": ("variable", "factor"),
    "proportion": ("half_width",),
}
"""May have their precision foretold."""
LEAST = {"tuned_at": 0, "information_at_end": 0, "half_width": 0, "factor": 1}
"""What must be above it."""
SPENDING = ("obrien_fleming", "pocock")
SIDES = ((2, None), (1, "greater"), (1, "less"))
"""Sides of a test, and the one that counts where it is only one."""
IDENTITY = ("quantity", "x", "y", "marker", "variable")


def wrong_with_numbers(question: Entry) -> list[str]:
    """What keeps a question of looks or of planning from being answered as it is written.

    >>> wrong_with_numbers({"kind": "planning", "precision": [{"quantity": "auc", "half_width": 0.05}]})
    ['auc lacks marker']
    """
    if question["kind"] == "planning":
        wanted = question.get("precision", [])
        return [*_in_numbers(wanted, FORETOLD), *_asked_twice(wanted)]
    estimates, hypotheses = question.get("estimates", []), question.get("hypotheses", [])
    return [
        *([] if "alpha" in question else ["alpha is missing"]),
        *_in_numbers(estimates, FOLLOWED, "name", "tuned_at"),
        *_in_numbers(hypotheses, FOLLOWED, "name", "spending", "information_at_end"),
        *_asked_twice(estimates),
        *_asked_twice(hypotheses),
        *_in_tests(hypotheses),
    ]


def _in_numbers(
    entries: Iterable[Entry], made_from: dict[str, tuple[str, ...]], *needed: str
) -> Iterator[str]:
    for entry in entries:
        quantity = entry.get("quantity")
        if quantity not in made_from:
            yield f"there is no quantity {quantity!r}; there are {', '.join(made_from)}"
            continue
        keys = (*needed, *made_from[quantity])
        lacking = [key for key in keys if key not in entry]
        if lacking:
            yield f"{_called(entry)} lacks {', '.join(lacking)}"
        for key in keys:
            if key in LEAST and key in entry and not entry[key] > LEAST[key]:
                yield f"{key} of {_called(entry)} is not above {LEAST[key]}"


def _in_tests(hypotheses: Iterable[Entry]) -> Iterator[str]:
    for entry in hypotheses:
        if entry.get("spending", SPENDING[0]) not in SPENDING:
            yield f"{_called(entry)} spends its error in an unknown way; there are {', '.join(SPENDING)}"
        if (entry.get("sides", 2), entry.get("alternative")) not in SIDES:
            yield f"{_called(entry)} has neither two sides nor one that is greater or less"


def _asked_twice(entries: list[Entry]) -> Iterator[str]:
    """Numbers without a name of their own are followed by what they are."""
    names = [_called(entry) for entry in entries]
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            yield f"{name} is asked for twice; give each a name of its own"


def _called(entry: Entry) -> str:
    own = entry.get("name")
    return str(own) if own else " of ".join(str(entry[key]) for key in IDENTITY if key in entry)
