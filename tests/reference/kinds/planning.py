"""Declared looks and sample size."""

from typing import Any

import pandas as pd

from analytics.statistics.samplesize import correlation_half_width, expected_shrinkage, riley_sample_size
from analytics.statistics.sequential.group_sequential import group_sequential_design, repeated_looks_error
from tests.reference.pack import Case, Pack


def group_sequential(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    information = case.inputs["info"]
    early = group_sequential_design(information, spending="obrien_fleming")
    level = group_sequential_design(information, spending="pocock")
    return {
        "info": information,
        "fixed_looks_type1_at_005": repeated_looks_error(information),
        "cumulative_spend_OF": early.cumulative_spend,
        "z_OF": early.z,
        "p_OF_two_sided": early.p_value,
        "cumulative_spend_Pocock": level.cumulative_spend,
        "z_Pocock": level.z,
        "p_Pocock_two_sided": level.p_value,
    }


def sample_size_riley(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    inputs = case.inputs
    size = riley_sample_size(
        parameters=inputs["params"],
        prevalence=inputs["prevalence"],
        r2_cox_snell=inputs["r2cs"],
        shrinkage=inputs["shrinkage"],
    )
    return {
        "n_shrinkage": size.n_shrinkage,
        "n_optimism_r2": size.n_optimism,
        "n_intercept": size.n_intercept,
        "max_r2_coxsnell": size.max_r2_cox_snell,
        "n_required": size.n,
        "events_required": size.n_events,
        "epp": size.events_per_parameter,
    }


def shrinkage_expected(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    inputs = case.inputs
    found = expected_shrinkage(parameters=inputs["params"], r2_cox_snell=inputs["r2cs"], n=inputs["n"])
    return {"shrinkage": found}


def half_width(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    return {"half_width": correlation_half_width(case.inputs["r"], case.inputs["n"])}


KINDS = {
    "correlation_half_width": half_width,
    "expected_shrinkage": shrinkage_expected,
    "group_sequential": group_sequential,
    "sample_size_riley": sample_size_riley,
}
