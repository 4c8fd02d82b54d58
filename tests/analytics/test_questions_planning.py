"""Planning questions: the size that models and intervals need, beside the size there is."""

import json
from math import log
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics import guards
from analytics.figures import Words, draw
from analytics.plan import PlanError, load_plan, read_plan
from analytics.questions import Answer, answer
from analytics.tables import tables
from registry.presentation.guards import remark
from registry.presentation.reasons import because
from registry.presentation.suppression import withhold
from tests.analytics.enrolled import enrolled
from tests.analytics.tables import mhd

PLAN = load_plan("mhd")
WORDS = Words(PLAN.variables)
PACK = Path(__file__).parents[1] / "reference" / "open" / "expected" / "design.json"
NAMED = {
    "n_shrinkage": "n_shrinkage",
    "n_optimism_r2": "n_optimism",
    "n_intercept": "n_intercept",
    "max_r2_coxsnell": "r2_largest",
    "n_required": "patients_needed",
    "events_required": "events_needed",
    "epp": "events_per_parameter",
}
"""The pack's names of Riley's figures, and ours."""
EIGHT = ["age", "male", "diabetes", "mg", "ca", "p", "ipth", "hs_crp"]
QUESTION: dict[str, Any] = {
    "slug": "size",
    "kind": "planning",
    "title": "Size",
    "population": {"group": ["mhd"]},
    "outcome": "cvd_death",
    "models": [
        {"name": "three", "title": "Three", "covariates": ["age", "mg", "p"]},
        {"name": "eight", "title": "Eight", "covariates": EIGHT},
    ],
    "precision": [
        {"quantity": "auc", "marker": "mg", "half_width": 0.03},
        {"quantity": "odds_ratio", "variable": "mg", "covariates": ["age", "p"], "factor": 1.2},
        {"quantity": "hazard_ratio", "outcome": "time_to_cvd_death", "variable": "mg", "factor": 1.2},
        {"quantity": "correlation", "x": "mg", "y": "aac24", "half_width": 0.05},
        {"quantity": "proportion", "half_width": 0.02},
    ],
}


def ask(frame: pd.DataFrame | None = None, **fields: Any) -> Answer:
    return answer(QUESTION | fields, PLAN.variables, enrolled(mhd()) if frame is None else frame)


def reference() -> pd.DataFrame:
    """200 patients of whom 48, 24 %, had the event, nothing missing: the pack's cases."""
    frame = mhd().query("group == 'mhd'").reset_index(drop=True)
    status = np.where(np.arange(len(frame)) < 48, "death_cv", "admin_end")
    return frame.assign(terminal_status=status, ipth=1.0, hs_crp=1.0)


class TestModels:
    def test_as_the_reference_pack(self) -> None:
        cases = {case["id"]: case["expected"] for case in json.loads(PACK.read_text())["cases"]}
        three, eight = ask(reference(), expected_r2=0.15).payload["models"]
        assert (eight["n"], eight["n_events"], eight["parameters"]) == (200, 48, 8)
        for model, expected in ((three, cases["riley.3params"]), (eight, cases["riley.8params"])):
            assert {key: model[ours] for key, ours in NAMED.items()} == pytest.approx(
                {key: expected[key] for key in NAMED}, rel=1e-8
            )
            assert model["r2_source"] == "stated"
        assert eight["shrinkage"] == pytest.approx(0.80580482325069, rel=1e-8)

    def test_what_is_expected_is_less_than_what_was_fitted(self) -> None:
        three, eight = ask().payload["models"]
        assert {model["r2_source"] for model in (three, eight)} == {"fitted"}
        assert 0 < eight["r2_cox_snell"] < eight["r2_largest"]
        assert eight["patients_needed"] > three["patients_needed"]

    def test_before_a_model_can_be_fitted_the_usual_is_assumed(self) -> None:
        frame = enrolled(mhd())
        events = frame.index[(frame["terminal_status"] == "death_cv") & (frame["group"] == "mhd")]
        frame.loc[events[6:], "terminal_status"] = ""
        three, _eight = ask(frame).payload["models"]
        assert (three["n_events"], three["r2_source"]) == (6, "assumed")
        assert three["r2_cox_snell"] == pytest.approx(0.15 * three["r2_largest"])

    def test_noise_explains_nothing_to_plan_with(self) -> None:
        noise = np.random.default_rng(3).normal(size=(400, 3))
        frame = enrolled(mhd()).assign(age=noise[:, 0], mg=noise[:, 1], p=noise[:, 2])
        assert ask(frame).payload["models"][0]["r2_source"] == "assumed"


class TestPrecision:
    def test_widths_now_and_wanted(self) -> None:
        area, odds, hazard, r, share = ask().payload["rows"]
        assert area["half_width"] == pytest.approx(
            area["wanted"] * (area["n_needed"] / area["n"]) ** 0.5, rel=0.01
        )
        assert odds["wanted"] == pytest.approx(log(1.2))
        assert (hazard["unit"], odds["unit"]) == ("events", "patients")
        assert hazard["n_needed"] == hazard["n_events"] + hazard["n_more"]
        assert r["curve"][0]["half_width"] > r["half_width"] > r["wanted"] > r["curve"][-1]["half_width"]
        assert share["value"] == pytest.approx(share["n_events"] / share["n"])

    def test_the_odds_ratio_is_that_of_the_logistic_question(self) -> None:
        model = {"name": "m", "title": "", "is_primary": True, "covariates": ["mg", "age", "p"]}
        logistic = PLAN.question("cvd-death-multivariable") | {"models": [model]}
        [fitted] = answer(logistic, PLAN.variables, enrolled(mhd())).payload["models"]
        [magnesium] = [term for term in fitted["terms"] if term["variable"] == "mg"]
        assert log(magnesium["scaled"]["odds_ratio"]) == pytest.approx(ask().payload["rows"][1]["value"])

    def test_what_is_narrow_enough_is_reached_already(self) -> None:
        [row] = ask(precision=[{"quantity": "proportion", "half_width": 0.5}]).payload["rows"]
        assert (row["n_more"], row["reached_in"]) == (0, None)
        assert row["n_needed"] < row["n"]

    def test_the_month_at_the_present_pace(self) -> None:
        """200 patients in 730 days are 100 a year: so many as there are come in two more years."""
        frame = enrolled(reference()).assign(follow_up_months=0.0)
        [row] = ask(frame, models=[], precision=[{"quantity": "proportion", "half_width": 0.1}]).payload[
            "rows"
        ]
        wanted = row["half_width"] / 2**0.5
        given = ask(frame, models=[], precision=[{"quantity": "proportion", "half_width": wanted}]).payload
        assert given["rows"][0]["n_needed"] == pytest.approx(400, abs=1)
        assert given["enrolment"]["per_month"] == pytest.approx(200 / 24, rel=0.02)
        assert given["enrolment"]["through"] == "2024-12"
        assert given["rows"][0]["reached_in"] in ("2026-12", "2027-01")

    def test_without_dates_there_is_no_month(self) -> None:
        for frame in (mhd().drop(columns="enrolled_on"), mhd().assign(enrolled_on=pd.NaT)):
            payload = ask(frame).payload
            assert payload["enrolment"]["reason"] == {"code": "no_enrolment_dates"}
            assert {row["reached_in"] for row in payload["rows"]} == {None}

    def test_too_slow_to_foretell(self) -> None:
        frame = enrolled(mhd(), days=40_000).assign(follow_up_months=1.0)
        assert ask(frame).payload["enrolment"]["reason"] == {"code": "enrolment_too_slow"}

    @pytest.mark.parametrize(("months", "has_stopped"), [(11.0, False), (13.0, True)])
    def test_no_month_once_enrolment_has_stopped(self, months: float, has_stopped: bool) -> None:
        """The latest enrolled is still followed a year later, and nobody came since."""
        latest = ask(enrolled(reference()).assign(follow_up_months=months)).payload
        assert (latest["enrolment"]["reason"] == {"code": "enrolment_stopped"}) is has_stopped
        foretold = [row["reached_in"] for row in latest["rows"] if row["reached_in"]]
        assert all(month >= "2025-11" for month in foretold)
        assert bool(foretold) is not has_stopped
        note = tables("planning", latest, WORDS)[-1].note
        assert ("enrolment seems to have stopped" in note) is has_stopped
        if has_stopped:
            assert "nobody was enrolled" in because(latest["enrolment"]["reason"])

    def test_widths_are_followed(self) -> None:
        followed = {(entry["term"], entry["quantity"]): entry["value"] for entry in ask().estimates}
        assert followed["auc.mg", "half_width"] == ask().payload["rows"][0]["half_width"]
        assert followed["eight", "shrinkage"] < followed["three", "shrinkage"] < 1
        assert len(followed) == 7


class TestDegenerate:
    @pytest.mark.parametrize(
        "frame",
        [
            mhd().head(3),
            mhd().assign(terminal_status=""),
            mhd().assign(terminal_status="lost"),
            mhd().assign(mg=1.0, age=50.0, p=np.nan, aac24=0.0),
            mhd().assign(mg=lambda t: (t["terminal_status"] == "death_cv") * 1.0, age=lambda t: t["mg"]),
        ],
    )
    def test_every_part_gives_a_number_or_a_reason(self, frame: pd.DataFrame) -> None:
        given = ask(frame)
        for part in (*given.payload["models"], *given.payload["rows"]):
            number = part["shrinkage" if "shrinkage" in part else "half_width"]
            assert (number is None) == (part["reason"] is not None)
            if part["reason"] is not None:
                assert because(part["reason"])
        assert given.status == "done" or because(given.reason or {})
        draw("planning", given.payload, WORDS)
        tables("planning", given.payload, WORDS)

    def test_a_question_about_nothing(self) -> None:
        given = ask(models=[], precision=[])
        assert (given.status, given.reason) == ("not_estimable", {"code": "no_variables"})

    def test_a_variable_of_several_categories(self) -> None:
        [row] = ask(precision=[{"quantity": "odds_ratio", "variable": "aac24_class", "factor": 2}]).payload[
            "rows"
        ]
        assert row["reason"]["code"] == "several_terms"


class TestGuards:
    def test_too_few_for_the_model(self) -> None:
        [said] = [each for each in ask().guards if each["code"] == "G6"]
        assert "eight" in said["found"]["models"]
        text = remark(said, str).text
        assert "Riley" in text
        assert str(said["found"]["models"]["eight"]["needed"]) in text

    def test_enough_for_the_model(self) -> None:
        enough = ask().payload["models"][0] | {"n": 10**6}
        assert guards.too_few_for_model([enough]) is None

    def test_a_thin_model_points_here(self) -> None:
        variables = PLAN.variables | {"cvd_death": PLAN.variables["cvd_death"] | {"planned_in": "size"}}
        model = {"name": "m", "title": "", "covariates": EIGHT}
        thin = PLAN.question("cvd-death-multivariable") | {"models": [model]}
        frame = mhd()
        events = frame.index[(frame["terminal_status"] == "death_cv") & (frame["group"] == "mhd")]
        frame.loc[events[30:], "terminal_status"] = ""
        [said] = [each for each in answer(thin, variables, frame).guards if each["code"] == "G6"]
        assert "the question “size" in remark(said, str).advice

    @pytest.mark.parametrize(
        ("wrong", "named"),
        [
            ({"quantity": "kappa", "half_width": 0.1}, "kappa"),
            ({"quantity": "auc", "half_width": 0.1}, "marker"),
            ({"quantity": "odds_ratio", "variable": "mg", "half_width": 0.1}, "factor"),
            ({"quantity": "odds_ratio", "variable": "mg", "factor": 1}, "above 1"),
            ({"quantity": "proportion", "half_width": 0}, "above 0"),
        ],
    )
    def test_a_wish_that_cannot_be_foretold_is_refused(self, wrong: dict[str, Any], named: str) -> None:
        asked = QUESTION | {"precision": [wrong]}
        content = {"name": "s", "version": 1, "title": "", "variables": PLAN.variables, "questions": [asked]}
        with pytest.raises(PlanError, match=named):
            read_plan(content)

    def test_an_undeclared_variable_is_refused(self) -> None:
        content = {"name": "s", "version": 1, "title": "", "variables": {}, "questions": [QUESTION]}
        with pytest.raises(ValueError, match="hs_crp"):
            read_plan(content)


class TestShown:
    def test_panels_and_tables(self) -> None:
        payload = ask().payload
        [figure] = draw("planning", payload, WORDS)
        models, widths = tables("planning", payload, WORDS)
        assert figure.svg.count("fig-ref") == 5
        assert models.columns[1:] == ("Three", "Eight")
        assert widths.rows[1].heading == "Odds ratio of cardiovascular death: magnesium, per 0.1 mmol/L"
        assert "×/÷" in widths.rows[1].cells[2]
        share = widths.rows[-1]
        assert share.heading == "Share with cardiovascular death"
        assert all(cell.endswith("\u00a0%") for cell in share.cells[1:4])

    def test_nothing_of_few_patients_is_told(self) -> None:
        frame = enrolled(mhd())
        events = frame.index[(frame["terminal_status"] == "death_cv") & (frame["group"] == "mhd")]
        frame.loc[events[3:], "terminal_status"] = ""
        given = ask(frame)
        told = withhold(given.payload, 5)
        assert told["n_events"] is None
        for model in told["models"]:
            assert (model["n_events"], model["prevalence"], model["n_intercept"]) == (None, None, None)
        assert told["rows"][-1]["value"] is None
        assert told["rows"][-1]["curve"] == []
        draw("planning", told, WORDS)
        tables("planning", told, WORDS)
