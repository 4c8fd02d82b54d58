"""Time to an event as tables: incidence of each outcome, hazard ratios, areas over time."""

from analytics.figures.figure import Table
from analytics.figures.words import Words
from analytics.tables.cells import Payload
from analytics.tables.survival.areas import tabulate_areas
from analytics.tables.survival.hazards import tabulate_hazard_ratios
from analytics.tables.survival.incidence import tabulate_incidence

__all__ = ["tabulate_survival"]


def tabulate_survival(payload: Payload, words: Words) -> list[Table]:
    """Incidence and event-free time for each outcome, then all models, then the areas."""
    return [
        *[
            table
            for outcome in payload["outcomes"]
            if outcome["by_group"]
            for table in tabulate_incidence(outcome, payload, words)
        ],
        *([tabulate_hazard_ratios(payload, words)] if payload["models"] else []),
        *([tabulate_areas(payload, words)] if payload["areas"] else []),
    ]
