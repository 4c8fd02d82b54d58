"""How well markers, alone and combined, tell an outcome apart."""

from typing import Any

from analytics.plan import Definition, Variables
from analytics.questions.answer import Answer, estimate
from analytics.questions.columns import Columns
from analytics.questions.roc.added import added_models
from analytics.questions.roc.comparisons import compared_pairs
from analytics.questions.roc.curves import combined_curve, marker_curve
from analytics.questions.roc.remarks import remarks

__all__ = ["answer_roc"]

FOLLOWED = ("threshold", "sensitivity", "specificity", "auc_corrected", "auc_crossvalidated")


def answer_roc(
    definition: Definition, variables: Variables, columns: Columns, memory: dict[str, Any]
) -> Answer:
    """A curve a marker and one a combination, the markers in pairs, and models with and without some."""
    outcome = definition["outcome"]
    kept = {**memory.get("directions", {}), **definition.get("directions", {})}
    curves = [marker_curve(columns, definition, marker, kept.get(marker)) for marker in definition["markers"]]
    decided = {curve["marker"]: curve["direction"] for curve in curves if curve["reason"] is None}
    curves += [combined_curve(columns, definition, combined) for combined in definition.get("combined", [])]
    estimated = [curve for curve in curves if curve["reason"] is None]
    pairs = compared_pairs(columns, definition, {**decided, **kept})
    payload = {
        "outcome": outcome,
        "n": columns.n,
        "n_missing": int(columns.is_missing(outcome).sum()),
        "n_events": int((columns.numbers(outcome) == 1).sum()),
        **_asked(definition),
        "curves": curves,
        "compared": pairs,
        "family": {
            "n_tests": sum(pair["p_value"] is not None for pair in pairs),
            "adjustment": definition.get("compare"),
        },
        "added": added_models(columns, definition),
    }
    return Answer(
        status="done" if estimated else "not_estimable",
        reason=None if estimated else curves[0]["reason"],
        payload=payload,
        guards=remarks(definition, variables, columns, payload),
        estimates=[
            *[entry for curve in estimated for entry in _of_curve(curve)],
            *[_of_pair(pair) for pair in pairs if pair["reason"] is None],
        ],
        memory={"directions": {**decided, **kept}},
    )


def _asked(definition: Definition) -> dict[str, Any]:
    """What the plan says of how it is computed, for whoever reads the numbers."""
    folds = definition.get("crossvalidation", {})
    return {
        "resamples": definition.get("resamples"),
        "seed": definition.get("seed"),
        "folds": folds.get("folds"),
        "repeats": folds.get("repeats"),
        "partial": definition.get("partial"),
        "adjustment": definition.get("compare"),
    }


def _of_curve(curve: dict[str, Any]) -> list[dict[str, Any]]:
    counted = {"n": curve["n"], "n_events": curve["n_events"]}
    area = estimate(
        curve["marker"],
        "auc",
        curve["auc"],
        standard_error=curve["standard_error"],
        ci_low=curve["ci_low"],
        ci_high=curve["ci_high"],
        **counted,
    )
    rest = [
        estimate(curve["marker"], quantity, curve[quantity], **counted)
        for quantity in FOLLOWED
        if curve.get(quantity) is not None
    ]
    return [area, *rest]


def _of_pair(pair: dict[str, Any]) -> dict[str, Any]:
    named = ("n", "n_events", "standard_error", "ci_low", "ci_high", "p_value")
    return estimate(
        f"{pair['x']}~{pair['y']}",
        "auc_difference",
        pair["difference"],
        **{name: pair[name] for name in named},
    )
