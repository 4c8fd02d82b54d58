"""Time to an event: incidence, hazard ratios, how they move, and how well the event is foretold."""

from typing import Any

from analytics.figures.figure import Figure
from analytics.figures.survival.areas import draw_areas
from analytics.figures.survival.courses import draw_courses
from analytics.figures.survival.hazards import draw_hazard_ratios
from analytics.figures.survival.incidence import draw_incidence
from analytics.figures.words import Words

__all__ = ["draw_survival"]


def draw_survival(payload: dict[str, Any], words: Words) -> list[Figure]:
    """One figure an outcome, then one of all models, the courses of each, and the areas of each outcome."""
    return [
        *[draw_incidence(outcome, payload, words) for outcome in payload["outcomes"] if outcome["by_group"]],
        *([draw_hazard_ratios(payload, words)] if payload["models"] else []),
        *[
            draw_courses(model, payload["horizon"], words)
            for model in payload["models"]
            if (model["proportional_hazards"] or {}).get("courses")
        ],
        *[
            draw_areas(outcome["outcome"], payload, words)
            for outcome in payload["outcomes"]
            if any(area["outcome"] == outcome["outcome"] and area["at"] for area in payload["areas"])
        ],
    ]
