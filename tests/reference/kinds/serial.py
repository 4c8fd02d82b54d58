"""Questions over time, asked through their door of patients and draws made from spells: our own pack."""

from typing import Any

import numpy as np
import pandas as pd

from analytics.questions import answer
from tests.reference.pack import Case, Pack

VARIABLES: dict[str, dict[str, Any]] = {
    "p": {"label": "Phosphorus"},
    "age": {"label": "Age", "per": 10},
    "sex": {"label": "Sex", "levels": [{"code": "f", "label": "Female"}, {"code": "m", "label": "Male"}]},
    "male": {"label": "Male", "from": "sex", "in": ["m"]},
    "death": {
        "label": "Death",
        "from": "terminal_status",
        "time": "follow_up_months",
        "event": ["death"],
        "competing": [],
        "censored": [""],
    },
}
QUESTION = {
    "slug": "course",
    "kind": "longitudinal",
    "title": "Phosphorus over time",
    "lab": "p",
    "outcome": "death",
    "times": [0],
    "window": 3,
}


def asked(frame: pd.DataFrame, **fields: Any) -> dict[str, Any]:
    """What the question tells of the spells."""
    first, last = frame.groupby("id").first(), frame.groupby("id").last()
    patients = pd.DataFrame(
        {
            "study_id": first.index.astype(str),
            "age": first["age"].to_numpy(dtype=float),
            "sex": first["sex"].to_numpy(),
            "p": first["p"].to_numpy(),
            "follow_up_months": last["stop"].to_numpy(dtype=float),
            "terminal_status": np.where(last["event"] == 1, "death", ""),
        }
    )
    draws = pd.DataFrame(
        {
            "patient": first.index.get_indexer(frame["id"]),
            "months": frame["start"].to_numpy(dtype=float),
            "p": frame["p"].to_numpy(),
        }
    )
    return answer(QUESTION | fields, VARIABLES, patients, draws=draws).payload


def course(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    payload = asked(frame, by="sex", times=case.inputs["times"], window=case.inputs["window"])
    return {
        group["group"]: [
            {
                "n": point["n"],
                "mean": point["mean"],
                "sd": point["sd"],
                "low": point["ci_low"],
                "high": point["ci_high"],
            }
            for point in group["at"]
        ]
        for group in payload["by_group"]
    }


def mixed(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    payload = asked(frame, by=case.inputs["by"], covariates=case.inputs["covariates"])
    [model] = payload["models"]
    terms = [*(term for group in payload["by_group"] for term in group["terms"]), *model["terms"]]
    random = ("intercept_variance", "slope_variance", "intercept_slope_covariance", "residual_variance")
    return {
        "n": model["n"],
        "measurements": model["n_measurements"],
        "beta": [term["coefficient"] for term in terms],
        "se": [term["standard_error"] for term in terms],
        "p": [term["p_value"] for term in terms],
        "loglik": model["log_likelihood"],
        "variances": [model[name] for name in random],
        "icc": model["icc"],
    }


def hazard(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    treatment, landmark = case.inputs["treatment"], case.inputs["from"]
    since = {"landmark": landmark, "landmark_window": landmark} if landmark else {}
    predictors = [{"name": treatment, "title": treatment}]
    payload = asked(frame, covariates=["age", "male"], predictors=predictors, **since)
    model = payload["models"][1]
    tested = model["proportional_hazards"]
    return {
        "n": model["n"],
        "events": model["n_events"],
        "beta": [term["coefficient"] for term in model["terms"]],
        "se": [term["standard_error"] for term in model["terms"]],
        "p": [term["p_value"] for term in model["terms"]],
        "zph": [test["p_value"] for test in (*tested["terms"], tested["overall"])],
    }


KINDS = {"serial_course": course, "serial_mixed": mixed, "serial_hazard": hazard}
