"""Which live numbers stand under a block: computed because they were published, and not to be relied on."""

from collections.abc import Iterator, Mapping
from typing import Any

from analytics.plan.options import found_at

RATIOS = ("log_odds_ratio", "log_hazard_ratio", "log_subdistribution_hazard_ratio")
OF_MODEL = ("auc", "auc_corrected", "slope_corrected", "brier", "ici")

Payload = Mapping[str, Any]
Blocked = tuple[tuple[str, str], str]


def replicates(definition: Payload) -> bool:
    """Whether a question, or one of its models, is computed as it was published.

    >>> replicates({"models": [{"name": "paper", "is_replication": True}]})
    True
    """
    return any([definition.get("is_replication"), *found_at("models.*.is_replication", definition)])


def blocks_of(payload: Payload) -> dict[tuple[str, str], str]:
    """By term and quantity of an estimate, the code of the block under which it stands."""
    return dict([*_of_models(payload), *_of_pairs(payload)])


def names_of(model: Payload, term: str) -> list[str]:
    """What the estimates of a term are called: with the model's name, in the primary model without too."""
    return [f"{model['name']}.{term}", *([term] if model.get("is_primary") else [])]


def _of_models(payload: Payload) -> Iterator[Blocked]:
    """The ratios of the covariates that overlap, and all that tells how well such a model predicts."""
    for model in payload.get("models") or ():
        block = model.get("block")
        if block is None:
            continue
        yield from (((model["name"], quantity), block["code"]) for quantity in OF_MODEL)
        for term in model.get("terms") or ():
            if term["variable"] in block["covariates"]:
                names = names_of(model, term["term"])
                yield from (((name, ratio), block["code"]) for name in names for ratio in RATIOS)


def _of_pairs(payload: Payload) -> Iterator[Blocked]:
    """Correlations of a quantity with what it is computed from, of which a P says nothing."""
    for pair in payload.get("pairs") or ():
        if pair.get("is_structural"):
            term = f"{pair['x']}~{pair['y']}"
            yield from (((name, "r"), "structural") for name in (term, f"{term}@{pair['stratum']}"))
