"""A model frozen at one time and scored on patients enrolled later, by the question that asks for it."""

from typing import Any

import pandas as pd

from analytics.questions import answer
from tests.reference.pack import Case, Pack

VARIABLES: dict[str, dict[str, Any]] = {
    "age": {"label": "Age"},
    "mg": {"label": "Magnesium"},
    "male": {"label": "Male sex"},
    "died": {"label": "Death", "from": "y", "at_least": 1},
}


def frozen_model(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    inputs = case.inputs
    question = {
        "slug": "frozen",
        "kind": "validation",
        "outcome": "died",
        "model": {"name": "frozen", "title": "", "covariates": list(inputs["vars"])},
        "freeze_on": inputs["freeze_on"],
        "threshold": inputs["threshold"],
    }
    table = frame.assign(enrolled_on=pd.to_datetime(frame["enrolled_on"]))
    development, later = answer(question, VARIABLES, table).payload["within"]
    return {
        "n_development": development["n"],
        "coefficients": [term["coefficient"] for term in development["terms"]],
        "auc_se": later["standard_error"],
        "slope_ci": [later["slope_ci_low"], later["slope_ci_high"]],
        **{
            key: later[key]
            for key in ("n", "n_events", "n_missing", "auc", "intercept", "slope", "brier", "tp", "fp")
        },
        "sensitivity_ci": later["sensitivity_ci"],
        "specificity_ci": later["specificity_ci"],
    }


KINDS = {"frozen_model": frozen_model}
