"""Terms of levels: the error of a ratio tells about how few have a level, or had the event in it."""

from collections.abc import Callable, Mapping
from math import exp
from typing import Any

from registry.presentation.suppression.cells import INTERCEPT, four_cells
from registry.presentation.suppression.counts import Entry, is_number

SPREADS = ("intercept_variance", "residual_variance")
OF_A_GROUP = ("level", "change")


def without_few_terms(value: Any, minimum: int) -> Any:
    """Models without the terms of levels that fewer than the minimum may stand behind.

    The variance of a log ratio is at least the sum of one over each cell it compares, and larger beside
    covariates; that of a mean course about the patients' variance over the number in the level.
    """
    if isinstance(value, list):
        return [without_few_terms(each, minimum) for each in value]
    if not isinstance(value, Mapping):
        return value
    told = {key: without_few_terms(inner, minimum) for key, inner in value.items()}
    if all(isinstance(model, Mapping) and "name" in model for model in value.get("models") or (None,)):
        told["models"] = _alike(told["models"], value["models"])
    terms = told.get("terms")
    # A remark names its terms and says nothing else of them.
    if not isinstance(terms, list) or not all(isinstance(term, Mapping) for term in terms):
        return told
    return _without_terms(told, lambda term: _is_of_few(term, told, minimum))


def _alike(models: list[Entry], before: list[Entry]) -> list[Entry]:
    """The same model of two estimands loses the same terms: an error between clusters tells less of few."""
    gone = {
        (model["name"], term["term"])
        for model, was in zip(models, before, strict=True)
        for term in was.get("terms") or ()
        if term not in model["terms"]
    }

    def told(model: Entry) -> Entry:
        return _without_terms(model, lambda term: (model["name"], term["term"]) in gone)

    return [told(model) if model.get("terms") else model for model in models]


def without_group_terms(payload: Entry) -> Entry:
    """Where a group is withheld, its outcome's models lose its term: the error would tell its events."""
    by, models = payload.get("by"), payload.get("models")
    gone = {
        (outcome["outcome"], group["group"])
        for outcome in payload.get("outcomes") or ()
        for group in outcome.get("by_group") or ()
        if group["n"] is None
    }
    if not gone or not models:
        return payload

    def without(model: Entry) -> Entry:
        return _without_terms(
            model,
            lambda term: (
                term["variable"] == by
                and bool({(model["outcome"], term[level]) for level in ("level", "reference")} & gone)
            ),
        )

    return {**payload, "models": [without(model) for model in models]}


def _is_of_few(term: Mapping[str, Any], model: Entry, minimum: int) -> bool:
    if not _is_of_level(term) or not is_number(term.get("standard_error")):
        return False
    return bool(term["standard_error"] ** 2 > _most_variance(term, model, minimum))


def _most_variance(term: Mapping[str, Any], model: Entry, minimum: int) -> float:
    """The variance of a term above which some count in its level or in the others is small."""
    if "role" in term:
        return sum(model.get(spread) or 0.0 for spread in SPREADS) / minimum
    n, n_events = model.get("n"), model.get("n_events")
    if not isinstance(n, int) or not isinstance(n_events, int) or term["level"] is not None:
        return 1 / minimum
    is_of_hazards = "hazard_ratio" in term
    tables = [
        (events, n_events - events)
        if is_of_hazards
        else four_cells(events, n_events, n - n_events, exp(term["coefficient"]))
        for events in range(minimum, n_events)
    ]
    fitting = [sum(1 / cell for cell in cells) for cells in tables if min(cells) >= minimum]
    # Few in the level, or few in all others: whoever knows which is rare knows which it was.
    return min(fitting[0], fitting[-1]) if fitting else 0.0


def _is_of_level(term: Mapping[str, Any]) -> bool:
    """Whether a term is of a level, or of a yes or no; a product where all its parts are.

    Those of a group in a mean course stand and go with their group.
    """
    if term.get("variable") in (None, INTERCEPT) or term.get("role") in OF_A_GROUP:
        return False
    return all(part.get("per", 1) is None for part in term.get("parts") or (term,))


def _without_terms(model: Entry, is_gone: Callable[[Mapping[str, Any]], bool]) -> Entry:
    terms = [term for term in model["terms"] if not is_gone(term)]
    if len(terms) == len(model["terms"]):
        return model
    told: Entry = {**model, "terms": terms, "is_withheld": True}
    tested, kept = model.get("proportional_hazards") or {}, {term["term"] for term in terms}
    if "courses" in tested:
        courses = [course for course in tested["courses"] if course["term"] in kept]
        told["proportional_hazards"] = {**tested, "courses": courses}
    return told
