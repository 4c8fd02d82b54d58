"""Remarks on whom a question is asked of, in every kind of question that they are meant for."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics import guards
from analytics.guards import Guard
from analytics.plan import load_plan
from analytics.questions import answer
from registry.presentation.guards import remark
from tests.analytics.tables import draws_of, mhd

PLAN = load_plan("mhd")
MHD = mhd().assign(site=lambda table: np.where(np.arange(len(table)) % 2, "north", "south"))
EVERYBODY: dict[str, Any] = {"population": {}}
MODEL = {"name": "own", "title": "Our own", "covariates": ["age", "mg"]}
POOLED: dict[str, dict[str, Any]] = {
    "calcification-multivariable": {"models": [MODEL]},
    "calcification-univariable": {"univariable": ["age", "mg"]},
    "calcification-roc": {"combined": [], "markers": ["mg", "p"], "report_by": [], "resamples": 20},
    "cvd-death-calibration": {"outcome": "calcified", "models": [MODEL], "resamples": 20},
    "cvd-death-validation": {"outcome": "calcified", "model": MODEL},
    "cvd-death-survival": {"models": [MODEL | {"outcome": "time_to_cvd_death"}], "areas": {}, "by": None},
    "looks": {
        "outcome": "calcified",
        "hypotheses": [],
        "estimates": [
            {"name": "own", "quantity": "log_odds_ratio", "variable": "mg", "tuned_at": 200}
            | {"covariates": ["age"]}
        ],
    },
}


def asked(slug: str, frame: pd.DataFrame = MHD, **fields: Any) -> dict[str, list[Guard]]:
    question = {key: value for key, value in PLAN.question(slug).items() if key != "crossvalidation"}
    if fields.get("by", "") is None:
        question.pop("by")
        fields.pop("by")
    given = answer(question | fields, PLAN.variables, frame, draws=draws_of(frame))
    assert given.status == "done"
    said: dict[str, list[Guard]] = {}
    for guard in given.guards:
        said.setdefault(guard["code"], []).append(guard)
    return said


@pytest.mark.parametrize("slug", POOLED)
def test_a_model_over_patients_and_controls_is_pooled(slug: str) -> None:
    alive = MHD["group"] == "control"
    frame = MHD.assign(terminal_status=MHD["terminal_status"].where(~alive, ""))
    said = asked(slug, frame, **EVERYBODY, **POOLED[slug])
    assert [guard["found"]["place"] for guard in said["G3"]] == ["model"]
    assert "pooled, and not held equal" in remark(said["G3"][0], str).text
    assert ("G17" in said) == (slug != "looks")
    assert "G3" not in asked(slug, **POOLED[slug])


def test_a_model_that_holds_the_group_or_tells_it_apart_is_not_pooled() -> None:
    held = [MODEL | {"covariates": ["age", "mg", "group"]}]
    assert "G3" not in asked("calcification-multivariable", models=held, **EVERYBODY)
    groups, entry = {"mhd": 5, "control": 5}, {**MODEL, "reason": None}
    variables = {"group": {"is_design": True}, "is_patient": {"from": "group", "in": ["mhd"]}, "died": {}}
    assert guards.pooled_models([entry], "is_patient", variables, groups) is None
    assert guards.pooled_models([entry | {"strata": ["group"]}], "died", variables, groups) is None
    fired = guards.pooled_models([entry], "died", variables, groups)
    assert fired is not None
    assert fired["found"]["models"] == ["own"]


@pytest.mark.parametrize(
    "slug",
    ["groups", "correlations-mhd", "looks", "cvd-death-validation", "phosphorus-over-time"],
)
def test_several_sites_are_said_wherever_errors_take_patients_for_independent(slug: str) -> None:
    assert asked(slug)["G26"][0]["found"]["sites"] == 2
    assert "G26" not in asked(slug, MHD.assign(site="north"))


def test_covariates_chosen_by_p_are_said_wherever_they_are_used() -> None:
    chosen = MODEL | {"selected_by": "p_value"}
    for slug, fields in (
        ("cvd-death-calibration", {"models": [chosen], "resamples": 20}),
        ("cvd-death-validation", {"model": chosen}),
        ("cvd-death-survival", {"models": [chosen | {"outcome": "time_to_cvd_death"}], "areas": {}}),
    ):
        assert asked(slug, **fields)["G8"][0]["found"]["models"] == ["own"]
        assert "G8" not in asked(slug)


def test_what_an_outcome_and_its_models_lack_is_said_once() -> None:
    frame = MHD.assign(follow_up_months=MHD["follow_up_months"].where(np.arange(len(MHD)) % 10 > 0))
    [fired] = asked("cvd-death-survival", frame)["G22"]
    assert list(fired["found"]["lost"]) == ["time_to_cvd_death", "primary", "stratified"]


def test_hazard_ratios_by_several_uses_of_a_measurement_are_several_tests() -> None:
    [fired] = asked("phosphorus-over-time")["G19"]
    assert fired["found"]["tests"] == 4


def test_a_frozen_cut_off_that_errs_in_nobody_is_quoted_with_its_interval() -> None:
    dead = MHD["terminal_status"] == "death_cv"
    later = MHD["enrolled_on"] > np.datetime64("2021-04-30")
    frame = MHD.assign(mg=MHD["mg"].where(~later, np.where(dead, 0.2, 2.0)))
    [fired] = asked("cvd-death-validation", frame)["G14"]
    assert {share["share"] for share in fired["found"]["shares"]} == {"sensitivity", "specificity"}
    assert all(low < high for share in fired["found"]["shares"] for low, high in [share["limits"]])
    assert "G14" not in asked("cvd-death-validation")


@pytest.mark.parametrize(("outlier", "is_said"), [(30.0, True), (1.0, False)])
def test_outliers_are_told_though_no_ranks_were_asked_for(outlier: float, is_said: bool) -> None:
    mg, p = np.random.default_rng(4).normal(1, 0.1, size=(2, len(MHD)))
    mg[0] = p[0] = outlier
    fields = {"variables": ["mg", "p"], "methods": ["pearson"], "compare": [], "given": []}
    said = asked("correlations-mhd", MHD.assign(mg=mg, p=p), **fields)
    assert ("G24" in said) == is_said
