"""What blocks a model's odds ratios blocks it wherever it is fitted, and so does the want of events."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics.guards import Guard
from analytics.plan import load_plan
from analytics.questions import Answer, answer
from registry.presentation.guards import remark
from tests.analytics.logistic import with_few_events
from tests.analytics.tables import mhd

PLAN, MHD = load_plan("mhd"), mhd()
REASON = {"code": "derived_beside_parents"}
COVARIATES = ["age", "ca", "p", "ca_x_p"]
MODEL = {"name": "own", "title": "Our own", "covariates": COVARIATES}
BESIDE: dict[str, dict[str, Any]] = {
    "cvd-death-roc": {
        "combined": [{"name": "own", "title": "Our own", "markers": ["ca", "p", "ca_x_p"]}],
        "added": [{"name": "more", "title": "More", "base": ["age", "ca", "p"], "markers": ["ca_x_p"]}],
        "resamples": 20,
        "report_by": [],
    },
    "cvd-death-sensitivity": {"covariates": COVARIATES, "imputations": 2, "iterations": 2},
    "cvd-death-validation": {"model": MODEL},
    "looks": {
        "estimates": [
            {"name": name, "quantity": name, "variable": "p", "covariates": ["ca", "ca_x_p"], "tuned_at": 200}
            for name in ("log_odds_ratio", "log_hazard_ratio")
        ],
        "hypotheses": [],
    },
}
BESIDE["looks"]["estimates"][1]["outcome"] = "time_to_cvd_death"


def asked(slug: str, frame: pd.DataFrame = MHD, **fields: Any) -> Answer:
    question = {key: value for key, value in PLAN.question(slug).items() if key != "crossvalidation"}
    return answer(question | fields, PLAN.variables, frame)


def said(given: Answer, code: str) -> list[Guard]:
    return [guard for guard in given.guards if guard["code"] == code]


def parts(given: Answer) -> list[dict[str, Any]]:
    """What the covariates were asked for, by whatever kind of question."""
    payload = given.payload
    curves = [curve for curve in payload.get("curves", ()) if "markers" in curve]
    models = payload["models"] if "lost" in payload else []
    estimates = payload["rows"] if "hypotheses" in payload else []
    return [*curves, *payload.get("added", ()), *models, *estimates]


@pytest.mark.parametrize("slug", BESIDE)
def test_a_quantity_beside_what_it_is_computed_from(slug: str) -> None:
    given = asked(slug, **BESIDE[slug])
    assert {guard["severity"] for guard in said(given, "G4")} == {"block"}
    assert {remark(guard, str).label for guard in said(given, "G4")} == {"Not shown"}
    if slug == "cvd-death-validation":
        assert given.reason == REASON
        assert given.memory == {}
        return
    assert [part["reason"] for part in parts(given)] == [REASON] * 2
    assert not {entry["term"] for entry in given.estimates} & {"own", "log_odds_ratio", "log_hazard_ratio"}


@pytest.mark.parametrize("slug", [slug for slug in BESIDE if slug != "looks"])
def test_a_replication_shows_it_under_its_block(slug: str) -> None:
    fields = BESIDE[slug] | {"is_replication": True}
    if "model" in fields:
        fields = {"model": MODEL | {"is_replication": True}}
    given = asked(slug, **fields)
    assert given.status == "done"
    assert [part["reason"] for part in parts(given)] == [None] * len(parts(given))
    assert {remark(guard, str).label for guard in said(given, "G4")} == {"Do not rely on this"}


def test_what_is_nearly_the_same_is_refused_and_what_stands_beside_it_is_not() -> None:
    near = MHD.assign(bmp7=1000 * MHD["ca"] + np.random.default_rng(2).normal(0, 20, len(MHD)))
    wanted = [
        {"name": code, "quantity": "log_odds_ratio", "variable": code, "tuned_at": 200}
        | {"covariates": ["ca", "bmp7"]}
        for code in ("ca", "age")
    ]
    of_calcium, of_age = asked("looks", near, estimates=wanted, hypotheses=[]).payload["rows"]
    assert of_calcium["reason"] == {"code": "nearly_collinear"}
    assert of_age["reason"] is None


def test_a_correlation_by_construction_is_followed_but_not_tested() -> None:
    pair = {"quantity": "correlation", "x": "ca", "y": "ca_x_p"}
    locked = {"spending": "pocock", "information_at_end": 400, "locked_on": "2020-01-01"}
    given = asked(
        "looks",
        estimates=[{"name": "followed", "tuned_at": 200, **pair}],
        hypotheses=[{"name": "tested", "title": "Tested", **locked, **pair}],
    )
    assert given.payload["rows"][0]["value"] > 0.1
    assert given.payload["hypotheses"][0]["reason"] == {"code": "structural"}
    [fired] = said(given, "G4")
    assert fired["found"]["pairs"] == [{"x": "ca_x_p", "y": "ca"}]


class TestFewEvents:
    FEW = with_few_events(14)

    def test_a_combination_is_not_drawn(self) -> None:
        combined = [{"name": "own", "title": "Our own", "markers": ["mg", "ca", "p"]}]
        curve = asked("cvd-death-roc", self.FEW, combined=combined, resamples=20).payload["curves"][-1]
        assert (curve["auc"], curve["reason"]) == (None, {"code": "too_few_events_per_variable"})

    def test_what_markers_add_is_tested_by_the_penalised_likelihood(self) -> None:
        given = asked("cvd-death-roc", self.FEW, combined=[], resamples=20)
        [added] = given.payload["added"]
        together = {"name": "m", "title": "M", "covariates": ["age", "diabetes", "mg", "ca", "p"]}
        base = {"name": "b", "title": "B", "covariates": ["age", "diabetes"]}
        models = asked(
            "cvd-death-multivariable", self.FEW, models=[base, together | {"added_to": "b"}]
        ).payload["models"]
        [expected] = [test for test in models[1]["tests"] if test["name"] == "added"]
        assert models[1]["method"] == "firth"
        assert (added["df"], added["p_value"]) == (3, pytest.approx(expected["p_value"], rel=1e-9))
        [fired] = said(given, "G6")
        assert fired["found"]["penalised"] == ["minerals"]

    def test_a_followed_odds_ratio_is_that_of_the_logistic_question(self) -> None:
        wanted = {"quantity": "log_odds_ratio", "outcome": "cvd_death", "variable": "mg"}
        covariates = ["age", "ca", "p", "vit_d25"]
        model = {"name": "m", "title": "M", "covariates": ["mg", *covariates]}
        shown = asked("cvd-death-multivariable", self.FEW, models=[model]).payload["models"][0]
        [term] = [term for term in shown["terms"] if term["term"] == "mg"]
        estimates = [{"name": "mg", "tuned_at": 200, "covariates": covariates, **wanted}]
        given = asked("looks", self.FEW, estimates=estimates, hypotheses=[])
        assert shown["method"] == "firth"
        assert given.payload["rows"][0]["value"] == pytest.approx(term["coefficient"] * term["per"], rel=1e-9)
        assert said(given, "G6")[0]["found"]["penalised"] == ["mg"]
