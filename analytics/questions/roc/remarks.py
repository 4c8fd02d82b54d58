"""What a careful statistician would say of curves, cut-offs and what markers add."""

from typing import Any

from analytics import guards
from analytics.plan import Definition, Variables
from analytics.questions.columns import Columns
from analytics.questions.follow_up import time_ignored


def remarks(
    definition: Definition, variables: Variables, columns: Columns, payload: dict[str, Any]
) -> list[guards.Guard]:
    """The guards of a ROC question, those of design and data first."""
    outcome = variables[definition["outcome"]]
    curves, added = payload["curves"], payload["added"]
    estimated = [curve for curve in curves if curve["reason"] is None]
    models = _models(curves, added)
    found = [
        time_ignored(definition["outcome"], columns),
        guards.case_control(columns.design_groups()),
        guards.pooled_models(_drawn(estimated), definition["outcome"], variables, columns.design_groups()),
        guards.not_estimable(curves, "marker"),
        guards.missing(curves, "marker", outcome),
        *[guards.direction(curve) for curve in estimated],
        guards.below_operating_point(estimated),
        guards.in_sample([curve["marker"] for curve in estimated if _is_in_sample(curve)]),
        guards.uncalibrated(estimated, outcome),
        guards.added_value(estimated, added),
        guards.reclassified(added),
        guards.events_per_variable(models, outcome),
        *[guards.derived_beside_parents(model, variables) for model in models],
        guards.data_driven_cut_off(estimated),
        guards.resampled_cut_off(estimated),
        guards.all_or_none(estimated),
        guards.unequal_areas(estimated),
        guards.several_sites(columns.n_sites()),
    ]
    family = payload["family"]
    if family["n_tests"]:
        found.append(guards.many_tests(family["n_tests"], family["adjustment"]))
    return [guard for guard in found if guard is not None]


def _models(curves: list[dict[str, Any]], added: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is fitted for the combinations and for what markers add; a refused one is withdrawn."""
    fitted = [
        *({**curve, "name": curve["marker"]} for curve in curves if "markers" in curve),
        *({**model, "markers": [*model["base"], *model["markers"]]} for model in added),
    ]
    return [{**model, "covariates": model["markers"], "block": model["reason"]} for model in fitted]


def _drawn(curves: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The curves as models of what they are drawn of."""
    return [
        {"name": curve["marker"], "covariates": curve.get("markers", [curve["marker"]]), "reason": None}
        for curve in curves
    ]


def _is_in_sample(curve: dict[str, Any]) -> bool:
    """Whether a combination is judged on the patients it was fitted to, and on no others."""
    return "markers" in curve and None in (curve.get("auc_corrected"), curve.get("auc_crossvalidated"))
