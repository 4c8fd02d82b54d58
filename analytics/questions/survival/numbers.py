"""The numbers of a survival question that are followed from run to run."""

from typing import Any

from analytics.questions.answer import coefficient, estimate

Payload = dict[str, Any]


def followed_numbers(payload: Payload) -> list[Payload]:
    """Incidences at the horizon, log hazard ratios, areas at each time."""
    return [
        *[entry for outcome in payload["outcomes"] for entry in _incidences(outcome)],
        *[entry for model in payload["models"] for entry in _hazard_ratios(model)],
        *[entry for area in payload["areas"] for entry in _areas(area)],
    ]


def _incidences(outcome: Payload) -> list[Payload]:
    """The cumulative incidence of each group at the horizon."""
    return [
        estimate(
            f"{outcome['outcome']}.{entry['group']}",
            "cumulative_incidence",
            point["cumulative_incidence"],
            standard_error=point["standard_error"],
            ci_low=point["ci_low"],
            ci_high=point["ci_high"],
            n=entry["n"],
            n_events=entry["n_events"],
        )
        for entry in outcome["by_group"]
        if (point := entry["at_horizon"]) is not None and point["cumulative_incidence"] is not None
    ]


def _hazard_ratios(model: Payload) -> list[Payload]:
    """The log hazard ratio of each term, under the name of its model."""
    quantity = "log_hazard_ratio"
    if model["estimand"] == "subdistribution":
        quantity = "log_subdistribution_hazard_ratio"
    return [
        coefficient(f"{model['name']}.{term['term']}", quantity, term, model)
        for term in model["terms"]
        if term["reason"] is None
    ]


def _areas(area: Payload) -> list[Payload]:
    """The area at each time, under the outcome and the marker or model."""
    return [
        estimate(
            f"{area['outcome']}.{area['name']}.{point['time']:g}",
            "time_dependent_auc",
            point["auc"],
            standard_error=point["standard_error"],
            ci_low=point["ci_low"],
            ci_high=point["ci_high"],
            n=area["n"],
            n_events=point["n_events"],
        )
        for point in area["at"]
        if point["auc"] is not None
    ]
