"""Entries of payloads as guards look at them, in order unless a field says otherwise."""

import math
from typing import Any

VARIABLES: dict[str, Any] = {
    "ca": {"unit": "mmol/L"},
    "p": {},
    "ca_x_p": {"derived_from": ["ca", "p"]},
    "aac24": {"each": "point"},
    "calcified": {"from": "aac24", "at_least": 1},
    "twice": {"derived_from": ["ca_x_p"]},
}


def pair(**within: Any) -> dict[str, Any]:
    described = {"partial_r": 0.1, "r": {"mhd": 0.1, "control": 0.1}, "is_changed": False} | within
    return {"x": "mg", "y": "p", "r": 0.4, "within_groups": described}


def model(**fields: Any) -> dict[str, Any]:
    plain = {
        "name": "primary",
        "covariates": ["ca", "p"],
        "vif": {"ca": 1.2, "p": 1.3},
        "is_replication": False,
        "events_per_variable": 24.0,
        "separated": False,
        "infinite": [],
        "selected_by": None,
        "linearity": [{"variable": "ca", "p_value": 0.4}, {"variable": "p", "p_value": None}],
        "hanging": [],
        "is_primary": True,
        "reason": None,
    }
    return plain | fields


def followed(n_competing: int) -> dict[str, Any]:
    return {"outcome": "time_to_death", "n": 100, "n_events": 20, "n_competing": n_competing}


def hazard(p_value: float) -> dict[str, Any]:
    tested = {"terms": [{"variable": "mg", "p_value": p_value}], "overall": {"p_value": p_value}}
    return {"name": "primary", "proportional_hazards": tested}


def benefit(model: float) -> dict[str, float]:
    return {"threshold": 0.2, "model": model, "treat_all": 0.02}


def curve(**fields: Any) -> dict[str, Any]:
    plain = {
        "marker": "mg",
        "auc": 0.9,
        "sensitivity": 0.9,
        "specificity": 0.8,
        "direction": ">",
        "direction_suggested": ">",
        "tied_thresholds": [],
        "reason": None,
    }
    return plain | fields


def term(variable: str, value: float, p_value: float = 0.01) -> dict[str, Any]:
    scaled = {"odds_ratio": math.exp(0.1 * value)}
    step = {"per": 0.1, "level": None, "reference": None}
    return {"variable": variable, **step, "coefficient": value, "p_value": p_value, "scaled": scaled}


def by_sex(p_value: float | None) -> dict[str, Any]:
    within = [{"level": "female", "auc": 0.9}, {"level": "male", "auc": 0.7}]
    return {"variable": "sex", "within": within, "p_value": p_value}


def coefficient(method: str, r: float | None) -> dict[str, Any]:
    return {"x": "mg", "y": "p", "stratum": "pooled", "method": method, "r": r}
