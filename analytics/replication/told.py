"""What a live answer says beside its ledger's numbers: steps, blocks, limits of shares, how common it is."""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from analytics.replication.blocks import RATIOS, blocks_of, names_of

SHARES = ("sensitivity", "specificity")

Payload = Mapping[str, Any]
Entry = tuple[tuple[str, str], dict[str, Any]]


def told_beside(payload: Payload) -> dict[tuple[str, str], dict[str, Any]]:
    """By term and quantity, what belongs to an estimate and the ledger does not keep.

    Parameters
    ----------
    payload : mapping
        Of a logistic, survival or roc question, as an account may see it.

    Returns
    -------
    dict
        A ratio's ``per`` and the code of its ``block``; the ``ci_low`` and ``ci_high``
        of a share; how many ``n`` and ``n_events`` an ``event_share`` is of. None where withheld.
    """
    return dict([*_of_models(payload), *_of_curves(payload)])


def _of_models(payload: Payload) -> Iterator[Entry]:
    blocks = blocks_of(payload)
    for model in payload.get("models") or ():
        for term in model.get("terms") or ():
            for number in product(names_of(model, term["term"]), RATIOS):
                yield number, {"per": term.get("per"), "block": blocks.get(number)}


def _of_curves(payload: Payload) -> Iterator[Entry]:
    for curve in payload.get("curves") or ():
        for share in SHARES:
            low, high = curve.get(f"{share}_ci") or (None, None)
            yield (curve["marker"], share), {"ci_low": low, "ci_high": high}
    if payload.get("curves"):
        n, n_missing = payload["n"], payload["n_missing"]
        known = None if n is None or n_missing is None else n - n_missing
        yield (payload["outcome"], "event_share"), {"n": known, "n_events": payload["n_events"]}
