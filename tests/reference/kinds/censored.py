"""Results beyond a limit of detection."""

from typing import Any

import numpy as np
import pandas as pd

from analytics.statistics import censored
from analytics.statistics.design import design_matrix
from tests.reference.pack import Case, Pack


def tobit(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    inputs = case.inputs
    model = censored.tobit(
        design_matrix({name: frame[name].to_numpy() for name in inputs["vars"]}, factors=inputs["factors"]),
        censored.Bounds(
            low=frame[inputs["low"]].fillna(-np.inf).to_numpy(float),
            high=frame[inputs["high"]].fillna(np.inf).to_numpy(float),
        ),
    )
    return {
        "n": model.n,
        "beta": model.coefficients,
        "se": model.standard_errors,
        "z": model.statistic,
        "p": model.p_value,
        "scale": model.scale,
        "log_scale_se": model.log_scale_error,
        "loglik": model.log_likelihood,
    }


KINDS = {"tobit": tobit}
