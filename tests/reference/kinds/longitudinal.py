"""Linear mixed models."""

from typing import Any

import pandas as pd

from analytics.statistics.longitudinal.mixed import mixed_model
from tests.reference.pack import Case, Pack


def mixed(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    inputs = case.inputs
    model = mixed_model(
        frame[inputs["value"]],
        frame[inputs["time"]],
        frame[inputs["patient"]],
        covariates={name: frame[name] for name in inputs["covariates"]},
        random_slope=inputs["random_slope"],
    )
    random = [model.intercept_variance]
    if inputs["random_slope"]:
        random += [model.slope_variance, model.intercept_slope_covariance]
    return {
        "n": model.n,
        "patients": model.n_patients,
        "beta": [term.coefficient for term in model.terms],
        "se": [term.standard_error for term in model.terms],
        "loglik": model.log_likelihood,
        "variances": [*random, model.residual_variance],
    }


KINDS = {"mixed_model": mixed}
