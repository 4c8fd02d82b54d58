"""Looks questions: intervals that hold however often one looks, beside those for one look."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics import guards
from analytics.figures import Words, draw
from analytics.questions import Answer, answer
from analytics.tables import tables
from registry.presentation.guards import remark
from registry.presentation.reasons import because
from registry.presentation.suppression import withhold, withhold_guards
from tests.analytics.looked import HAZARD, PATIENTS, PLAN, QUESTION, ask, hypothesis, run_through
from tests.analytics.tables import mhd

WORDS = Words(PLAN.variables)


class TestEstimates:
    def test_every_look_is_wider_than_one_look(self) -> None:
        for row in ask().payload["rows"]:
            assert row["always_low"] < row["ci_low"] < row["value"] < row["ci_high"] < row["always_high"]
            assert row["always_multiple"] > row["fixed_multiple"] == pytest.approx(1.959964)

    def test_the_interval_excludes_no_effect_where_it_lies_far_enough(self) -> None:
        for n in (60, 150, 300, 600):
            for row in ask(n).payload["rows"]:
                if row["reason"] is None:
                    null = 0.5 if row["quantity"] == "auc" else 0.0
                    excludes = not row["always_low"] < null < row["always_high"]
                    assert excludes == (abs(row["from_null"]) > row["always_multiple"])

    def test_as_the_other_questions_have_them(self) -> None:
        model = {"name": "m", "title": "", "is_primary": True, "covariates": ["mg", "age"]}
        logistic = PLAN.question("cvd-death-multivariable") | {"models": [model]}
        [fitted] = answer(logistic, PLAN.variables, PATIENTS.head(300)).payload["models"]
        [magnesium] = [term for term in fitted["terms"] if term["variable"] == "mg"]
        r, odds, area, _hazard = ask().payload["rows"]
        assert np.exp(odds["ci_low"]) == pytest.approx(magnesium["scaled"]["ci_low"])
        roc = answer(PLAN.question("cvd-death-roc"), PLAN.variables, PATIENTS.head(300)).payload["curves"][0]
        assert (area["value"], area["ci_low"]) == (roc["auc"], roc["ci_low"])
        pairs = answer(PLAN.question("correlations-mhd"), PLAN.variables, PATIENTS.head(300)).payload["pairs"]
        [pair] = [
            each for each in pairs if (each["x"], each["y"], each["method"]) == ("mg", "aac24", "pearson")
        ]
        assert (r["value"], r["ci_high"]) == (pair["r"], pair["ci_high"])

    def test_a_variable_of_two_levels_has_one_ratio(self) -> None:
        odds = {"name": "odds", "quantity": "log_odds_ratio", "variable": "sex", "tuned_at": 200}
        [row] = ask(estimates=[odds]).payload["rows"]
        model = {"name": "m", "title": "", "is_primary": True, "covariates": ["sex"]}
        logistic = PLAN.question("cvd-death-multivariable") | {"models": [model]}
        [fitted] = answer(logistic, PLAN.variables, PATIENTS.head(300)).payload["models"]
        [sex] = [term for term in fitted["terms"] if term["variable"] == "sex"]
        assert row["value"] == pytest.approx(sex["coefficient"])

    def test_a_look_is_another_state_of_the_data(self) -> None:
        assert [row["look"] for row in run_through(200).payload["rows"]] == [1, 1, 1, 1]
        assert [row["look"] for row in run_through(200, 200).payload["rows"]] == [1, 1, 1, 1]
        assert [row["look"] for row in run_through(200, 300, 300, 400).payload["rows"]] == [3, 3, 3, 3]

    def test_what_cannot_be_estimated_is_no_look(self) -> None:
        given = run_through(20, 200)
        assert {row["name"]: row["look"] for row in given.payload["rows"]}["area"] == 1

    @pytest.mark.parametrize("change", [{"tuned_at": 20}, {"x": "p"}])
    def test_what_was_looked_at_cannot_be_changed(self, change: dict[str, Any]) -> None:
        first = ask(200)
        r, *others = QUESTION["estimates"]
        changed = ask(300, first.memory, estimates=[r | change, *others])
        assert changed.payload["rows"][0]["reason"] == {"code": "estimate_changed"}
        assert [row["look"] for row in changed.payload["rows"]] == [1, 2, 2, 2]
        assert changed.memory["looks"]["r"] == first.memory["looks"]["r"]

    def test_the_direction_of_a_marker_is_kept(self) -> None:
        turned = {"looks": {"area": {"seen": [[1, 1]], "direction": "<"}}}
        [area] = [row for row in ask(300, turned).payload["rows"] if row["name"] == "area"]
        assert area["value"] < 0.5

    def test_followed_with_the_interval_for_every_look(self) -> None:
        followed = {entry["term"]: entry for entry in ask().estimates}
        [row] = [row for row in ask().payload["rows"] if row["name"] == "r"]
        assert (followed["r"]["ci_low"], followed["r"]["quantity"]) == (row["always_low"], "correlation")
        assert len(followed) == 4


class TestDegenerate:
    @pytest.mark.parametrize(
        "frame",
        [
            mhd().head(3),
            mhd().head(40).assign(terminal_status=""),
            mhd().head(60).assign(mg=1.0),
            mhd().head(60).assign(mg=np.nan),
            mhd().head(100).assign(aac24=lambda t: 2 * t["mg"]),
            mhd().head(100).assign(mg=lambda t: (t["terminal_status"] == "death_cv") * 1.0),
        ],
    )
    def test_every_part_gives_a_number_or_a_reason(self, frame: pd.DataFrame) -> None:
        given = answer(QUESTION, PLAN.variables, frame)
        json.dumps([given.payload, given.memory], allow_nan=False)
        for part in (*given.payload["rows"], *given.payload["hypotheses"]):
            assert (part["value"] is None) == (part["reason"] is not None)
            if part["reason"] is not None:
                assert because(part["reason"])
        draw("looks", given.payload, WORDS)
        tables("looks", given.payload, WORDS)

    def test_what_was_decided_outlives_what_can_be_estimated(self) -> None:
        found = hypothesis(run_through(300, 20))
        assert found["value"] is None
        assert len(found["looks"]) == 1

    def test_a_question_about_nothing(self) -> None:
        given = ask(estimates=[], hypotheses=[])
        assert (given.status, given.reason) == ("not_estimable", {"code": "no_variables"})


class TestGuards:
    def test_repeated_looks_point_to_the_question_that_allows_for_them(self) -> None:
        said = guards.repeated_looks(12, question="looks")
        assert said is not None
        assert "the question “looks" in remark(said, str).advice
        assert "the question" not in remark(guards.repeated_looks(12) or {}, str).advice

    def test_time_is_said_to_be_ignored_only_where_it_is(self) -> None:
        only = [row for row in QUESTION["estimates"] if row["quantity"] == "log_hazard_ratio"]
        assert "G1" in {each["code"] for each in ask().guards}
        assert "G1" not in {each["code"] for each in ask(estimates=only, hypotheses=[HAZARD]).guards}

    def test_several_hypotheses_are_several_tests(self) -> None:
        assert "G19" in {each["code"] for each in ask().guards}
        assert "G19" not in {each["code"] for each in ask(hypotheses=[HAZARD]).guards}


class TestShown:
    def test_figures_and_tables(self) -> None:
        payload = run_through(100, 200, 300).payload
        estimates, boundaries = draw("looks", payload, WORDS)
        rows, decisions, looks = tables("looks", payload, WORDS)
        assert estimates.svg.count("stroke-dasharray") == 5
        assert boundaries.table.rows[0].cells[0] == "Magnesium and cardiovascular death"
        assert rows.rows[3].cells[-1] == "60 events"
        assert decisions.rows[0].cells[1] == "2020-04-30"
        assert [row.role for row in looks.rows][:2] == ["section", "sub"]
        assert decisions.rows[0].cells[4] != "0.0000"

    def test_a_little_error_spent_is_not_none(self) -> None:
        payload = run_through(100).payload
        payload["hypotheses"][0]["spent"] = 3.5e-6
        _rows, decisions, _looks = tables("looks", payload, WORDS)
        assert decisions.rows[0].cells[4] == "<\u00a00.0001"

    def test_nothing_of_few_events_is_told(self) -> None:
        told = withhold(ask(300).payload, 120)
        [hazard] = [row for row in told["rows"] if row["name"] == "hazard"]
        assert (hazard["value"], hazard["always_low"], hazard["n_events"]) == (None, None, None)
        assert hypothesis(Answer("done", told))["value"] is None
        draw("looks", told, WORDS)
        tables("looks", told, WORDS)

    def test_looks_are_apart_by_more_than_is_withheld(self) -> None:
        given = run_through(*range(60, 130, 7), estimates=[])
        for each in given.payload["hypotheses"]:
            information = [look["information"] for look in each["looks"]]
            assert all(np.diff(information) >= 10)


class TestEventsForEachCoefficient:
    def thin(self, n: int) -> list[dict[str, Any]]:
        return [each for each in ask(n).guards if each["code"] == "G6"]

    def test_an_odds_ratio_of_few_events_says_so(self) -> None:
        [said] = self.thin(60)
        odds = ask(60).payload["rows"][1]
        assert said["found"]["events_per_variable"] == odds["n_events"] / 2
        assert said["found"]["penalised"] == []
        assert "too extreme" in remark(said, str).advice

    def test_many_events_are_enough(self) -> None:
        assert self.thin(600) == []

    def test_it_is_withheld_with_the_odds_ratio(self) -> None:
        given = ask(60)
        seen = withhold(given.payload, 1 + given.payload["rows"][1]["n_events"])
        told = withhold_guards(given.guards, seen, 1 + given.payload["rows"][1]["n_events"])
        assert "G6" not in {each["code"] for each in told}
