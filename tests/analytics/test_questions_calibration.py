"""Calibration questions: risks held against what was observed, with the optimism taken off."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics.figures import Words, draw
from analytics.plan import load_plan
from analytics.questions import Answer, answer
from analytics.questions.columns import Columns
from analytics.statistics.logistic import fit
from analytics.tables import tables
from registry.presentation.suppression import withhold
from tests.analytics.tables import mhd

MHD = mhd()


def ask(frame: pd.DataFrame = MHD, **fields: Any) -> Answer:
    plan = load_plan("mhd")
    return answer(plan.question("cvd-death-calibration") | fields, plan.variables, frame)


ANSWER = ask()


def primary(given: Answer) -> dict[str, Any]:
    model: dict[str, Any] = given.payload["models"][0]
    return model


class TestModel:
    def test_where_it_was_fitted_a_model_is_calibrated_by_construction(self) -> None:
        assert ANSWER.payload["is_in_sample"]
        assert primary(ANSWER)["intercept"] == pytest.approx(0, abs=1e-8)
        assert primary(ANSWER)["slope"] == pytest.approx(1, abs=1e-8)

    def test_the_optimism_is_taken_off(self) -> None:
        model = primary(ANSWER)
        assert model["auc_corrected"] == pytest.approx(model["auc"] - model["optimism"])
        assert model["optimism"] > 0
        assert model["slope_corrected"] < 1

    def test_the_area_is_that_of_the_roc_question(self) -> None:
        plan = load_plan("mhd")
        markers = {"name": "combined", "title": "", "covariates": ["mg", "ca", "p"]}
        roc = answer(plan.question("cvd-death-roc"), plan.variables, MHD)
        combined = next(curve for curve in roc.payload["curves"] if curve["marker"] == "combined")
        assert primary(ask(models=[markers]))["auc"] == pytest.approx(combined["auc"], abs=1e-12)

    def test_the_curve_runs_over_the_predicted_risks(self) -> None:
        risks = [point["risk"] for point in primary(ANSWER)["curve"]]
        assert risks == sorted(risks)
        assert 0 < risks[0] < risks[-1] < 1

    def test_ten_groups_by_risk(self) -> None:
        """The statistic by hand, with limits between groups as R's quantile and cut draw them."""
        plan, model = load_plan("mhd"), primary(ANSWER)
        [wanted] = [each for each in ANSWER.payload["models"] if each["name"] == model["name"]]
        columns = Columns.of(plan.question("cvd-death-calibration"), plan.variables, MHD)
        outcome = columns.numbers("cvd_death") == 1
        complete = columns.complete(["cvd_death", *wanted["covariates"]])
        risk = fit(columns.design(wanted["covariates"], complete), outcome[complete]).probabilities
        tenth = pd.qcut(risk, 10, labels=False)
        sums = pd.DataFrame({"tenth": tenth, "seen": outcome[complete], "risk": risk}).groupby("tenth")
        seen, expected, size = sums.seen.sum(), sums.risk.sum(), sums.size()
        by_hand = ((seen - expected) ** 2 / (expected * (1 - expected / size))).sum()
        assert model["hosmer_lemeshow"] == pytest.approx(by_hand)
        assert (model["hosmer_lemeshow_df"], model["hosmer_lemeshow_reason"]) == (8, None)

    def test_two_risks_are_no_ten_groups(self) -> None:
        given = ask(models=[{"name": "sex", "title": "", "covariates": ["sex"]}])
        assert primary(given)["hosmer_lemeshow"] is None
        assert primary(given)["hosmer_lemeshow_reason"]["code"] == "too_few_risk_groups"
        [table] = tables("calibration", given.payload, Words(load_plan("mhd").variables))
        assert table.rows[-1].cells[1] == "–"

    def test_net_benefit_by_hand(self) -> None:
        """At a threshold below every risk acting on the model is treating everyone."""
        model = primary(ask(thresholds=[0.001]))
        [point] = model["net_benefit"]
        share = model["n_events"] / model["n"]
        expected = share - (1 - share) * 0.001 / 0.999
        assert point["model"] == pytest.approx(expected)
        assert point["treat_all"] == pytest.approx(expected)

    def test_the_same_seed_gives_the_same_optimism(self) -> None:
        assert primary(ask())["optimism"] == primary(ANSWER)["optimism"]
        assert primary(ask(seed=2))["optimism"] != primary(ANSWER)["optimism"]

    def test_too_few_events(self) -> None:
        frame = mhd()
        events = frame.index[frame["terminal_status"] == "death_cv"]
        frame.loc[events[9:], "terminal_status"] = ""
        given = ask(frame)
        assert given.reason is not None
        assert (given.status, given.reason["code"]) == ("not_estimable", "too_few_events")
        assert primary(given)["auc"] is None


class TestGuards:
    def test_in_sample_and_too_extreme(self) -> None:
        assert {"G1", "G12", "G16"} <= {guard["code"] for guard in ANSWER.guards}

    def test_a_model_of_noise_does_no_good(self) -> None:
        rng = np.random.default_rng(7)
        noise = mhd().assign(**{code: rng.normal(size=400) for code in ("age", "mg", "ca", "p")})
        assert "G18" in {guard["code"] for guard in ask(noise).guards}

    def test_an_area_points_to_the_calibration(self) -> None:
        plan = load_plan("mhd")
        roc = answer(plan.question("cvd-death-roc"), plan.variables, MHD)
        [pointing] = [guard for guard in roc.guards if guard["code"] == "G16"]
        assert pointing["found"]["question"] == "cvd-death-calibration"


class TestPlans:
    @pytest.mark.parametrize("name", ["mhd", "nhanes-aac"])
    def test_the_combined_curve_is_calibrated_where_its_remark_says(self, name: str) -> None:
        plan = load_plan(name)
        roc = plan.question("cvd-death-roc")
        named = plan.variables[roc["outcome"]]["calibrated_in"]
        calibrated = [
            (model["title"], model["covariates"])
            for model in plan.question(named)["models"]
            if not model.get("is_replication", False)
        ]
        for combined in roc["combined"]:
            assert (combined["title"], combined["markers"]) in calibrated


class TestShown:
    def test_two_figures_and_a_column_a_model(self) -> None:
        words = Words(load_plan("mhd").variables)
        figures = draw("calibration", ANSWER.payload, words)
        [table] = tables("calibration", ANSWER.payload, words)
        assert [figure.name for figure in figures] == ["calibration", "decision"]
        assert len(table.columns) == 4
        assert "500 bootstrap resamples" in table.note

    def test_nothing_of_a_small_sample_is_told(self) -> None:
        model = withhold(ANSWER.payload, 60)["models"][0]
        assert (model["auc"], model["curve"], model["net_benefit"]) == (None, [], [])
        assert model["reason"] == {"code": "withheld"}
