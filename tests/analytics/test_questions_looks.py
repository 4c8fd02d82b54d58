"""Looks questions: intervals that hold however often one looks, and tests whose looks were declared."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics import guards
from analytics.figures import Words, draw
from analytics.plan import load_plan
from analytics.questions import Answer, answer
from analytics.statistics.sequential.group_sequential import group_sequential_design
from analytics.tables import tables
from registry.presentation.guards import remark
from registry.presentation.reasons import because
from registry.presentation.suppression import withhold
from tests.analytics.tables import mhd

PLAN = load_plan("mhd")
WORDS = Words(PLAN.variables)
PATIENTS = mhd(600).head(600)
HAZARD: dict[str, Any] = {
    "name": "mg-hazard",
    "title": "Magnesium and cardiovascular death",
    "quantity": "log_hazard_ratio",
    "outcome": "time_to_cvd_death",
    "variable": "mg",
    "spending": "obrien_fleming",
    "information_at_end": 100,
    "locked_on": "2020-04-30",
}
AREA: dict[str, Any] = {
    "name": "mg-area",
    "quantity": "auc",
    "marker": "mg",
    "spending": "pocock",
    "information_at_end": 400,
    "locked_on": "2020-04-30",
}
QUESTION: dict[str, Any] = {
    "slug": "looks",
    "kind": "looks",
    "title": "Looks",
    "alpha": 0.05,
    "outcome": "cvd_death",
    "estimates": [
        {"name": "r", "quantity": "correlation", "x": "mg", "y": "aac24", "tuned_at": 200},
        {
            "name": "odds",
            "quantity": "log_odds_ratio",
            "variable": "mg",
            "covariates": ["age"],
            "tuned_at": 200,
        },
        {"name": "area", "quantity": "auc", "marker": "mg", "tuned_at": 200},
        {
            "name": "hazard",
            "quantity": "log_hazard_ratio",
            "outcome": "time_to_cvd_death",
            "variable": "mg",
            "tuned_at": 60,
        },
    ],
    "hypotheses": [HAZARD, AREA],
}


def ask(n: int = 300, memory: dict[str, Any] | None = None, **fields: Any) -> Answer:
    """The question asked of the first patients, with what was kept as the database gives it back."""
    kept = json.loads(json.dumps(memory or {}))
    return answer(QUESTION | fields, PLAN.variables, PATIENTS.head(n), memory=kept)


def run_through(*sizes: int, **fields: Any) -> Answer:
    """The last answer of several runs on growing data."""
    given = ask(sizes[0], **fields)
    for n in sizes[1:]:
        given = ask(n, given.memory, **fields)
    return given


def hypothesis(given: Answer, name: str = "mg-hazard") -> dict[str, Any]:
    [found] = [each for each in given.payload["hypotheses"] if each["name"] == name]
    return dict(found)


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

    def test_a_look_is_another_state_of_the_data(self) -> None:
        assert [row["look"] for row in run_through(200).payload["rows"]] == [1, 1, 1, 1]
        assert [row["look"] for row in run_through(200, 200).payload["rows"]] == [1, 1, 1, 1]
        assert [row["look"] for row in run_through(200, 300, 300, 400).payload["rows"]] == [3, 3, 3, 3]

    def test_what_cannot_be_estimated_is_no_look(self) -> None:
        given = run_through(20, 200)
        assert {row["name"]: row["look"] for row in given.payload["rows"]}["area"] == 1

    def test_the_direction_of_a_marker_is_kept(self) -> None:
        turned = {"looks": {"area": {"look": 1, "n": 1, "n_events": 1, "direction": "<"}}}
        [area] = [row for row in ask(300, turned).payload["rows"] if row["name"] == "area"]
        assert area["value"] < 0.5

    def test_followed_with_the_interval_for_every_look(self) -> None:
        followed = {entry["term"]: entry for entry in ask().estimates}
        [row] = [row for row in ask().payload["rows"] if row["name"] == "r"]
        assert (followed["r"]["ci_low"], followed["r"]["quantity"]) == (row["always_low"], "correlation")
        assert len(followed) == 4


class TestHypotheses:
    def test_boundaries_at_the_information_seen(self) -> None:
        found = hypothesis(run_through(100, 200, 300))
        shares = [look["fraction"] for look in found["looks"]]
        design = group_sequential_design(shares, spending="obrien_fleming")
        assert [look["boundary"] for look in found["looks"]] == design.z.tolist()
        assert found["spent"] == pytest.approx(2 * design.cumulative_spend[-1])
        assert found["spent"] + found["remaining"] == pytest.approx(0.05)

    def test_the_same_memory_and_table_give_the_same_answer(self) -> None:
        once = run_through(100, 200)
        again = ask(200, once.memory)
        assert again.payload == once.payload
        assert again.memory == once.memory

    def test_too_little_new_information_is_no_look(self) -> None:
        before = hypothesis(run_through(200))
        found = hypothesis(run_through(200, 205))
        assert len(found["looks"]) == len(before["looks"]) == 1
        assert found["next_at"] == before["looks"][0]["information"] + 10

    def test_before_the_first_look(self) -> None:
        never = {**HAZARD, "information_at_end": 10_000}
        found = hypothesis(ask(300, hypotheses=[never]))
        assert (found["status"], found["looks"], found["spent"]) == ("waiting", [], 0)
        assert found["next_at"] == 500

    def test_crossed_once_is_crossed(self) -> None:
        """Patients with the event have little magnesium at first, the others later: nothing is taken back."""
        frame = PATIENTS.copy()
        early = (np.arange(600) < 300) & (frame["terminal_status"] == "death_cv")
        frame.loc[early, "mg"] -= 0.3
        frame.loc[~early & (frame["terminal_status"] == "death_cv"), "mg"] += 0.6
        question = QUESTION | {"estimates": [], "hypotheses": [HAZARD]}
        first = answer(question, PLAN.variables, frame.head(200))
        later = answer(question, PLAN.variables, frame, memory=first.memory)
        assert (hypothesis(first)["status"], hypothesis(later)["status"]) == ("crossed", "crossed")
        assert hypothesis(later)["crossed_at"] == 1
        assert len(hypothesis(later)["looks"]) == 1

    def test_the_planned_end_spends_what_is_left_even_when_it_comes_late(self) -> None:
        noise = np.random.default_rng(5).normal(size=600)
        frame = PATIENTS.assign(mg=noise)
        kept: dict[str, Any] = {}
        for n in (100, 600, 600):
            given = answer(QUESTION, PLAN.variables, frame.head(n), memory=kept)
            kept = given.memory
        found = hypothesis(given)
        assert (found["status"], len(found["looks"])) == ("ended", 2)
        assert found["looks"][-1]["fraction"] > 1
        assert (found["spent"], found["remaining"]) == (pytest.approx(0.05), pytest.approx(0, abs=1e-12))
        assert found["next_at"] is None

    def test_withdrawn_patients_take_no_look_back(self) -> None:
        found = hypothesis(run_through(300, 200))
        assert len(found["looks"]) == 1
        assert found["information"] < found["looks"][0]["information"]

    def test_one_sided(self) -> None:
        one = {**HAZARD, "sides": 1, "alternative": "less"}
        other = one | {"alternative": "greater"}
        less, greater = (hypothesis(ask(300, hypotheses=[each])) for each in (one, other))
        design = group_sequential_design([less["fraction"]], alpha=0.1)
        assert less["boundary"] == design.z[0] == greater["boundary"]
        assert less["looks"][0]["z"] < 0
        assert greater["status"] != "crossed"

    def test_not_locked_is_not_tested(self) -> None:
        open_ = {key: value for key, value in HAZARD.items() if key != "locked_on"}
        given = ask(hypotheses=[open_])
        assert hypothesis(given)["reason"] == {"code": "not_locked"}
        assert given.memory["locked"] == {}

    @pytest.mark.parametrize(
        "change", [{"information_at_end": 80}, {"spending": "pocock"}, {"variable": "p"}, {"alpha": 0.1}]
    )
    def test_a_locked_hypothesis_cannot_be_changed(self, change: dict[str, Any]) -> None:
        first = ask(200)
        changed = hypothesis(ask(300, first.memory, hypotheses=[HAZARD | change, AREA]))
        assert changed["reason"]["code"] == "hypothesis_changed"
        assert (changed["looks"], changed["boundary"]) == ([], None)
        assert because(changed["reason"])
        kept = ask(300, first.memory, hypotheses=[HAZARD | change, AREA]).memory
        assert hypothesis(ask(300, kept))["reason"] is None

    def test_neither_can_its_outcome_or_its_population(self) -> None:
        kept = ask(200).memory
        other = {**PLAN.variables["time_to_cvd_death"], "event": ["death_cv", "death_non_cv"]}
        given = answer(
            QUESTION, PLAN.variables | {"time_to_cvd_death": other}, PATIENTS.head(300), memory=kept
        )
        assert hypothesis(given)["reason"]["code"] == "hypothesis_changed"
        smaller = ask(300, kept, population={"sex": ["male"]})
        assert hypothesis(smaller)["reason"]["code"] == "hypothesis_changed"

    def test_words_and_steps_shown_may_change(self) -> None:
        kept = ask(200).memory
        other = {**PLAN.variables["mg"], "label": "Mg", "decimals": 3}
        worded = QUESTION | {"hypotheses": [HAZARD | {"title": "Another title"}]}
        given = answer(worded, PLAN.variables | {"mg": other}, PATIENTS.head(300), memory=kept)
        assert hypothesis(given)["reason"] is None

    def test_who_was_enrolled_before_the_lock_is_told(self) -> None:
        days = np.datetime64("2020-01-01") + np.arange(600).astype("timedelta64[D]")
        frame = PATIENTS.assign(enrolled_on=days.astype("datetime64[s]"))
        given = answer(QUESTION, PLAN.variables, frame)
        assert hypothesis(given)["before_lock"] == {"n": 600, "count": 121}
        assert hypothesis(ask())["before_lock"] is None


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
        assert "the question looks" in remark(said, str).advice
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
