"""Models whose covariates overlap or bend: Firth's joint test, near dependencies, a spline among others."""

from typing import Any

import pandas as pd

from analytics.statistics import firth, logistic
from analytics.statistics.bends import bend, course
from analytics.statistics.design import Design, design_matrix
from analytics.statistics.logistic.dependencies import entangled
from tests.reference.pack import Case, Pack


def _design(frame: pd.DataFrame, names: list[str]) -> Design:
    return design_matrix({name: frame[name].to_numpy() for name in names})


def test_jointly(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    model = firth.fit(_design(frame, case.inputs["vars"]), frame[case.inputs["y"]])
    found = model.joint_test(case.inputs["tested"])
    return {"chisq": found.statistic, "df": found.df, "p": found.p_value}


def find_dependencies(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    design = _design(frame, case.inputs["vars"])
    return {"condition": logistic.condition_number(design), "entangled": list(entangled(design))}


def fit_bend(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    inputs = case.inputs
    adjust = inputs["adjust"] if isinstance(inputs["adjust"], list) else [inputs["adjust"]]
    design = bend(_design(frame, [*adjust, inputs["x"]]), inputs["x"], inputs["knots"])
    model = logistic.fit(design, frame[inputs["y"]])
    found = course(model, inputs["x"], inputs["knots"], inputs["at"], reference=inputs["reference"])
    return {"log_odds_ratio": found.log_odds_ratio, "se": found.standard_error}


KINDS = {
    "firth_joint": test_jointly,
    "near_dependencies": find_dependencies,
    "logistic_bend": fit_bend,
}
