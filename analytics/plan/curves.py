"""What a plan may ask of curves."""

from collections.abc import Iterator

from analytics.plan.definition import Definition

RULES = ("closest_topleft", "sensitivity_at_least", "specificity_at_least")
SEEDED = ("resamples", "crossvalidation")


def wrong_with_curves(definition: Definition) -> Iterator[str]:
    """What keeps a question of curves from being answered as it is written."""
    named = [*definition["markers"], *(entry["name"] for entry in definition.get("combined", []))]
    for marker in definition.get("thresholds", {}):
        if marker not in named:
            yield f"it has cut-offs for {marker}, which is none of its markers"
    for rule in definition.get("rules", {}):
        if rule not in RULES:
            yield f"it has cut-offs by an unknown rule, {rule!r}; the rules are {', '.join(RULES)}"
    if any(name in definition for name in SEEDED) and "seed" not in definition:
        yield "it is resampled without a seed"
    if "compare" in definition and len(definition["markers"]) < 2:
        yield "it compares fewer than two markers"
