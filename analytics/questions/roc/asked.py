"""What a plan may ask of curves."""

from collections.abc import Iterator

from analytics.plan import Definition, PlanError
from analytics.questions.events import EVENTS_NEEDED

RULES = ("closest_topleft", "sensitivity_at_least", "specificity_at_least")
SEEDED = ("resamples", "crossvalidation")


def require_answerable(definition: Definition) -> None:
    """Refuse a question that asks for what no curve of it could give."""
    for fault in _faults(definition):
        raise PlanError(f"question {definition['slug']} {fault}")


def _faults(definition: Definition) -> Iterator[str]:
    named = [*definition["markers"], *(entry["name"] for entry in definition.get("combined", []))]
    for marker in definition.get("thresholds", {}):
        if marker not in named:
            yield f"has cut-offs for {marker}, which is none of its markers"
    for rule, wanted in definition.get("rules", {}).items():
        if rule not in RULES:
            yield f"has cut-offs by an unknown rule, {rule!r}; the rules are {', '.join(RULES)}"
        if rule.endswith("_at_least") and not 0 < wanted <= 1:
            yield f"wants a share of {wanted} by the rule {rule}; shares lie within 0 and 1"
    if any(name in definition for name in SEEDED) and "seed" not in definition:
        yield "is resampled without a seed"
    folds = definition.get("crossvalidation", {}).get("folds", 2)
    if not 2 <= folds <= EVENTS_NEEDED:
        yield f"splits patients into {folds} parts; 2 to {EVENTS_NEEDED} leave an event in each"
    if "compare" in definition and len(definition["markers"]) < 2:
        yield "compares fewer than two markers"
